"""The one place that asks the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """This moment, aware, in UTC; follows the system clock."""
    return _told.get() or datetime.now(UTC)


@contextmanager
def told(moment: datetime) -> Iterator[None]:
    """Inside, it is `moment`: for telling what happened before (imports, demo data), never for faking the present."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
