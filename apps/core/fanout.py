"""One subscription a process and topic, then a direct loop over this process's own sockets.

A group member per socket costs ten to twenty times as much on wide topics. Topics are the group names of `core.live`.
"""

import asyncio
import json
import logging
import weakref
from collections.abc import Hashable
from functools import cached_property
from typing import Any, Protocol

from channels.layers import get_channel_layer

log = logging.getLogger(__name__)
PAUSE_AFTER_FAILURE = 2.0  # seconds until a lost subscription is tried again


class Bell:
    """What was told to a topic. `text` is the frame for browsers, encoded once however many want it."""

    def __init__(self, topic: str, message: dict[str, Any]) -> None:
        self.topic = topic
        self.message = message

    @cached_property
    def text(self) -> str:
        return json.dumps(self.message, separators=(",", ":"))


class Listener(Hashable, Protocol):
    async def hear(self, bell: Bell) -> None:
        """Pass on or take note; never wait for a database here, the next listener stands behind."""


class Hub:
    """Join and leave from the loop that serves the sockets; each loop has its own switchboard."""

    def __init__(self) -> None:
        self._boards: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Switchboard] = weakref.WeakKeyDictionary()

    async def join(self, topic: str, listener: Listener) -> None:
        await self._board().join(topic, listener)

    async def leave(self, topic: str, listener: Listener) -> None:
        await self._board().leave(topic, listener)

    def listeners(self, topic: str) -> int:
        return len(self._board().topics.get(topic, ()))

    def _board(self) -> "_Switchboard":
        loop = asyncio.get_running_loop()
        if loop not in self._boards:
            self._boards[loop] = _Switchboard()
        return self._boards[loop]


class _Switchboard:
    def __init__(self) -> None:
        self.topics: dict[str, dict[Listener, None]] = {}
        self.layer = get_channel_layer()
        self.channel = ""
        self.listening: asyncio.Task[None] | None = None
        self.retrying: asyncio.Task[None] | None = None
        self.lock = asyncio.Lock()

    async def join(self, topic: str, listener: Listener) -> None:
        """The listener counts at once; when the layer is down the subscription follows as soon as it is back."""
        is_new = topic not in self.topics
        self.topics.setdefault(topic, {})[listener] = None
        if is_new:
            await self._subscribe([topic])

    async def leave(self, topic: str, listener: Listener) -> None:
        listeners = self.topics.get(topic, {})
        listeners.pop(listener, None)
        if topic not in self.topics or listeners:
            return
        del self.topics[topic]
        async with self.lock:
            if topic in self.topics or not self.channel:
                return
            try:
                await self.layer.group_discard(topic, self.channel)
            except Exception:
                log.warning("could not unsubscribe from %s", topic)
            if not self.topics:
                self._hang_up()

    async def _subscribe(self, topics: list[str]) -> None:
        async with self.lock:
            try:
                await self._pick_up()
                for topic in topics:
                    if topic in self.topics:
                        await self.layer.group_add(topic, self.channel)
            except Exception:
                log.warning("no live notices for now, trying again", exc_info=True)
                self._hang_up()
                if self.retrying is None or self.retrying.done():
                    self.retrying = asyncio.create_task(self._try_again())

    async def _try_again(self) -> None:
        await asyncio.sleep(PAUSE_AFTER_FAILURE)
        self.retrying = None
        await self._subscribe(list(self.topics))

    async def _pick_up(self) -> None:
        if self.channel:
            return
        self.channel = await self.layer.new_channel()
        self.listening = asyncio.create_task(self._listen(self.channel))
        await asyncio.sleep(0)  # the local layer settles in the loop that receives, and groups come after that

    def _hang_up(self) -> None:
        if self.listening is not None:
            self.listening.cancel()
        self.listening, self.channel = None, ""

    async def _listen(self, channel: str) -> None:
        while True:
            try:
                await self._pass_on(await self.layer.receive(channel))
            except Exception:
                log.exception("live notices interrupted")
                await asyncio.sleep(PAUSE_AFTER_FAILURE)

    async def _pass_on(self, message: dict[str, Any]) -> None:
        topic = message.get("topic", "")
        bell = Bell(topic, message)
        for listener in list(self.topics.get(topic, ())):
            try:
                await listener.hear(bell)
            except Exception:
                log.warning("a listener of %s failed", topic, exc_info=True)


hub = Hub()
