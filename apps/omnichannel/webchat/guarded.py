"""What every message on a stranger's socket must pass before anybody looks at it (S-48, S-49)."""

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from apps.omnichannel.webchat.pace import Bucket

LONGEST_MESSAGE = 64 * 1024
MOST_MALFORMED = 3
MOST_TOO_FAST = 100
UNREADABLE = json.dumps({"t": "error", "code": "unreadable"})

TOO_LARGE, TOO_MANY, NO_SENSE = 1009, 4429, 4400


class Malformed(Exception):
    """Not one of the messages that docs/websocket.md describes."""


class GuardedConsumer(AsyncWebsocketConsumer):
    """Size, form and pace are checked here; `verb_for` names what a message asks for, None for nothing we know."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.malformed = self.too_fast = 0
        self.bucket = Bucket(at=time.monotonic())

    def verb_for(self, kind: object) -> Callable[[dict[str, Any]], Awaitable[None]] | None:
        raise NotImplementedError

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if len((text_data or "").encode()) > LONGEST_MESSAGE or len(bytes_data or b"") > LONGEST_MESSAGE:
            await self.close(TOO_LARGE)
            return
        message = _parsed(text_data)
        verb = self.verb_for(message.get("t"))
        if verb is None:
            await self._did_not_understand()
        elif not self.bucket.take(time.monotonic()):
            await self._slow_down(message)
        else:
            try:
                await verb(message)
            except Malformed:
                await self._did_not_understand()

    async def answer(self, message: dict[str, Any]) -> None:
        await self.send(json.dumps(message, separators=(",", ":")))

    async def _did_not_understand(self) -> None:
        self.malformed += 1
        await self.send(UNREADABLE)
        if self.malformed >= MOST_MALFORMED:
            await self.close(NO_SENSE)

    async def _slow_down(self, message: dict[str, Any]) -> None:
        """What was to be written is asked for again later; a flood is cut off."""
        self.too_fast += 1
        if self.too_fast > MOST_TOO_FAST:
            await self.close(TOO_MANY)
        elif message.get("t") == "say" and isinstance(message.get("id"), str):
            answer = {"t": "refused", "id": message["id"][:64], "code": "too_fast", "text": "", "retry_after": 2}
            await self.answer(answer)


def number(value: object) -> int:
    """A sequence as a browser may name it. Raises Malformed."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise Malformed
    return value


def _parsed(text: str | None) -> dict[str, Any]:
    try:
        message = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) and isinstance(message.get("t"), str) else {}
