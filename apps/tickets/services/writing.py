"""What is said on a ticket: by the person, by us, among us."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.activity.bus import Actor
from apps.core import clock, rows
from apps.core.errors import Invalid
from apps.core.transactions import whole
from apps.people.models import Person
from apps.tickets import events
from apps.tickets.errors import AnsweredMeanwhile, TicketClosed
from apps.tickets.files import KeptFile
from apps.tickets.models import Message, Ticket
from apps.tickets.services.merging import refuse_merged, take_out_of_merge
from apps.tickets.services.row import changed, locked, of, set_last_words, set_status, write
from apps.tickets.states import PAUSED, Direction, Status

# By people, and not by the writer themselves.
_NEWER = rows.Read(
    """
    SELECT id, author_label FROM tickets_message
    WHERE ticket_id = %s AND id > %s AND NOT is_automatic
        AND (author_person_id IS NOT NULL OR coalesce(author_user_id, 0) <> %s)
    ORDER BY id
    """
)


@whole()
def add_message(
    ticket: Ticket,
    *,
    author: Person,
    text: str,
    via: str,
    html: str = "",
    quoted_text: str = "",
    attachments: Sequence[KeptFile] = (),
    is_automatic: bool = False,
    claimed_at: datetime | None = None,
    verdict: str = "",
    details: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> Message:
    """The person wrote again. Reopens what waits or is solved and wakes what sleeps, unless a robot wrote.

    Raises TicketClosed; TicketMerged where their words went over to another ticket, on which they go on.
    """
    at = at or clock.now()
    ticket = locked(ticket)
    if ticket.status == Status.CLOSED:
        raise TicketClosed(ticket.pk)
    actor = Actor.of(author)
    if ticket.is_merged and not is_automatic:
        take_out_of_merge(ticket)
    happened = [] if is_automatic else _take_up_again(ticket, at)
    set_last_words(ticket, Direction.IN, text, at)
    changed(ticket, happened, actor)
    return write(
        ticket,
        Direction.IN,
        actor,
        at,
        author_person=author,
        author_label=author.full_name,
        is_automatic=is_automatic,
        text=text,
        html=html,
        quoted_text=quoted_text,
        via=via,
        claimed_at=claimed_at,
        verdict=verdict,
        details=details or {},
        attachments=attachments,
    )


@whole()
def reply(
    ticket: Ticket,
    *,
    author: User | None,
    text: str,
    html: str = "",
    attachments: Sequence[KeptFile] = (),
    is_automatic: bool = False,
    is_said_in_person: bool = False,
    then: str = "",
    last_seen_message_id: int | None = None,
    via: str = "",
    actor: Any = None,
    author_label: str = "",
    at: datetime | None = None,
) -> Message:
    """A public answer from us; `then` may name the status to leave it in. Who hears it sends it on.

    `last_seen_message_id` is the newest message the writer had before their eyes: when another has come since,
    nothing is sent and AnsweredMeanwhile is raised (R-19). An automatic reply changes no status. What was said in
    person, at the counter or by telephone, was heard already: it is owed to nobody.
    Raises TicketClosed, TicketMerged, Invalid, MoveNotAllowed.
    """
    if not text.strip() and not attachments:
        raise Invalid("empty", _("Write something first."), field="text")
    at = at or clock.now()
    ticket = locked(ticket)
    refuse_merged(ticket)
    if ticket.status == Status.CLOSED:
        raise TicketClosed(ticket.pk)
    if last_seen_message_id is not None:
        _hold_when_stale(ticket, author, last_seen_message_id)
    who = Actor.of(actor or author)
    happened: list[events.TicketEvent] = []
    if is_automatic:
        ticket.message_count += 1  # nobody of ours has spoken: whoever waited for a word still waits
    else:
        happened += set_status(ticket, then or _status_when_answered(ticket), at)
        set_last_words(ticket, Direction.OUT, text, at)
    changed(ticket, happened, who)
    return write(
        ticket,
        Direction.OUT,
        who,
        at,
        author_user=author,
        author_label=author.full_name if author else author_label,
        is_automatic=is_automatic,
        text=text,
        html=html,
        via=via,
        details={"said_elsewhere": True} if is_said_in_person else {},
        attachments=attachments,
    )


@whole()
def add_note(
    ticket: Ticket,
    *,
    author: User | None,
    text: str,
    attachments: Sequence[KeptFile] = (),
    actor: Any = None,
    author_label: str = "",
    at: datetime | None = None,
) -> Message:
    """Words among us. Stops no clock, changes no status, is never sent. Without an author it is automatic."""
    if not text.strip() and not attachments:
        raise Invalid("empty", _("Write something first."), field="text")
    ticket = locked(ticket)
    refuse_merged(ticket)
    who = Actor.of(actor or author)
    changed(ticket, [], who)
    return write(
        ticket,
        Direction.NOTE,
        who,
        at or clock.now(),
        author_user=author,
        author_label=author.full_name if author else author_label,
        is_automatic=author is None,
        text=text,
        via="desk",
        attachments=attachments,
    )


def _status_when_answered(ticket: Ticket) -> str:
    return Status.OPEN if ticket.status in (Status.NEW, Status.SPAM, Status.SOLVED) else ticket.status


def _take_up_again(ticket: Ticket, at: datetime) -> list[events.TicketEvent]:
    happened: list[events.TicketEvent] = []
    if ticket.snoozed_until is not None:
        ticket.snoozed_until = None
        happened.append(events.TicketWoken(**of(ticket)))
    if ticket.status in (*PAUSED, Status.SOLVED, Status.MERGED):
        happened += set_status(ticket, Status.OPEN, at)
    return happened


def _hold_when_stale(ticket: Ticket, author: User | None, last_seen_message_id: int) -> None:
    newer = _NEWER.all([ticket.pk, last_seen_message_id, author.pk if author else 0])
    if newer:
        raise AnsweredMeanwhile([pk for pk, _name in newer], newer[-1][1])
