"""The thread a message is just coming in by, so that what is said back at once need not look for its door."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from apps.omnichannel.models import Thread

_thread: ContextVar[Thread | None] = ContextVar("thread", default=None)


@contextmanager
def holding(thread: Thread) -> Iterator[None]:
    """Inside, `thread_of` gives this very object, with its channel and office."""
    token = _thread.set(thread)
    try:
        yield
    finally:
        _thread.reset(token)


def thread_of(ticket_id: int) -> Thread | None:
    """The thread at hand, when it is one of this ticket."""
    held = _thread.get()
    return held if held is not None and held.ticket_id == ticket_id else None
