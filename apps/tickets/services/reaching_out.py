"""A ticket that begins with words of ours: to somebody else about a matter, or to the same person about another."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.activity.bus import Actor, record
from apps.core import clock
from apps.core.errors import Invalid
from apps.core.transactions import whole
from apps.people.models import Person
from apps.tickets import at_hand, events, indexing
from apps.tickets.files import KeptFile
from apps.tickets.models import Ticket
from apps.tickets.services.row import of, one_line, preview, write
from apps.tickets.states import Direction, Status


@whole()
def reach_out(
    beside: Ticket,
    *,
    to: Person,
    subject: str,
    text: str,
    author: User,
    reason: str,
    attachments: Sequence[KeptFile] = (),
) -> Ticket:
    """Write to `to` on a ticket of its own, linked to `beside` for staff: what is said there never shows here, and
    nothing of here shows there but what was written into `text`. `reason` is "forward" or "new".

    Raises Invalid.
    """
    if not text.strip() and not attachments:
        raise Invalid("empty", _("Write something first."), field="text")
    if to.body_id != beside.office.body_id:
        raise Invalid("foreign_person", _("That person is known to another body."), field="to")
    at = clock.now()
    ticket = Ticket.objects.create(
        office=beside.office,
        requester=to,
        subject=one_line(subject) or beside.subject,
        type=beside.type,
        service=beside.service,
        language=to.language or beside.language,
        team=beside.team,
        assignee=author,
        status=Status.WAITING,
        via="email",
        linked_to=beside,
        link_reason=reason,
        opened_at=at,
        last_message_at=at,
        last_direction=Direction.OUT,
        last_text=preview(text),
        message_count=1,
        version=1,
    )
    who = Actor.of(author)
    with at_hand.holding(ticket):
        record(events.TicketOpened(**of(ticket), via="email", requester_id=to.pk), who)
    ticket.first_message = write(  # type: ignore[attr-defined]
        ticket,
        Direction.OUT,
        who,
        at,
        author_user=author,
        author_label=author.full_name,
        text=text,
        attachments=attachments,
    )
    indexing.index_again([ticket])
    with at_hand.holding(beside):
        record(events.MatterForwarded(**of(beside), other=ticket.public_id, label=ticket.reference, reason=reason), who)
    return ticket
