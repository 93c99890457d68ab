"""A verb is one transaction; a verb called by a verb is part of it, without a savepoint of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction
from django.db.models import Model

from apps.core import rows

_at_end: ContextVar[list[Model] | None] = ContextVar("at_end", default=None)


@contextmanager
def whole() -> Iterator[None]:
    """All or nothing. Also a decorator: `@whole()`.

    An error that leaves an inner verb undoes the outer one too: whoever wants to catch it and go on puts a
    `transaction.atomic()` of its own around the call. A savepoint and its release are two questions to the database,
    and a mail goes through half a dozen verbs.
    """
    last = _at_end.get()
    if last is None:
        with _outermost():
            yield
        return
    standing = len(last)
    with transaction.atomic(savepoint=False):
        try:
            yield
        except BaseException:
            del last[standing:]  # whoever catches this has a savepoint, and goes on without what failed
            raise


@contextmanager
def _outermost() -> Iterator[None]:
    with transaction.atomic():
        last: list[Model] = []
        token = _at_end.set(last)
        try:
            yield
            for model in dict.fromkeys(type(row) for row in last):
                rows.insert_all([row for row in last if type(row) is model])
        finally:
            _at_end.reset(token)


def write_last(*new: Model) -> None:
    """Write new rows of one kind that nobody asks for before the commit: at the end of the outermost verb, all of a
    kind in one statement; at once where no verb is running."""
    last = _at_end.get()
    if last is None:
        rows.insert_all(new)
    else:
        last.extend(new)
