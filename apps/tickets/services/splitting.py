"""Two matters on one ticket become two tickets."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.activity.bus import Actor, record
from apps.core import clock, rows
from apps.core.errors import Invalid
from apps.core.transactions import whole
from apps.hours.services import is_open
from apps.tickets import at_hand, events
from apps.tickets.models import Link, Message, Ticket
from apps.tickets.opening_hours import followed_by
from apps.tickets.services.merging import bring_over, refuse_merged, settle_words
from apps.tickets.services.row import changed, locked, of, one_line
from apps.tickets.states import Direction, Status


@whole()
def split(
    ticket: Ticket, *, messages: Collection[Message], subject: str, actor: Any, at: datetime | None = None
) -> Ticket:
    """These messages become a ticket of their own, linked to this one, of whoever wrote the first of them.

    Its promises count from when that first one was written. The message a ticket was opened with stays; private notes
    may go along. Raises Invalid.
    """
    at = at or clock.now()
    who = Actor.of(actor)
    ticket = locked(ticket)
    refuse_merged(ticket)
    chosen = sorted(messages, key=lambda message: message.pk)
    _check(ticket, chosen)
    first = next(message for message in chosen if message.direction == Direction.IN)
    person = first.author_person or ticket.requester
    opened_at = first.written_at
    new = Ticket(
        office=ticket.office,
        requester=person,
        subject=one_line(subject) or ticket.subject,
        type=ticket.type,
        service=ticket.service,
        priority=ticket.priority,
        language=person.language or ticket.language,
        team=ticket.team,
        assignee=ticket.assignee,
        status=Status.NEW if ticket.assignee_id is None else Status.OPEN,
        via=first.via,
        calendar=ticket.calendar,
        opened_at=opened_at,
        version=1,
    )
    hours = followed_by(new).calendar
    new.is_outside_hours = hours is not None and not is_open(hours, opened_at)
    rows.insert(new)
    new.first_message = first  # type: ignore[attr-defined]
    Link.objects.create(one=ticket, other=new, kind=Link.Kind.RELATED, by_label=who.label)
    bring_over([message.pk for message in chosen], to=new)
    settle_words(new, ticket)
    with at_hand.holding(new):
        record(events.TicketOpened(**of(new), via=new.via, requester_id=person.pk), who)
    changed(new, [], who)
    told = events.TicketSplit(
        **of(ticket), new_id=new.pk, other=new.public_id, label=new.reference, count=len(chosen), at=at.isoformat()
    )
    changed(ticket, [told], who)
    return new


def _check(ticket: Ticket, chosen: list[Message]) -> None:
    if any(message.ticket_id != ticket.pk for message in chosen):
        raise Invalid("foreign_message", _("That message belongs to another ticket."), field="messages")
    said_by = {message.author_person_id for message in chosen if message.direction == Direction.IN}
    if not said_by:
        raise Invalid("no_words", _("Choose at least one message that a person wrote to us."), field="messages")
    if len(said_by) > 1:
        raise Invalid("several_people", _("These messages are of several people: split them apart."), field="messages")
    opening = Message.objects.filter(ticket=ticket).public().order_by("pk").first()  # type: ignore[attr-defined]
    if opening and opening.pk in {message.pk for message in chosen}:
        raise Invalid("opening", _("The message that opened the ticket stays where it is."), field="messages")
