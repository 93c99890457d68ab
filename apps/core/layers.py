import asyncio
import time
from typing import Any

import msgpack
from channels.exceptions import ChannelFull
from channels.layers import InMemoryChannelLayer

FOREVER = 10 * 365 * 86400


class LocalChannelLayer(InMemoryChannelLayer):
    """The channel layer of a single process.

    Whoever sends, a task's thread for instance, is carried over to the loop that receives:
    the stock layer leaves such a message lying until that loop happens to wake up.
    Messages are packed as Redis would pack them, so what works here works there.
    """

    def __init__(self, expiry: int = 60, group_expiry: int = FOREVER, capacity: int = 10_000, **kwargs: Any) -> None:
        super().__init__(expiry=expiry, group_expiry=group_expiry, capacity=capacity, **kwargs)
        self._home: asyncio.AbstractEventLoop | None = None

    @property
    def home(self) -> asyncio.AbstractEventLoop | None:
        """The loop that receives, while it runs."""
        return self._home if self._home is not None and self._home.is_running() else None

    async def receive(self, channel: str) -> dict:
        self._settle_here()
        return msgpack.unpackb(await super().receive(channel))

    async def send(self, channel: str, message: dict) -> None:
        self.require_valid_channel_name(channel)
        await self._at_home(self._put, channel, msgpack.packb(message))

    async def group_send(self, group: str, message: dict) -> None:
        self.require_valid_group_name(group)
        await self._at_home(self._put_to_group, group, msgpack.packb(message))

    async def group_add(self, group: str, channel: str) -> None:
        await self._at_home(super().group_add, group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        await self._at_home(super().group_discard, group, channel)

    def _settle_here(self) -> None:
        here = asyncio.get_running_loop()
        if self._home is here or (self._home is not None and self._home.is_running()):
            return
        if self._home is not None:
            self.channels, self.groups = {}, {}
        self._home = here

    async def _at_home(self, act: Any, *args: Any) -> None:
        home = self._home
        if home is None or not home.is_running() or home is asyncio.get_running_loop():
            await act(*args)
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(act(*args), home))

    async def _put(self, channel: str, packed: bytes) -> None:
        queue = self.channels.setdefault(channel, asyncio.Queue(maxsize=self.get_capacity(channel)))
        try:
            queue.put_nowait((time.time() + self.expiry, packed))
        except asyncio.QueueFull as error:
            raise ChannelFull(channel) from error

    async def _put_to_group(self, group: str, packed: bytes) -> None:
        self._clean_expired()
        for channel in list(self.groups.get(group, ())):
            try:
                await self._put(channel, packed)
            except ChannelFull:
                continue
