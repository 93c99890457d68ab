"""Who writes at a window where a program speaks is heard by it, until a person takes over."""

from apps.activity.bus import Actor
from apps.bot import services
from apps.bot.models import Conversation
from apps.bot.states import Holder
from apps.omnichannel.events import ThreadBegun
from apps.omnichannel.models import Thread
from apps.tickets import at_hand
from apps.tickets.events import MessageWritten, TicketAssigned
from apps.tickets.states import Direction

SPOKEN = {"webchat"}


def hear_first(event: ThreadBegun, actor: Actor) -> None:
    message = at_hand.message(event.message_id)
    if message.via in SPOKEN and not message.is_automatic:
        services.hear(message, Thread.objects.get(pk=event.thread_id))


def hear_more(event: MessageWritten, actor: Actor) -> None:
    if event.is_automatic or at_hand.ticket(event.ticket_id).via not in SPOKEN:
        return
    if event.direction == Direction.OUT:
        _step_back(event.ticket_id)
    elif event.direction == Direction.IN and not event.is_first and event.via in SPOKEN:
        held = Conversation.objects.filter(ticket_id=event.ticket_id, holder=Holder.BOT).select_related("thread")
        conversation = held.first()
        if conversation:
            services.hear(at_hand.message(event.message_id), conversation.thread)


def make_room(event: TicketAssigned, actor: Actor) -> None:
    """A colleague takes it: two must not answer at once."""
    if event.new:
        _step_back(event.ticket_id)


def _step_back(ticket_id: int) -> None:
    if Conversation.objects.filter(ticket_id=ticket_id, holder=Holder.BOT).exists():
        services.step_back(at_hand.ticket(ticket_id))
