"""The rows a verb holds while its listeners run, so that each of them need not read them again."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from apps.tickets.models import Message, Ticket

_ticket: ContextVar[Ticket | None] = ContextVar("ticket", default=None)
_message: ContextVar[Message | None] = ContextVar("message", default=None)


@contextmanager
def holding(held: Ticket, written: Message | None = None) -> Iterator[None]:
    """Inside, `ticket()` and `message()` give these very objects, which the verb keeps true."""
    tokens = _ticket.set(held), _message.set(written)
    try:
        yield
    finally:
        _ticket.reset(tokens[0])
        _message.reset(tokens[1])


def is_held(ticket: Ticket) -> bool:
    """Whether this very object is the one at hand: its row is ours in this transaction, and what it says is true."""
    return _ticket.get() is ticket


def ticket(ticket_id: int) -> Ticket:
    """With its office and requester: no query when it is at hand, one when it is not."""
    held = _ticket.get()
    if held is not None and held.pk == ticket_id:
        return held
    return Ticket.objects.select_related("office", "requester").get(pk=ticket_id)


def message(message_id: int) -> Message:
    """With its ticket, office and requester: no query when it is at hand, one when it is not."""
    held = _message.get()
    if held is not None and held.pk == message_id:
        return held
    return Message.objects.select_related("ticket__office", "ticket__requester").get(pk=message_id)
