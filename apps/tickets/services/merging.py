"""Two tickets that are one matter become one; and, for some days, two again.

What one person wrote on both becomes one conversation on the ticket that is kept. Where they are two persons' tickets
nobody's words move: neither may read what the other wrote. The merged ticket stays under its number and its links and
says where the matter goes on.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.activity.bus import Actor
from apps.core import clock
from apps.core.errors import Conflict, Invalid
from apps.core.transactions import whole
from apps.search import services as search
from apps.tickets import events, indexing
from apps.tickets.errors import TicketMerged
from apps.tickets.models import Merge, Message, Ticket
from apps.tickets.services.row import changed, locked, of, preview, set_status
from apps.tickets.states import ENDED, PAUSED, Direction, Status

LONGEST_CHAIN = 50


@whole()
def merge(ticket: Ticket, *, into: Ticket, actor: Any, at: datetime | None = None) -> Merge:
    """`ticket` becomes part of `into`, which keeps its own subject, office, team, assignee and priority.

    Of one person: messages, notes, tags and what other rooms keep by ticket go over, and what was answered or waits is
    told to the kept one as if all had come there. Of two persons: only the work is joined. Raises Invalid.
    """
    at = at or clock.now()
    who = Actor.of(actor)
    hold_both(ticket, into)
    _check(ticket, into)
    row = Merge.objects.create(
        merged=ticket,
        kept=into,
        at=at,
        by_label=who.label,
        words_stay=ticket.requester_id != into.requester_id,
        status_before=ticket.status,
    )
    happened = _take_up_again(into, ticket, at)
    if not row.words_stay:
        _move_words(row, ticket, into)
    ticket.status, ticket.closed_at, ticket.snoozed_until = Status.MERGED, at, None
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=into)
    ticket.merged_into = into
    told = events.TicketMerged(
        **of(ticket), merge_id=row.pk, kept_id=into.pk, other=into.public_id, label=into.reference, at=at.isoformat()
    )
    changed(ticket, [told], who)
    absorbed = events.TicketAbsorbed(
        **of(into), merge_id=row.pk, other=ticket.public_id, label=ticket.reference, words_stay=row.words_stay
    )
    changed(into, [*happened, absorbed], who)
    return row


@whole()
def undo_merge(row: Merge, *, actor: Any, at: datetime | None = None) -> Ticket:
    """Two tickets again: what went over goes back, and with it what was said since in the merged one's conversations.

    Notes and status changes made since stay with the kept one. The other is as open as it was. Raises Conflict: it is
    too late, or was done.
    """
    at = at or clock.now()
    who = Actor.of(actor)
    row = Merge.objects.select_for_update(of=("self",)).select_related("merged", "kept").get(pk=row.pk)
    if not row.can_be_undone_at(at):
        raise Conflict("too_late", _("This merge can no longer be undone."))
    ticket, kept = row.merged, row.kept
    hold_both(ticket, kept)
    if kept.is_merged and not row.words_stay:
        raise Conflict("merged_on", _("The other ticket was merged in its turn: undo that first."))
    Merge.objects.filter(pk=row.pk).update(undone_at=at)
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=None)
    ticket.merged_into, ticket.status = None, row.status_before
    ticket.closed_at = at if row.status_before == Status.CLOSED else None
    if not row.words_stay:
        _move_words_back(row, ticket, kept)
    facts = {"merge_id": row.pk, "at": at.isoformat()}
    back = events.MergeUndone(
        **of(ticket), **facts, other=kept.public_id, label=kept.reference, is_kept=False, status=ticket.status
    )
    changed(ticket, [back], who)  # who hears it brings back what was said since: counted after that
    if not row.words_stay:
        settle_words(ticket, kept)
    there = events.MergeUndone(
        **of(kept), **facts, other=ticket.public_id, label=ticket.reference, is_kept=True, status=kept.status
    )
    changed(kept, [there], who)
    changed(ticket, [], who)
    return ticket


def bring_over(message_ids: Iterable[int], *, to: Ticket) -> None:
    """Messages stand on another ticket from now on. For rooms that follow a merge; both tickets are held."""
    Message.objects.filter(pk__in=list(message_ids)).update(ticket=to)


def kept_of(ticket: Ticket) -> Ticket:
    """Where the matter goes on: itself, or the end of the chain of merges; one query a link."""
    for _step in range(LONGEST_CHAIN):
        if ticket.merged_into is None:
            break
        ticket = ticket.merged_into
    return ticket


def where_my_words_are(ticket: Ticket) -> Ticket:
    """For its person: the ticket that now holds what they wrote, never one of somebody else."""
    for _step in range(LONGEST_CHAIN):
        if ticket.merged_into is None or ticket.merged_into.requester_id != ticket.requester_id:
            break
        ticket = ticket.merged_into
    return ticket


def refuse_merged(ticket: Ticket) -> None:
    """Raises TicketMerged for a ticket that is no more than a way to another."""
    if ticket.is_merged:
        kept = kept_of(ticket)
        raise TicketMerged(kept.public_id, kept.reference)


def add_moved(merge_id: int, word: str, ids: list[Any]) -> None:
    """A room writes down what it moved, so that undoing finds it. The row is ours: its ticket is held."""
    row = Merge.objects.get(pk=merge_id)
    row.moved[word] = ids
    row.save(update_fields=["moved"])


def hold_both(one: Ticket, other: Ticket) -> None:
    """Both rows ours until the commit, the older first: two who merge at once never wait for each other in a ring."""
    for row in sorted((one, other), key=lambda ticket: ticket.pk):
        locked(row)


@whole()
def leave_merge(ticket: Ticket, *, actor: Any, at: datetime | None = None) -> Ticket:
    """The person whose words stayed goes on with their own ticket: it is a matter of its own again, and open.

    Raises TicketMerged where the words went over.
    """
    ticket = locked(ticket)
    if ticket.is_merged:
        take_out_of_merge(ticket)
        changed(ticket, set_status(ticket, Status.OPEN, at or clock.now()), Actor.of(actor))
    return ticket


def take_out_of_merge(ticket: Ticket) -> None:
    """The same for a verb that holds the row, says what status follows, and saves it."""
    if not has_own_words(ticket):
        refuse_merged(ticket)
    Merge.objects.filter(merged=ticket, undone_at=None).update(undone_at=clock.now())
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=None)
    ticket.merged_into = None


def has_own_words(ticket: Ticket) -> bool:
    """Whether a merged ticket kept its words, because it is another person's than the one it went into."""
    return Merge.objects.filter(merged=ticket, undone_at=None, words_stay=True).exists()


