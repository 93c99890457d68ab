"""A new ticket."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Office, Team, User
from apps.activity.bus import Actor, record
from apps.core import clock, rows
from apps.core.errors import Invalid
from apps.core.transactions import whole
from apps.hours.models import Calendar
from apps.hours.services import is_open
from apps.people.models import Person
from apps.tickets import at_hand, events
from apps.tickets.files import KeptFile
from apps.tickets.models import Ticket
from apps.tickets.opening_hours import followed_by
from apps.tickets.services.row import of, one_line, preview, write
from apps.tickets.states import Direction, Priority, Type


@whole()
def open_ticket(
    office: Office,
    *,
    requester: Person,
    subject: str,
    text: str,
    via: str,
    html: str = "",
    quoted_text: str = "",
    attachments: Sequence[KeptFile] = (),
    type: str = Type.QUESTION,
    service: Any = None,
    priority: int = Priority.NORMAL,
    language: str = "",
    team: Team | None = None,
    assignee: User | None = None,
    calendar: Calendar | None = None,
    linked_to: Ticket | None = None,
    link_reason: str = "",
    is_automatic: bool = False,
    claimed_at: datetime | None = None,
    verdict: str = "",
    details: dict[str, Any] | None = None,
    actor: Any = None,
    at: datetime | None = None,
) -> Ticket:
    """A new ticket with the person's first message. `at` is the moment of arrival (now, unless history is told).
    `calendar` are the hours of the door it came through, where the door has its own.

    Records TicketOpened, then MessageWritten. `ticket.first_message` carries the message just made.
    """
    if requester.body_id != office.body_id:
        raise Invalid("foreign_person", _("That person is known to another body."), field="requester")
    at = at or clock.now()
    team = team or (service.team if service else None)
    ticket = Ticket(
        office=office,
        requester=requester,
        subject=one_line(subject) or str(_("(no subject)")),
        type=type,
        service=service,
        priority=priority,
        language=language or requester.language or office.default_language,
        team=team,
        assignee=assignee,
        via=via,
        linked_to=linked_to,
        link_reason=link_reason,
        calendar=calendar,
        opened_at=at,
        last_message_at=at,
        last_direction=Direction.IN,
        last_text=preview(text),
        message_count=1,
        version=1,
    )
    hours = followed_by(ticket).calendar
    ticket.is_outside_hours = hours is not None and not is_open(hours, at)
    rows.insert(ticket)
    who = Actor.of(actor or requester)
    with at_hand.holding(ticket):
        record(events.TicketOpened(**of(ticket), via=via, requester_id=requester.pk), who)
    ticket.first_message = write(  # type: ignore[attr-defined]
        ticket,
        Direction.IN,
        who,
        at,
        is_first=True,
        author_person=requester,
        author_label=requester.full_name,
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
    return ticket
