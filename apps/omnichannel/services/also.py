"""The same answer by a second way, for somebody who is not at the first one any more."""

from datetime import timedelta

from apps.core import clock
from apps.omnichannel.models import Delivery, Thread, ThreadMessage
from apps.omnichannel.services.doors import starting_channel, thread_on
from apps.omnichannel.services.outbox import owed
from apps.people.services import identify
from apps.tickets.models import Message


def owe_also(message: Message, thread: Thread, *, address: str) -> Delivery | None:
    """A message that stands in `thread` is owed to this address, too, from the mailbox that answers this ticket.

    The mail belongs to whoever that address is, never to a person somebody claimed to be: what comes back from it
    joins the ticket, and is not shown in `thread` (S-50). `thread` stays the conversation that answers go to, until
    somebody writes by the other way. None when the message never stood in `thread`, or there is no mailbox.
    """
    if not ThreadMessage.objects.filter(thread=thread, message=message).exists():
        return None
    channel = starting_channel(message.ticket)
    if channel is None:
        return None
    ticket = message.ticket
    person = identify(ticket.office.body, kind="email", handle=address)  # type: ignore[arg-type]
    beside = thread_on(channel, ticket, person, recipient=address, role=Thread.Role.TO)
    delivery = owed(message, beside, address, clock.now())
    Thread.objects.filter(pk=thread.pk).update(updated_at=clock.now() + timedelta(milliseconds=1))
    return delivery
