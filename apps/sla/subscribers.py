"""What happens to tickets, and what that means for their clocks.

A human public answer stops first response at the moment of writing; acknowledgements, bots and notes never do.
"""

from datetime import datetime

from apps.activity.bus import Actor
from apps.hours.events import CalendarChanged
from apps.sla import services
from apps.sla.choosing import depends_on
from apps.sla.models import Metric
from apps.sla.services import LONG, RESPONSES
from apps.tickets import at_hand
from apps.tickets.events import (
    MessageWritten,
    PriorityChanged,
    StatusChanged,
    TagsChanged,
    TeamChanged,
    TicketEvent,
    TicketOpened,
)
from apps.tickets.models import Ticket
from apps.tickets.states import ENDED, PAUSED, Status

OPENING = (Metric.FIRST_RESPONSE, *LONG)


def start_clocks(event: TicketOpened, actor: Actor) -> None:
    ticket = _ticket(event)
    services.start(ticket, metrics=OPENING, at=ticket.opened_at, is_new=True)


def follow_message(event: MessageWritten, actor: Actor) -> None:
    if event.is_automatic or event.is_first or event.direction == "note":
        return
    at = at_hand.message(event.message_id).written_at
    if event.direction == "in":
        services.start_next_response(_ticket(event), at=at)
    else:
        services.stop(event.ticket_id, metrics=(*RESPONSES, Metric.UPDATE), at=at, message_id=event.message_id)


def follow_status(event: StatusChanged, actor: Actor) -> None:
    at = datetime.fromisoformat(event.at)
    if event.new == Status.SOLVED:
        services.stop(event.ticket_id, metrics=[Metric.RESOLUTION], at=at)
        services.cancel(event.ticket_id, metrics=(*RESPONSES, Metric.UPDATE), at=at)
    elif event.new in ENDED:
        services.cancel(event.ticket_id, metrics=Metric.values, at=at)
    elif event.old in ENDED:
        started_anew = OPENING if event.old == Status.SPAM else LONG
        services.start(_ticket(event), metrics=started_anew, at=at)
    elif event.new in PAUSED or event.old in PAUSED:
        services.stand(event.ticket_id, status=event.new, at=at)


def follow_priority(event: PriorityChanged, actor: Actor) -> None:
    services.retarget(_ticket(event))


def follow_team(event: TeamChanged, actor: Actor) -> None:
    services.retarget(_ticket(event))


def follow_tags(event: TagsChanged, actor: Actor) -> None:
    """Only where a promise is chosen by tag."""
    ticket = _ticket(event)
    if ticket.is_open and depends_on(ticket, "tag"):
        services.retarget(ticket)


def reopen_response(event: TicketEvent, actor: Actor) -> None:
    """A delivery was given up: whoever was to read the answer never will."""
    services.reopen_response(event.ticket_id, message_id=event.message_id)  # type: ignore[attr-defined]


def follow_calendar(event: CalendarChanged, actor: Actor) -> None:
    services.follow_calendar(event.calendar_id)


def _ticket(event: TicketEvent) -> Ticket:
    return at_hand.ticket(event.ticket_id)
