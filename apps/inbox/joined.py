"""What a ticket has to do with others: merged here, merged away, linked; and which ones it might be joined with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.viewers import Viewer
from apps.tickets.indexing import find
from apps.tickets.models import Link, Merge, Ticket
from apps.tickets.services import kept_of
from apps.tickets.states import Status

OFFERED = 10
SHOWN = 30
# Of a link: what the other ticket is, seen from this one; (kind, is this the one that was linked).
WORDS = {
    (Link.Kind.RELATED, True): _("Related"),
    (Link.Kind.RELATED, False): _("Related"),
    (Link.Kind.CHILD, True): _("Part of"),
    (Link.Kind.CHILD, False): _("Has as a part"),
    (Link.Kind.DUPLICATE, True): _("Duplicate of"),
    (Link.Kind.DUPLICATE, False): _("Has as a duplicate"),
}
# Of what came about by itself (tickets.link_reason), seen from the newer one and from the older one.
BY_ITSELF = {
    "earlier": (_("Earlier matter"), _("Later matter")),
    "unverified": (_("Sender not proven"), _("Written by somebody else with its key")),
    "forward": (_("Forwarded from"), _("Forwarded to")),
    "new": (_("Begun beside"), _("Begun here")),
}


@dataclass(frozen=True)
class Relation:
    """One line of the panel; `merge` when it was merged into this one, `can_unlink` when a colleague said it."""

    word: Any
    ticket: Ticket
    can_unlink: bool = False
    merge: Merge | None = None


@dataclass(frozen=True)
class MergedAway:
    """What stands where a merged ticket was answered: where it goes on, if the viewer may see that."""

    kept: Ticket | None
    merge: Merge | None


def relations(ticket: Ticket, viewer: Viewer) -> list[Relation]:
    """All the viewer may see: four queries, however many there are."""
    seen = Ticket.objects.visible_to(viewer)
    found = [
        Relation(_("Merged here"), merge.merged, merge=merge)
        for merge in Merge.objects.visible_to(viewer).standing().filter(kept=ticket).select_related("merged__requester")
    ]
    links = Link.objects.filter(Q(one=ticket, other__in=seen) | Q(other=ticket, one__in=seen))
    for link in links.select_related("one", "other")[:SHOWN]:
        is_one = link.one_id == ticket.pk
        found.append(Relation(WORDS[Link.Kind(link.kind), is_one], link.other if is_one else link.one, can_unlink=True))
    if ticket.linked_to_id:
        older = seen.filter(pk=ticket.linked_to_id).first()
        found += [Relation(BY_ITSELF.get(ticket.link_reason, BY_ITSELF["earlier"])[0], older)] if older else []
    for newer in seen.filter(linked_to=ticket).order_by("pk")[:SHOWN]:
        found.append(Relation(BY_ITSELF.get(newer.link_reason, BY_ITSELF["earlier"])[1], newer))
    return found


def merged_away(ticket: Ticket, viewer: Viewer) -> MergedAway | None:
    """None for a ticket that was not merged: no query."""
    if not ticket.is_merged:
        return None
    kept = kept_of(ticket)
    merge = Merge.objects.standing().filter(merged=ticket).first()
    return MergedAway(kept if viewer.may("ticket.view", kept.office_id) else None, merge)


def candidates(ticket: Ticket, viewer: Viewer, query: str = "") -> Sequence[Ticket]:
    """Tickets it might be joined with: of the same person, newest first; or what a search finds in the body."""
    rows = (
        Ticket.objects.visible_to(viewer)
        .in_body(ticket.office.body_id)
        .exclude(pk=ticket.pk)
        .exclude(status__in=(Status.MERGED, Status.SPAM))
        .select_related("requester", "office")
    )
    if not query:
        return list(rows.of_requester(ticket.requester_id).order_by("-pk")[:OFFERED])
    order = {pk: place for place, pk in enumerate(find(query, viewer, is_typing=True, limit=OFFERED * 3))}
    found = sorted(rows.filter(pk__in=order), key=lambda row: order[row.pk])
    return found[:OFFERED]
