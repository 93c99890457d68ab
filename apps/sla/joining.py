"""What merging, splitting and undoing mean for promises: as if every message had come where it stands now.

The words decide first: an answer that was written after a promise began has kept it. Then, where both have one of a
kind running, the one that is due first runs on (of "news at least every" the one that began last) and the other gives
way; so nobody gains time by merging. All clocks of the merged ticket go to the one kept, with their past: nothing
broken is unmade. A message that nobody has answered and that no promise covers is promised an answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apps.hours import arithmetic
from apps.hours.arithmetic import NeverOpen
from apps.sla import history
from apps.sla.models import LIVE, Clock, Metric, State
from apps.sla.services import (
    RESPONSES,
    end,
    hours_of,
    keep,
    locked_clocks,
    pauses_of,
    run_again,
    stand,
    start,
    tell,
    verb,
)
from apps.tickets.models import Ticket
from apps.tickets.states import Direction

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class Joined:
    """Ids, for undoing: those that went over, and those that gave way."""

    moved: list[int] = field(default_factory=list)
    gave_way: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, list[int]]:
        return {"moved": self.moved, "gave_way": self.gave_way}


@verb
def join(merged: Ticket, kept: Ticket, *, at: datetime, is_owed: bool, words_stay: bool) -> Joined:
    """The clocks of `merged` become those of `kept`. `is_owed`: what waits for an answer is promised one.

    `words_stay`: they are two persons' tickets, so no answer on one kept a promise of the other.
    """
    rows = locked_clocks(Clock.objects.filter(ticket__in=(merged, kept)))
    if not words_stay:
        _read_answers([clock for clock in rows if clock.is_live], kept)
    coming = [clock for clock in rows if clock.ticket_id == merged.pk]
    joined = Joined(moved=[clock.pk for clock in coming])
    for group in (RESPONSES, (Metric.RESOLUTION,), (Metric.UPDATE,)):
        for loser in _losers([clock for clock in rows if clock.is_live and clock.metric in group], at):
            other = merged if loser.ticket_id == kept.pk else kept
            history.note(loser, history.GAVE_WAY, at, ticket=other.reference)
            end(loser, State.CANCELLED, at)
            keep(loser)
            joined.gave_way.append(loser.pk)
    for clock in coming:
        clock.ticket = kept
        history.note(clock, history.MERGED, at, ticket=merged.reference, ticket_id=merged.pk)
        clock.save(update_fields=["ticket", "history"])
    if is_owed and not words_stay:
        _promise_an_answer(kept)
    stand(kept.pk, status=kept.status, at=at)
    _settle(merged, kept)
    return joined


@verb
def part_again(merged: Ticket, kept: Ticket, *, joined: dict[str, Any], at: datetime) -> None:
    """The merge is undone: each has its own promises again; those that gave way run on, unless they were kept since."""
    rows = {clock.pk: clock for clock in locked_clocks(Clock.objects.filter(ticket__in=(merged, kept)))}
    for pk in joined.get("moved", ()):
        if pk in rows and rows[pk].ticket_id == kept.pk:
            rows[pk].ticket = merged
            history.note(rows[pk], history.CAME_BACK, at, ticket=kept.reference, ticket_id=kept.pk)
            rows[pk].save(update_fields=["ticket", "history"])
    for pk in joined.get("gave_way", ()):
        clock = rows.get(pk)
        if (
            clock is None
            or clock.state != State.CANCELLED
            or not clock.ticket.is_open
            or _has_live(rows.values(), clock)
        ):
            continue
        run_again(clock)
        keep(clock)
    for ticket in (merged, kept):
        _read_words(ticket)
        stand(ticket.pk, status=ticket.status, at=at)
    _settle(merged, kept)


@verb
def follow_split(ticket: Ticket, new: Ticket, *, at: datetime) -> None:
    """Words left `ticket` for `new`: an answer nobody waits for any more is called off, and each has what is owed."""
    since = owed_since(ticket)
    for clock in locked_clocks(Clock.objects.live().filter(ticket=ticket, metric=Metric.NEXT_RESPONSE)):
        if since is None or since > clock.started_at:
            history.note(clock, history.WORDS_LEFT, at, ticket=new.reference)
            end(clock, State.CANCELLED, at)
            keep(clock)
    for one in (ticket, new):
        _read_words(one)
    _settle(ticket, new)


def owed_since(ticket: Ticket) -> datetime | None:
    """When the person wrote what no human being has answered yet; None when nothing waits."""
    since = None
    for direction, written_at in _said(ticket):
        if direction == Direction.OUT:
            since = None
        elif since is None:
            since = written_at
    return since


def _read_words(ticket: Ticket) -> None:
    _read_answers(locked_clocks(Clock.objects.live().filter(ticket=ticket)), ticket)
    if ticket.is_open:
        _promise_an_answer(ticket)


def _read_answers(live: list[Clock], words_of: Ticket) -> None:
    """Promises of an answer that was written after they began are kept by it; the objects say so afterwards."""
    answers = words_of.messages.filter(direction=Direction.OUT, is_automatic=False).order_by("pk")  # type: ignore[attr-defined]
    for clock in live:
        answer = answers.filter(written_at__gt=clock.started_at).first() if clock.metric in RESPONSES else None
        if answer:
            end(clock, State.MET, answer.written_at)
            clock.ended_by_message_id = answer.pk
            keep(clock)


def _promise_an_answer(ticket: Ticket) -> None:
    since = owed_since(ticket)
    waits = Clock.objects.live().filter(ticket=ticket, metric__in=RESPONSES)
    if since is not None and not waits.exists():
        start(ticket, metrics=[Metric.NEXT_RESPONSE], at=since)


def _said(ticket: Ticket) -> Iterable[tuple[str, datetime]]:
    rows = ticket.messages.filter(is_automatic=False).exclude(direction=Direction.NOTE)  # type: ignore[attr-defined]
    return rows.order_by("pk").values_list("direction", "written_at")


def _losers(live: list[Clock], at: datetime) -> list[Clock]:
    """All but the one that runs on; nothing to choose where there is at most one."""
    if len(live) < 2:
        return []
    if live[0].metric == Metric.UPDATE:
        winner = max(live, key=lambda clock: (clock.started_at, clock.pk))
    else:
        winner = min(live, key=lambda clock: (_due(clock, at), clock.pk))
    return [clock for clock in live if clock.pk != winner.pk]


def _due(clock: Clock, at: datetime) -> datetime:
    """When it is due; for one that stands still, when it would be if it ran on now."""
    if clock.paused_at is None or clock.due_at is not None:
        return clock.due_at or NEVER
    pauses = [*pauses_of(clock), (clock.paused_at, max(at, clock.paused_at))]
    try:
        return arithmetic.due_at(clock.started_at, clock.target_seconds, hours_of(clock), pauses)
    except NeverOpen:
        return NEVER


def _has_live(rows: Iterable[Clock], clock: Clock) -> bool:
    """Of the same ticket and metric: there may be one of a kind."""
    own = (clock.ticket_id, clock.metric)
    return any(row.state in LIVE and (row.ticket_id, row.metric) == own for row in rows)


def _settle(*tickets: Ticket) -> None:
    for ticket in tickets:
        tell(ticket)
