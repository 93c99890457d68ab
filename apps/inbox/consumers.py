"""The agent's socket: signals out, heartbeats in. It carries ids, never content; pages fetch what they may see."""

import asyncio
import json
import logging
import time
from dataclasses import dataclass
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from apps.accounts.models import User
from apps.accounts.viewers import ANONYMOUS, Viewer, for_user
from apps.core.fanout import Bell, hub
from apps.inbox import presence
from apps.omnichannel.models import Thread
from apps.tickets.models import Ticket

log = logging.getLogger(__name__)

RIGHTS_FOR = 10.0  # seconds a viewer's rights are believed before they are read again (S-48)
PER_SECOND, BURST = 10, 20  # messages a browser may send (S-49)
MOST_WATCHED = 10
MOST_MISTAKES = 3
SIGNED_OUT, MISTAKEN, TOO_FAST = 4401, 4400, 4429
COME_AGAIN = 4012  # the browser connects anew; whether its session still counts is asked then
ERROR = json.dumps({"t": "error"})  # the same for every mistake: no internals


@dataclass(frozen=True)
class Watched:
    pk: int
    public_id: str
    office_id: int


class DeskConsumer(AsyncWebsocketConsumer):
    """One per tab. Topics are chosen here, from what the viewer may see; the browser names tickets, never groups."""

    async def connect(self) -> None:
        self.viewer: Viewer = ANONYMOUS
        self.topics: set[str] = set()
        self.watched: dict[str, Watched] = {}
        self.mistakes = 0
        self.tokens, self.refilled_at = float(BURST), time.monotonic()
        self.rechecking: asyncio.Task[None] | None = None
        await self.accept()
        user = self.scope.get("user")
        if user is None or not user.is_authenticated:
            await self.close(SIGNED_OUT)
            return
        self.user_id: int = user.pk
        await self._read_rights()
        if not self.viewer.is_staff:
            await self.close(SIGNED_OUT)
            return
        await self._join(f"user.{self.user_id}")
        for office_id in self.viewer.offices_with("ticket.view"):
            await self._join(f"office.{office_id}")
        await self.send(text_data=json.dumps({"t": "ready"}))

    async def disconnect(self, code: int) -> None:
        if self.rechecking:
            self.rechecking.cancel()
        for topic in list(self.topics):
            await hub.leave(topic, self)  # type: ignore[arg-type]

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self._has_token():
            await self.close(TOO_FAST)
            return
        message = _parse(text_data)
        act = self._acts().get(message.get("t", "")) if message else None
        if act is None or not await act(message):
            await self._mistake()

    async def hear(self, bell: Bell) -> None:
        """Only to who may see the ticket's office now: rights older than RIGHTS_FOR are read again first."""
        if bell.message.get("type") == "sessions.ended":
            await self.close(COME_AGAIN)
            return
        if time.monotonic() - self.rights_at > RIGHTS_FOR:
            if self.rechecking is None or self.rechecking.done():
                self.rechecking = asyncio.create_task(self._recheck_then_pass(bell))
            return
        await self._pass(bell)

    def _acts(self) -> dict[str, Any]:
        return {"watch": self._watch, "unwatch": self._unwatch, "here": self._here, "ping": self._ping}

    async def _watch(self, message: dict[str, Any]) -> bool:
        ticket = message.get("ticket")
        if not isinstance(ticket, str) or len(ticket) > 40 or len(self.watched) >= MOST_WATCHED:
            return False
        row = await _read(_visible_ticket, self.viewer, ticket)
        if row is not None:  # what one may not see is as if it were not there: no answer either way (S-28)
            self.watched[ticket] = row
            await self._join(f"ticket.{row.pk}")
        return True

    async def _unwatch(self, message: dict[str, Any]) -> bool:
        row = self.watched.pop(str(message.get("ticket")), None)
        if row is not None:
            self.topics.discard(f"ticket.{row.pk}")
            await hub.leave(f"ticket.{row.pk}", self)  # type: ignore[arg-type]
        return True

    async def _here(self, message: dict[str, Any]) -> bool:
        row, mode = self.watched.get(str(message.get("ticket"))), message.get("mode")
        if mode not in presence.MODES:
            return False
        if row is not None and self.viewer.may("ticket.view", row.office_id):
            beat = presence.signal(
                ticket_id=row.pk,
                public_id=row.public_id,
                office_id=row.office_id,
                user_id=self.user_id,
                name=self.viewer.label.split(" ", 1)[0],
                mode=mode,
            )
            try:
                await presence.announce(beat)
                if mode == "write" and message.get("to") == "person" and self.viewer.may("ticket.reply", row.office_id):
                    await presence.tell_person(await _read(_threads, row.pk), beat["name"])
            except Exception:
                log.debug("presence not passed on", exc_info=True)
        return True

    async def _ping(self, message: dict[str, Any]) -> bool:
        return True

    async def _join(self, topic: str) -> None:
        self.topics.add(topic)
        await hub.join(topic, self)  # type: ignore[arg-type]

    async def _recheck_then_pass(self, bell: Bell) -> None:
        await self._read_rights()
        if not self.viewer.is_staff:
            await self.close(SIGNED_OUT)
            return
        await self._pass(bell)

    async def _pass(self, bell: Bell) -> None:
        if self.viewer.may("ticket.view", bell.message.get("office")):
            await self.send(text_data=bell.text)

    async def _read_rights(self) -> None:
        self.viewer = await _read(_viewer, self.user_id)
        self.rights_at = time.monotonic()

    async def _mistake(self) -> None:
        self.mistakes += 1
        await self.send(text_data=ERROR)
        if self.mistakes >= MOST_MISTAKES:
            await self.close(MISTAKEN)

    def _has_token(self) -> bool:
        now = time.monotonic()
        self.tokens = min(BURST, self.tokens + (now - self.refilled_at) * PER_SECOND)
        self.refilled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


async def _read(question: Any, *args: Any) -> Any:
    """A short read in a thread of its own: the shared one would make all sockets of the process queue up."""
    return await database_sync_to_async(question, thread_sensitive=False)(*args)


def _parse(text: str | None) -> dict[str, Any] | None:
    if text is None or len(text.encode()) > settings.ACUDO_MAX_SOCKET_MESSAGE_BYTES:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) and isinstance(message.get("t"), str) else None


def _viewer(user_id: int) -> Viewer:
    user = User.objects.filter(pk=user_id).first()
    return for_user(user) if user else ANONYMOUS


def _threads(ticket_id: int) -> list[int]:
    return list(Thread.objects.current().filter(ticket_id=ticket_id).values_list("pk", flat=True))  # type: ignore[attr-defined]


def _visible_ticket(viewer: Viewer, public_id: str) -> Watched | None:
    rows = Ticket.objects.visible_to(viewer).filter(public_id=public_id)
    row = rows.values_list("pk", "public_id", "office_id").first()
    return Watched(*row) if row else None
