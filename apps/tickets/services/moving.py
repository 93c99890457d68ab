"""Whose it is, where it stands, what it is called, when it comes back."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Office, Team, User
from apps.accounts.viewers import for_user
from apps.activity.bus import SYSTEM, Actor
from apps.core import clock, rows
from apps.core.errors import Invalid
from apps.core.transactions import whole
from apps.search import services as search
from apps.tickets import events
from apps.tickets.errors import MoveNotAllowed
from apps.tickets.models import NO_PROMISE, LastSeen, Tag, Ticket
from apps.tickets.services.merging import refuse_merged
from apps.tickets.services.row import changed, locked, of, one_line, set_status
from apps.tickets.states import ENDED, Priority

LONGEST_SNOOZE = timedelta(days=731)
_DUE = (
    "UPDATE tickets_ticket SET next_due_at = %s, next_due_metric = %s, next_due_warn_at = %s, urgent_at = %s "
    "WHERE id = %s"
)


@whole()
def assign(ticket: Ticket, *, to: User | None, actor: Any) -> Ticket:
    """Raises Invalid for somebody who may not answer the ticket (S-31)."""
    ticket = locked(ticket)
    if ticket.assignee_id == (to.pk if to else None):
        return ticket
    if to:
        check_assignee(to, ticket.office_id)
    old = ticket.assignee_id
    ticket.assignee = to
    event = events.TicketAssigned(
        **of(ticket), old=old, new=to.pk if to else None, new_label=to.full_name if to else ""
    )
    changed(ticket, [event], Actor.of(actor))
    return ticket


def check_assignee(user: User, office_id: int) -> None:
    """Raises Invalid for somebody who does not answer the tickets of that office."""
    if not for_user(user).may("ticket.reply", office_id):
        raise Invalid("foreign_assignee", _("That person does not work on tickets of this office."), field="assignee")


@whole()
def move_to_team(ticket: Ticket, *, team: Team | None, actor: Any) -> Ticket:
    """Another queue; the assignee stays only when they belong to it. Raises Invalid for a team of another body."""
    ticket = locked(ticket)
    if ticket.team_id == (team.pk if team else None):
        return ticket
    if team and team.office.body_id != ticket.office.body_id:
        raise Invalid("foreign_team", _("That team belongs to another body."), field="team")
    before = ticket.team
    ticket.team = team
    if team and ticket.assignee_id and not team.members.filter(pk=ticket.assignee_id).exists():
        ticket.assignee = None
    changed(ticket, [_team_changed(ticket, before, team)], Actor.of(actor))
    return ticket


def _team_changed(ticket: Ticket, before: Team | None, team: Team | None) -> events.TeamChanged:
    return events.TeamChanged(
        **of(ticket),
        old=before.pk if before else None,
        new=team.pk if team else None,
        new_label=team.name if team else "",
        old_party=before.party if before else Team.Party.DESK.value,
        new_party=team.party if team else Team.Party.DESK.value,
    )


@whole()
def move_to_office(ticket: Ticket, *, office: Office, actor: Any) -> Ticket:
    """Another office of the same body answers it. Its team and its assignee stay where they may work there.

    Raises Invalid for an office of another body.
    """
    ticket = locked(ticket)
    if ticket.office_id == office.pk:
        return ticket
    if office.body_id != ticket.office.body_id:
        raise Invalid("foreign_office", _("That office belongs to another body."), field="office")
    old, ticket.office = ticket.office_id, office
    Ticket.objects.filter(pk=ticket.pk).update(office=office)
    search.rescope(kind="ticket", object_id=ticket.pk, office_id=office.pk)
    before, happened = ticket.team, []
    if before and before.office_id not in (int(pk) for pk in office.path.split("/") if pk):
        ticket.team = None
        happened = [_team_changed(ticket, before, None)]
    if ticket.assignee and not for_user(ticket.assignee).may("ticket.reply", office.pk):
        ticket.assignee = None
    event = events.OfficeChanged(**of(ticket), old=old, new=office.pk, new_label=office.name)
    changed(ticket, [*happened, event], Actor.of(actor))
    return ticket


@whole()
def change_status(ticket: Ticket, *, to: str, actor: Any, at: datetime | None = None) -> Ticket:
    """The only door to a status. Raises MoveNotAllowed, TicketMerged."""
    ticket = locked(ticket)
    refuse_merged(ticket)
    happened = set_status(ticket, to, at or clock.now())
    if happened:
        changed(ticket, happened, Actor.of(actor))
    return ticket


@whole()
def set_priority(ticket: Ticket, *, to: int, actor: Any) -> Ticket:
    if to not in Priority.values:
        raise Invalid("unknown_priority", _("There is no such priority."), field="priority")
    ticket = locked(ticket)
    if ticket.priority == to:
        return ticket
    old, ticket.priority = ticket.priority, to
    changed(ticket, [events.PriorityChanged(**of(ticket), old=old, new=to)], Actor.of(actor))
    return ticket


@whole()
def set_subject(ticket: Ticket, *, to: str, actor: Any) -> Ticket:
    to = one_line(to)
    if not to:
        raise Invalid("empty", _("A ticket needs a subject."), field="subject")
    ticket = locked(ticket)
    if ticket.subject == to:
        return ticket
    old, ticket.subject = ticket.subject, to
    changed(ticket, [events.SubjectChanged(**of(ticket), old=old, new=to)], Actor.of(actor))
    return ticket


@whole()
def tag(ticket: Ticket, *, key: str, actor: Any) -> Ticket:
    """Raises Invalid when the body has no tag of that key, or uses it no more."""
    row = Tag.objects.in_use().filter(body_id=ticket.office.body_id, key=key).first()
    if row is None:
        raise Invalid("unknown_tag", _("There is no such tag."), field="tag")
    ticket = locked(ticket)
    if ticket.tags.filter(pk=row.pk).exists():
        return ticket
    ticket.tags.add(row)
    changed(ticket, [events.TagsChanged(**of(ticket), added=key)], Actor.of(actor))
    return ticket


@whole()
def untag(ticket: Ticket, *, key: str, actor: Any) -> Ticket:
    ticket = locked(ticket)
    row = ticket.tags.filter(key=key).first()
    if row is None:
        return ticket
    ticket.tags.remove(row)
    changed(ticket, [events.TagsChanged(**of(ticket), removed=key)], Actor.of(actor))
    return ticket


@whole()
def snooze(ticket: Ticket, *, until: datetime, actor: Any) -> Ticket:
    """Out of sight until a moment, or until the person writes. Raises Invalid: it has passed, or is too far."""
    now = clock.now()
    if until <= now:
        raise Invalid("past", _("Choose a moment to come."), field="until")
    if until > now + LONGEST_SNOOZE:
        raise Invalid("too_far", _("Choose a moment within two years."), field="until")
    ticket = locked(ticket)
    if ticket.status in ENDED:
        raise MoveNotAllowed(ticket.status, "snoozed")
    ticket.snoozed_until = until
    changed(ticket, [events.TicketSnoozed(**of(ticket), until=until.isoformat())], Actor.of(actor))
    return ticket


@whole()
def wake(ticket: Ticket, *, actor: Any = SYSTEM) -> Ticket:
    """Back in sight; a second call finds nothing to do."""
    ticket = locked(ticket)
    if ticket.snoozed_until is not None:
        ticket.snoozed_until = None
        changed(ticket, [events.TicketWoken(**of(ticket))], Actor.of(actor))
    return ticket


def mark_seen(ticket: Ticket, *, user: User, message_id: int) -> None:
    """This user has read the ticket up to that message; never goes back."""
    mark, made = LastSeen.objects.get_or_create(user=user, ticket=ticket, defaults={"message_id": message_id})
    if not made and mark.message_id < message_id:
        LastSeen.objects.filter(pk=mark.pk, message_id__lt=message_id).update(message_id=message_id)


def set_next_due(ticket_id: int, *, at: datetime | None, metric: str = "", warn_at: datetime | None = None) -> None:
    """What the clocks promise next, kept on the row for sorting. No event: the clocks record their own.

    A ticket a verb holds right now may keep older values of these: they are not among what verbs save.
    """
    rows.run(_DUE, [at, metric, warn_at, at or NO_PROMISE, ticket_id])