def _check(ticket: Ticket, into: Ticket) -> None:
    if ticket.pk == into.pk:
        raise Invalid("same_ticket", _("A ticket cannot be merged into itself."), field="into")
    if ticket.office.body_id != into.office.body_id:
        raise Invalid("foreign_ticket", _("These tickets belong to two bodies: they cannot be joined."), field="into")
    if ticket.is_merged or into.is_merged:
        raise Invalid("merged_already", _("One of them was merged already: choose the one it went into."), field="into")
    if Status.SPAM in (ticket.status, into.status):
        raise Invalid("spam", _("Spam is not merged."), field="into")


def _take_up_again(into: Ticket, ticket: Ticket, at: datetime) -> list[events.TicketEvent]:
    """An open matter does not vanish in one that has ended; words that wait for an answer wake what waits."""
    waits_for_us = ticket.is_open and ticket.last_direction == Direction.IN
    happened: list[events.TicketEvent] = []
    if waits_for_us and into.snoozed_until is not None:
        into.snoozed_until = None
        happened.append(events.TicketWoken(**of(into)))
    if (ticket.is_open and into.status in ENDED) or (waits_for_us and into.status in PAUSED):
        happened += set_status(into, Status.OPEN, at)
    return happened


def _move_words(row: Merge, ticket: Ticket, into: Ticket) -> None:
    ids = list(Message.objects.filter(ticket=ticket).order_by("pk").values_list("pk", flat=True))
    tags = list(ticket.tags.exclude(pk__in=into.tags.values("pk")).values_list("pk", flat=True))
    row.moved = {"messages": ids, "tags": tags}
    row.save(update_fields=["moved"])
    bring_over(ids, to=into)
    into.tags.add(*tags)
    settle_words(ticket, into)


def _move_words_back(row: Merge, ticket: Ticket, kept: Ticket) -> None:
    bring_over(row.moved.get("messages", ()), to=ticket)
    kept.tags.remove(*row.moved.get("tags", ()))


def settle_words(*tickets: Ticket) -> None:
    """What rows and search say of their words, from what stands there now; the rows are held, the caller saves them."""
    for one in tickets:
        _count_words(one)
        search.remove(kind=indexing.KIND, object_id=one.pk)
    indexing.index_again(tickets)


def _count_words(ticket: Ticket) -> None:
    """What the row keeps of its public messages, from what is there now."""
    said = ticket.messages.public()  # type: ignore[attr-defined]
    last = said.of_weight().order_by("-pk").first()
    ticket.message_count = said.count()
    if last:
        ticket.last_message_at, ticket.last_direction = last.written_at, last.direction
        ticket.last_text = preview(last.text)
    else:
        ticket.last_direction, ticket.last_text = "", ""
