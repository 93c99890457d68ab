"""An answer is taken back before anybody could read it."""

from apps.activity.bus import Actor, record
from apps.activity.models import Activity
from apps.core.transactions import whole
from apps.search import services as search
from apps.tickets import at_hand, events
from apps.tickets.indexing import KIND
from apps.tickets.models import Message, Ticket
from apps.tickets.services.row import changed, locked, of, preview, set_status
from apps.tickets.states import MOVES, Direction, Status


@whole()
def take_back(message: Message, *, actor: object) -> Ticket:
    """The message is gone, and the ticket says what it said before: its last words, and the status that the answer
    had changed where that move is allowed. Whoever calls has made sure that it reached nobody."""
    ticket = locked(message.ticket)
    who = Actor.of(actor)
    happened: list[events.TicketEvent] = [events.ReplyTakenBack(**of(ticket), message_id=message.pk)]
    with at_hand.holding(ticket):
        record(happened.pop(), who)  # while the row is there: promises that it kept are open again
    changed_by_it = _status_before(message)
    if changed_by_it and ticket.status == changed_by_it["new"]:
        back = Status.OPEN if changed_by_it["old"] == Status.NEW else changed_by_it["old"]  # nothing is new again
        if back in MOVES[ticket.status]:
            happened = set_status(ticket, back, message.written_at)
    search.remove(kind=KIND, object_id=ticket.pk, part=message.pk)
    message.delete()
    last = ticket.messages.of_weight().order_by("-pk").first()  # type: ignore[attr-defined]
    ticket.message_count = max(ticket.message_count - 1, 0)
    if last:
        ticket.last_message_at, ticket.last_direction = last.written_at, last.direction
        ticket.last_text = preview(last.text)
    else:
        ticket.last_direction, ticket.last_text = Direction.OUT, ""
    changed(ticket, happened, who)
    return ticket


def _status_before(message: Message) -> dict | None:  # type: ignore[type-arg]
    """The change of status that was written with this very message: it bears the same moment."""
    newest = Activity.objects.about("ticket", message.ticket_id).filter(verb="status_changed").order_by("-pk").first()
    return newest.data if newest and newest.data.get("at") == message.written_at.isoformat() else None
