import asyncio
import threading
from datetime import datetime

import pytest
from asgiref.sync import async_to_sync

from apps.core.layers import LocalChannelLayer


async def test_a_message_from_another_thread_arrives_at_once():
    layer = LocalChannelLayer()
    await layer.group_add("ticket.1", "here")
    waiting = asyncio.ensure_future(layer.receive("here"))
    await asyncio.sleep(0)
    threading.Thread(target=lambda: async_to_sync(layer.group_send)("ticket.1", {"type": "ticket.changed"})).start()
    assert await asyncio.wait_for(waiting, 1) == {"type": "ticket.changed"}


async def test_what_redis_could_not_carry_fails_here_too():
    with pytest.raises(TypeError):
        await LocalChannelLayer().group_send("ticket.1", {"type": "ticket.changed", "at": datetime(2026, 3, 2)})


async def test_every_member_gets_a_copy_of_its_own():
    layer = LocalChannelLayer()
    for name in ("one", "two"):
        await layer.group_add("ticket.1", name)
    await layer.group_send("ticket.1", {"type": "x", "ids": [1]})
    first, second = await layer.receive("one"), await layer.receive("two")
    first["ids"].append(2)
    assert second == {"type": "x", "ids": [1]}


async def test_who_left_the_group_hears_nothing():
    layer = LocalChannelLayer()
    await layer.group_add("ticket.1", "here")
    await layer.group_discard("ticket.1", "here")
    await layer.group_send("ticket.1", {"type": "x"})
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(layer.receive("here"), 0.05)
