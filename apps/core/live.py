"""Ring a bell for open browsers, after commit. The bell carries ids, never content; nobody relies on hearing it."""

import asyncio
import logging
import threading
import time
from concurrent.futures import Future
from functools import cache
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import transaction

PATIENCE = 2.0  # seconds; a Redis that accepts and never answers is taken for dead
log = logging.getLogger(__name__)
REST_AFTER_FAILURE = 10.0  # seconds without trying again: a dead Redis must not be asked for every bell
_silent_until = 0.0


def tell(group: str, message: dict[str, Any]) -> None:
    """Send `message` (plain values, with a "type") to `group` once the transaction is committed: once, however often
    the same is said in it."""
    bell = (group, message)

    def ring() -> None:
        _send(group, message)

    ring.bell = bell  # type: ignore[attr-defined]
    if not _is_waiting(bell):
        transaction.on_commit(ring, robust=True)


def _is_waiting(bell: tuple[str, dict[str, Any]]) -> bool:
    """Is the same to be rung by this transaction, and would no savepoint take it back alone?"""
    connection: Any = transaction.get_connection()
    here = set(connection.savepoint_ids)
    return connection.in_atomic_block and any(
        getattr(act, "bell", None) == bell and savepoints <= here
        for savepoints, act, _robust in connection.run_on_commit
    )


def _send(group: str, message: dict[str, Any]) -> None:
    if time.monotonic() < _silent_until:
        return
    ringing = _ring(group, {**message, "topic": group})
    layer = get_channel_layer()
    if isinstance(layer, InMemoryChannelLayer):
        if home := getattr(layer, "home", None):
            # One process: straight to the loop that receives, which need not be waited for.
            asyncio.run_coroutine_threadsafe(ringing, home).add_done_callback(_look_back)
            return
        try:
            async_to_sync(_finished)(ringing)
        except Exception as error:
            _rest(error)
        return
    # Towards Redis: one loop of its own for the whole process, which keeps its connection. Nobody waits for it.
    asyncio.run_coroutine_threadsafe(ringing, _bell_loop()).add_done_callback(_look_back)


async def _ring(group: str, message: dict[str, Any]) -> None:
    await asyncio.wait_for(get_channel_layer().group_send(group, message), PATIENCE)


async def _finished(ringing: Any) -> None:
    await ringing


@cache
def _bell_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="bells", daemon=True).start()
    return loop


def _look_back(rung: "Future[None]") -> None:
    if error := rung.exception():
        _rest(error)


def _rest(error: BaseException) -> None:
    global _silent_until  # noqa: PLW0603  one breaker a process is the point
    _silent_until = time.monotonic() + REST_AFTER_FAILURE
    log.warning("live notice not sent, resting %s s: %r", REST_AFTER_FAILURE, error)
