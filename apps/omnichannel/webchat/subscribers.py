"""What an open chat window must be told beyond new messages, which ring by themselves; and who has left it."""

from apps.activity.bus import Actor
from apps.core import live
from apps.core.queue import nudge
from apps.omnichannel import at_hand as doors
from apps.omnichannel.events import ThreadBegun
from apps.omnichannel.models import Thread
from apps.omnichannel.webchat import mailing
from apps.omnichannel.webchat.ringing import ring_desks
from apps.omnichannel.webchat.sharing import SETTING
from apps.tickets import at_hand
from apps.tickets.events import MessageWritten, StatusChanged, TicketAssigned, TicketMerged
from apps.tickets.states import ENDED, Direction


def tell_visitor(event: StatusChanged, actor: Actor) -> None:
    """Solved, closed or taken up again: the window says so."""
    if {event.old, event.new} & set(ENDED):
        _ring(event.ticket_id)
    if at_hand.ticket(event.ticket_id).via == "webchat":
        ring_desks(event.ticket_id, event.office_id)


def tell_merged(event: TicketMerged, actor: Actor) -> None:
    """The conversation goes on on another ticket: the window asks how that one stands."""
    _ring(event.kept_id)


def tell_taken(event: TicketAssigned, actor: Actor) -> None:
    """Somebody has taken it: whoever waits at the window need not wonder."""
    if at_hand.ticket(event.ticket_id).via == "webchat":
        _ring(event.ticket_id)
        ring_desks(event.ticket_id, event.office_id)


def tell_waiting(event: MessageWritten, actor: Actor) -> None:
    """Words at a window that nobody has taken: the desks ring."""
    if event.direction == Direction.IN and event.via == "webchat" and not at_hand.ticket(event.ticket_id).assignee_id:
        ring_desks(event.ticket_id, event.office_id)


def share_out(event: ThreadBegun, actor: Actor) -> None:
    """A new chat is given to whoever has a free hand, where chats are shared out; the sweep would find it, too."""
    thread = doors.thread_of(event.ticket_id)
    if thread and thread.channel.kind == "webchat" and thread.channel.settings.get(SETTING):
        nudge("apps.omnichannel.webchat.tasks.share_out", event.channel_id)


def reach_who_left(event: MessageWritten, actor: Actor) -> None:
    """An answer of a person to somebody who is not at the window any more goes by mail as well."""
    if event.direction != Direction.OUT or event.is_automatic:
        return
    message = at_hand.message(event.message_id)
    if message.ticket.via != "webchat":
        return
    thread = _threads(event.ticket_id).select_related("channel").order_by("-pk").first()
    if thread:
        mailing.reach_who_left(message, thread)


def _ring(ticket_id: int) -> None:
    for thread_id in _threads(ticket_id).values_list("pk", flat=True):
        live.tell(f"visitor.{thread_id}", {"type": "thread.changed", "thread": thread_id})


def _threads(ticket_id: int):  # type: ignore[no-untyped-def]
    return Thread.objects.filter(ticket_id=ticket_id, channel__kind="webchat", ended_at=None)
