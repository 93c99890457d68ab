"""A verb is one transaction; a verb called by a verb is part of it, without a savepoint of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

_inside: ContextVar[bool] = ContextVar("inside", default=False)


@contextmanager
def whole() -> Iterator[None]:
    """All or nothing. Also a decorator: `@whole()`.

    An error that leaves an inner verb undoes the outer one too: whoever wants to catch it and go on puts a
    `transaction.atomic()` of its own around the call. A savepoint and its release are two questions to the database,
    and a mail goes through half a dozen verbs.
    """
    with transaction.atomic(savepoint=not _inside.get()):
        token = _inside.set(True)
        try:
            yield
        finally:
            _inside.reset(token)
