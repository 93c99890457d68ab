"""What the verbs share: the row held, changed once, and what happened told after it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apps.accounts.models import Office
from apps.activity.bus import Actor, record
from apps.core import rows
from apps.people.models import Person
from apps.tickets import at_hand, events
from apps.tickets.errors import MoveNotAllowed
from apps.tickets.files import KeptFile, attach
from apps.tickets.models import PREVIEW_LENGTH, Message, Ticket
from apps.tickets.states import ENDED, MOVES, Status

SUBJECT_LENGTH = 250
# What verbs change on the row; what is promised next belongs to the clocks.
CHANGEABLE = (
    "subject",
    "status",
    "priority",
    "assignee",
    "team",
    "snoozed_until",
    "solved_at",
    "closed_at",
    "last_message_at",
    "last_direction",
    "last_text",
    "message_count",
    "version",
)
_HELD = rows.Read(
    """
    SELECT {ticket}, {office}, {requester} FROM tickets_ticket ticket
    JOIN accounts_office office ON office.id = ticket.office_id
    JOIN people_person requester ON requester.id = ticket.requester_id
    WHERE ticket.id = %s
    """,
    holds="ticket",
    ticket=Ticket,
    office=Office,
    requester=Person,
)


def locked(ticket: Ticket) -> Ticket:
    """The row as it is now, held until the commit; the caller's object takes over its values."""
    if at_hand.is_held(ticket):
        return ticket
    found = _HELD.first([ticket.pk])
    if found is None:
        raise Ticket.DoesNotExist
    fresh, ticket.office, ticket.requester = found
    ticket.__dict__.update({k: v for k, v in fresh.__dict__.items() if k != "_state"})
    if (
        ticket.assignee_id is None
        or getattr(ticket._state.fields_cache.get("assignee"), "pk", None) != ticket.assignee_id
    ):
        ticket._state.fields_cache.pop("assignee", None)
    if getattr(ticket._state.fields_cache.get("team"), "pk", None) != ticket.team_id:
        ticket._state.fields_cache.pop("team", None)
    return ticket


def changed(ticket: Ticket, happened: Sequence[events.TicketEvent], actor: Actor) -> None:
    """Save the row once, then tell what happened to it, in that order."""
    ticket.version += 1
    rows.update(ticket, CHANGEABLE)
    with at_hand.holding(ticket):
        for event in happened:
            record(event, actor)


def set_status(ticket: Ticket, to: str, at: datetime) -> list[events.TicketEvent]:
    old = ticket.status
    if to == old:
        return []
    if to not in MOVES.get(old, ()):
        raise MoveNotAllowed(old, to)
    ticket.status = to
    ticket.solved_at = at if to == Status.SOLVED else (ticket.solved_at if to == Status.CLOSED else None)
    ticket.closed_at = at if to == Status.CLOSED else None
    if to in ENDED:
        ticket.snoozed_until = None
    return [events.StatusChanged(**of(ticket), old=old, new=to, at=at.isoformat())]


def set_last_words(ticket: Ticket, direction: str, text: str, at: datetime) -> None:
    ticket.last_message_at = at
    ticket.last_direction = direction
    ticket.last_text = preview(text)
    ticket.message_count += 1


def write(
    ticket: Ticket,
    direction: str,
    actor: Actor,
    at: datetime,
    *,
    attachments: Sequence[KeptFile],
    is_first: bool = False,
    **fields: Any,
) -> Message:
    fields["via"] = fields.get("via") or ticket.via
    message = rows.insert(Message(ticket=ticket, direction=direction, written_at=at, **fields))
    attach(message, attachments)
    event = events.MessageWritten(
        **of(ticket),
        message_id=message.pk,
        direction=direction,
        is_automatic=message.is_automatic,
        via=message.via,
        is_first=is_first,
    )
    with at_hand.holding(ticket, message):
        record(event, actor)
    return message


def of(ticket: Ticket) -> dict[str, int]:
    return {"ticket_id": ticket.pk, "office_id": ticket.office_id}


def one_line(text: str) -> str:
    """No line breaks or other controls: a subject reaches mail headers (S-10)."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:SUBJECT_LENGTH]


def preview(text: str) -> str:
    return " ".join(text[: PREVIEW_LENGTH * 4].split())[:PREVIEW_LENGTH]
