"""Tickets that have to do with each other, said by a colleague. No clock runs by it, and people never see it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.activity.bus import Actor, record
from apps.core.errors import Invalid
from apps.core.transactions import whole
from apps.tickets import at_hand, events
from apps.tickets.models import Link, Ticket
from apps.tickets.services.merging import hold_both
from apps.tickets.services.row import of

DEEPEST = 50
# What the other one is, seen from there.
INVERSE = {Link.Kind.CHILD: "parent", Link.Kind.DUPLICATE: "duplicated", Link.Kind.RELATED: "related"}


@whole()
def link(ticket: Ticket, *, to: Ticket, kind: str, actor: Any) -> Link:
    """`ticket` is `kind` of `to`; a second link between the two takes the place of the first. Raises Invalid."""
    hold_both(ticket, to)
    if kind not in Link.Kind.values:
        raise Invalid("unknown_kind", _("There is no such link."), field="kind")
    if ticket.pk == to.pk:
        raise Invalid("same_ticket", _("A ticket cannot be linked to itself."), field="to")
    if ticket.office.body_id != to.office.body_id:
        raise Invalid("foreign_ticket", _("These tickets belong to two bodies: they cannot be joined."), field="to")
    if kind == Link.Kind.CHILD:
        _check_parent(ticket, to)
    one, other = (ticket, to) if kind != Link.Kind.RELATED or ticket.pk < to.pk else (to, ticket)
    standing = _between(ticket, to).first()
    if standing and (standing.one_id, standing.kind) == (one.pk, kind):
        return standing
    _between(ticket, to).delete()
    who = Actor.of(actor)
    row = Link.objects.create(one=one, other=other, kind=kind, by_label=who.label)
    _tell(events.TicketLinked, ticket, to, kind, who)
    return row


@whole()
def unlink(ticket: Ticket, *, other: Ticket, actor: Any) -> None:
    """Nothing links the two any more; a second time changes nothing."""
    hold_both(ticket, other)
    standing = _between(ticket, other).first()
    if standing is None:
        return
    one, two = (ticket, other) if standing.one_id == ticket.pk else (other, ticket)
    standing.delete()
    _tell(events.TicketUnlinked, one, two, standing.kind, Actor.of(actor))


def _between(one: Ticket, other: Ticket) -> Any:
    return Link.objects.filter(one=one, other=other) | Link.objects.filter(one=other, other=one)


def _check_parent(ticket: Ticket, parent: Ticket) -> None:
    standing = Link.objects.filter(one=ticket, kind=Link.Kind.CHILD).first()
    if standing and standing.other_id != parent.pk:
        raise Invalid("has_parent", _("It is part of another ticket already: undo that first."), field="to")
    above: int | None = parent.pk
    for _step in range(DEEPEST):
        if above is None:
            return
        if above == ticket.pk:
            raise Invalid("circle", _("That ticket is part of this one: it cannot be both."), field="to")
        rows = Link.objects.filter(one=above, kind=Link.Kind.CHILD)
        above = rows.values_list("other_id", flat=True).first()


def _tell(event: Any, one: Ticket, other: Ticket, kind: str, who: Actor) -> None:
    for here, there, word in ((one, other, kind), (other, one, INVERSE[Link.Kind(kind)])):
        with at_hand.holding(here):
            record(event(**of(here), other=there.public_id, label=there.reference, kind=str(word)), who)
