"""What happens to tickets, and what that means for their clocks.

A human public answer stops first response at the moment of writing; acknowledgements, bots and notes never do.
"""

from datetime import datetime

from apps.activity.bus import Actor
from apps.hours.events import CalendarChanged
from apps.sla import joining, services
from apps.sla.choosing import depends_on
from apps.sla.models import Metric
from apps.sla.services import LONG, RESPONSES
from apps.tickets import at_hand
from apps.tickets.events import (
    MergeUndone,
    MessageWritten,
    OfficeChanged,
    PriorityChanged,
    StatusChanged,
    TagsChanged,
    TeamChanged,
    TicketEvent,
    TicketMerged,
    TicketOpened,
    TicketSplit,
)
from apps.tickets.models import Merge, Ticket
from apps.tickets.services import add_moved
from apps.tickets.states import ENDED, PAUSED, UNSOLVED, Status

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


def follow_office(event: OfficeChanged, actor: Actor) -> None:
    services.retarget(_ticket(event))


def follow_merge(event: TicketMerged, actor: Actor) -> None:
    merge = Merge.objects.get(pk=event.merge_id)
    merged, kept = _both(event.ticket_id, event.kept_id)
    is_owed = kept.is_open or merge.status_before in UNSOLVED
    at = datetime.fromisoformat(event.at)
    joined = joining.join(merged, kept, at=at, is_owed=is_owed, words_stay=merge.words_stay)
    add_moved(merge.pk, "clocks", joined.as_json())


def follow_undone_merge(event: MergeUndone, actor: Actor) -> None:
    """Heard once, of the ticket that goes its own way, when its words are back."""
    if event.is_kept:
        merge = Merge.objects.get(pk=event.merge_id)
        merged, kept = _both(merge.merged_id, merge.kept_id)
        at = datetime.fromisoformat(event.at)
        joining.part_again(merged, kept, joined=merge.moved.get("clocks", {}), at=at)


def follow_split(event: TicketSplit, actor: Actor) -> None:
    ticket, new = _both(event.ticket_id, event.new_id)
    joining.follow_split(ticket, new, at=datetime.fromisoformat(event.at))


def reopen_response(event: TicketEvent, actor: Actor) -> None:
    """A delivery was given up: whoever was to read the answer never will."""
    services.reopen_response(event.ticket_id, message_id=event.message_id)  # type: ignore[attr-defined]


def follow_calendar(event: CalendarChanged, actor: Actor) -> None:
    services.follow_calendar(event.calendar_id)


def _both(one: int, other: int) -> tuple[Ticket, Ticket]:
    rows = Ticket.objects.select_related("office", "requester").in_bulk([one, other])
    return rows[one], rows[other]


def _ticket(event: TicketEvent) -> Ticket:
    return at_hand.ticket(event.ticket_id)
