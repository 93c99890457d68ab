"""Figures, from the facts. All of them count tickets opened in the range, in the offices whose reports the viewer may
read; spam counts nowhere but as spam. What counts as what stands in `counting`.

Whole months come from sums that are kept, days at the edges and narrower questions from one row a ticket: both agree.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from apps.core import clock
from apps.reporting.models import (
    DIMENSIONS,
    MEASURES,
    AgentCell,
    HourCell,
    LengthCell,
    MonthCell,
    PolicyCell,
    PromiseFact,
    TicketFact,
)
from apps.reporting.models.facts import PROMISES
from apps.reporting.ranges import Range
from apps.reporting.scope import Scope
from apps.sla.models import Policy
from apps.tickets.models import Ticket
from apps.tickets.states import UNSOLVED

HOURLY = ("opened", "first_response_kept", "first_response_late")


@dataclass(frozen=True)
class Kept:
    """How promises of one kind stand."""

    in_time: int = 0
    late: int = 0

    @property
    def total(self) -> int:
        return self.in_time + self.late

    @property
    def percent(self) -> float | None:
        return 100 * self.in_time / self.total if self.total else None


class Sums(Counter[str]):
    """The measures, added up."""

    def kept(self, metric: str) -> Kept:
        return Kept(self[f"{metric}_kept"], self[f"{metric}_late"])

    @property
    def late(self) -> int:
        return sum(self[f"{metric}_late"] for metric in PROMISES)


@dataclass(frozen=True)
class Lengths:
    """Half were done within `median`, nine in ten within `p90`; `spread` has minutes and how often, in order."""

    median: timedelta | None = None
    p90: timedelta | None = None
    n: int = 0
    spread: tuple[tuple[int, int], ...] = ()


class Cells(dict[tuple, Sums]):
    """Sums by the dimensions, in memory: a few hundred combinations, folded as often as a page needs."""

    def by(self, dimension: str) -> dict[Any, Sums]:
        place = DIMENSIONS.index(dimension)
        found: dict[Any, Sums] = defaultdict(Sums)
        for key, sums in self.items():
            found[key[place]].update(sums)
        return dict(found)

    @property
    def all(self) -> Sums:
        total = Sums()
        for sums in self.values():
            total.update(sums)
        return total


def cells(scope: Scope) -> Cells:
    """By every dimension but the agent."""
    found = Cells()
    sources = [_facts(scope)]
    if scope.is_within(*DIMENSIONS):
        months, edges = whole_months(scope.range)
        sources = [MonthCell.objects.filter(**scope.conditions, month__in=months)] if months else []
        sources += [_facts(scope, edge) for edge in edges]
    for rows in sources:
        _gather(found, rows, DIMENSIONS)
    return found


def by_agent(scope: Scope) -> dict[int, Sums]:
    found: dict[tuple, Sums] = {}
    sources = [_facts(scope)]
    if scope.is_within("office", "team", "via", "agent"):
        months, edges = whole_months(scope.range)
        sources = [AgentCell.objects.filter(**scope.conditions, month__in=months)] if months else []
        sources += [_facts(scope, edge) for edge in edges]
    for rows in sources:
        _gather(found, rows, ("agent",))
    return {key[0]: sums for key, sums in found.items()}


def by_hour(scope: Scope) -> dict[tuple[date, int], Sums]:
    """By the day and the hour of opening: what came, and how its first answers stand."""
    found: dict[tuple, Sums] = {}
    if _has_hours(scope):
        rows = HourCell.objects.filter(**scope.conditions, on__gte=scope.range.first, on__lte=scope.range.last)
        _gather(found, rows.exclude(opened=0), ("on", "hour"), HOURLY)
    else:
        _gather(found, _facts(scope).filter(opened=1), ("opened_on", "opened_hour"), HOURLY)
    return found  # type: ignore[return-value]


def ended_by_day(scope: Scope) -> dict[date, int]:
    """Tickets that ended on each day, whenever they were opened."""
    first, last = scope.range.first, scope.range.last
    if _has_hours(scope):
        rows = HourCell.objects.filter(**scope.conditions, on__gte=first, on__lte=last)
        return {day: n for day, n in rows.values_list("on").annotate(n=Sum("ended")).order_by() if n}
    facts = TicketFact.objects.filter(**scope.conditions, ended_on__gte=first, ended_on__lte=last)
    return dict(facts.values_list("ended_on").annotate(n=Count("pk")).order_by())


def backlog_before(scope: Scope) -> int:
    """Opened and not ended when the range began, as we know it now."""
    first = scope.range.first
    if _has_hours(scope):
        rows = HourCell.objects.filter(**scope.conditions, on__lt=first)
        sums = rows.aggregate(opened=Sum("opened"), ended=Sum("ended"))
        return (sums["opened"] or 0) - (sums["ended"] or 0)
    facts = TicketFact.objects.filter(**scope.conditions, opened_on__lt=first, opened=1)
    return facts.filter(Q(ended_on=None) | Q(ended_on__gte=first)).count()


AGES = ((1, "day"), (3, "days3"), (7, "week"), (30, "month"), (None, "older"))


def backlog_ages(scope: Scope) -> list[tuple[int | None, int]]:
    """Open tickets now, by the number of days since opening up to which they count; None for all that are older."""
    now = clock.now()
    names = {"office": "office_id", "team": "team_id", "service": "service_id", "agent": "assignee_id"}
    chosen = {names.get(name, name): value for name, value in scope.choices.items()}
    rows = Ticket.objects.filter(office_id__in=scope.offices, status__in=UNSOLVED)
    for name, value in chosen.items():
        rows = rows.filter(**{f"{name}__isnull": True} if name.endswith("_id") and value == 0 else {name: value})
    limits = [days for days, _word in AGES if days is not None]
    counts = {f"n{days}": Count("pk", filter=Q(opened_at__gt=now - timedelta(days=days))) for days in limits}
    found, below, ages = rows.aggregate(total=Count("pk"), **counts), 0, []
    for days in limits:
        ages.append((days, found[f"n{days}"] - below))
        below = found[f"n{days}"]
    return [*ages, (None, found["total"] - below)]


@dataclass(frozen=True)
class Promises:
    """`lengths` by metric, `policies` by the policy that made the promise and its metric."""

    lengths: dict[str, Lengths]
    policies: dict[tuple[int, str], Kept]


def promises(scope: Scope, *, is_wall_clock: bool) -> Promises:
    """How long each kind took, in whole minutes of its own hours or of the clock on the wall (exact), and how each
    policy's promises stand. Months from sums where nothing narrows; else one reading answers both."""
    spread: dict[str, Counter[int]] = defaultdict(Counter)
    ends: dict[tuple[int, str], Counter[bool]] = defaultdict(Counter)
    months, edges = whole_months(scope.range) if scope.is_within() else ([], [scope.range])
    if months:
        cells = LengthCell.objects.filter(office__in=scope.offices, month__in=months, is_wall_clock=is_wall_clock)
        for metric, length, n in cells.values_list("metric", "minutes").annotate(sum=Sum("n")).order_by():
            spread[metric][length] += n
        policy_cells = PolicyCell.objects.filter(office__in=scope.offices, month__in=months)
        sums = policy_cells.values_list("policy", "metric").annotate(n_kept=Sum("kept"), n_late=Sum("late"))
        for policy, metric, kept, late in sums.order_by():
            ends[policy, metric].update({False: kept, True: late})
    minutes = "elapsed_minutes" if is_wall_clock else "business_minutes"
    for edge in edges:
        rows = PromiseFact.objects.filter(**scope.conditions, opened_on__gte=edge.first, opened_on__lte=edge.last)
        groups = rows.values_list("policy", "metric", "is_late", minutes).annotate(n=Count("pk")).order_by()
        for policy, metric, is_late, length, n in groups:
            ends[policy, metric][is_late] += n
            if length is not None:
                spread[metric][length] += n
    return Promises(
        {metric: lengths_of((+own).items()) for metric, own in spread.items()},
        {key: Kept(own[False], own[True]) for key, own in ends.items() if any(own.values())},
    )


def by_reason(scope: Scope) -> dict[str, int]:
    """Tickets with a broken promise about which something was said, by what."""
    rows = _facts(scope).filter(late_tickets__gt=0, reason__gt="")
    return dict(rows.values_list("reason").annotate(n=Count("pk")).order_by())


def by_month_and_via(scope: Scope) -> dict[tuple[date, str], int]:
    """Tickets opened, for whole months that the range touches."""
    first = scope.range.first.replace(day=1)
    rows = MonthCell.objects.filter(**scope.conditions, month__gte=first, month__lte=scope.range.last)
    return {
        (month, via): n for month, via, n in rows.values_list("month", "via").annotate(n=Sum("opened")).order_by() if n
    }


def policies(ids: Collection[int]) -> list[tuple[int, str, int | None]]:
    """Number, name and goal in percent, in the order in which policies are tried; what is gone keeps its number.

    Two of one name are told apart by their offices.
    """
    rows = list(Policy.objects.filter(pk__in=ids).in_order().values_list("pk", "name", "goal_percent", "office__name"))
    times = Counter(name for _pk, name, _goal, _office in rows)
    found: list[tuple[int, str, int | None]] = [
        (pk, f"{name} · {office}" if times[name] > 1 else name, goal) for pk, name, goal, office in rows
    ]
    gone = sorted({*ids} - {row[0] for row in found})
    return found + [(pk, f"#{pk}", None) for pk in gone]


def goals(scope: Scope) -> list[int]:
    """The different goals, in percent, of the promises made in these offices."""
    rows = Policy.objects.active().filter(office_id__in=scope.offices)
    return sorted(set(rows.values_list("goal_percent", flat=True)))


def targets(scope: Scope, metric: str) -> list[int]:
    """The different lengths in minutes that are promised in these offices for this metric."""
    rows = Policy.objects.active().filter(office_id__in=scope.offices, targets__metric=metric)
    return sorted({seconds // 60 for seconds in rows.values_list("targets__seconds", flat=True)})


# Arithmetic


def whole_months(looked_at: Range) -> tuple[list[date], list[Range]]:
    """The months that lie in the range with all their days, and what is left before and after them.

    Nothing is opened tomorrow: a month of which the range holds all days up to today is whole.
    """
    today = clock.now().astimezone(looked_at.zone).date()
    last = max(looked_at.last, _end_of_month(looked_at.last)) if looked_at.last >= today else looked_at.last
    months, month = [], looked_at.first.replace(day=1)
    if month < looked_at.first:
        month = _end_of_month(month) + timedelta(days=1)
    begin = month
    while _end_of_month(month) <= last:
        months.append(month)
        month = _end_of_month(month) + timedelta(days=1)
    if not months:
        return [], [looked_at]
    edges = []
    if looked_at.first < begin:
        edges.append(Range(looked_at.first, begin - timedelta(days=1), looked_at.zone))
    if month <= looked_at.last:
        edges.append(Range(month, looked_at.last, looked_at.zone))
    return months, edges


def lengths_of(spread: Iterable[tuple[int, int]]) -> Lengths:
    rows = sorted(spread)
    n = sum(times for _length, times in rows)
    if not n:
        return Lengths()
    return Lengths(at_rank(rows, (n + 1) // 2), at_rank(rows, -(-9 * n // 10)), n, tuple(rows))


def at_rank(rows: Iterable[tuple[int, int]], rank: int) -> timedelta:
    """The length at that place (the first is 1) when all are put in order. Raises ValueError beyond the last."""
    passed = 0
    for minutes, times in rows:
        passed += times
        if passed >= rank:
            return timedelta(minutes=minutes)
    raise ValueError(rank)


def _end_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _has_hours(scope: Scope) -> bool:
    return scope.is_within("office", "team", "via")


def _facts(scope: Scope, looked_at: Range | None = None) -> QuerySet:
    looked_at = looked_at or scope.range
    return TicketFact.objects.filter(**scope.conditions, opened_on__gte=looked_at.first, opened_on__lte=looked_at.last)


def _gather(
    found: dict[tuple, Sums], rows: QuerySet, key: tuple[str, ...], measures: tuple[str, ...] = MEASURES
) -> None:
    sums = {f"n_{name}": Sum(name) for name in measures}
    for values in rows.values_list(*key).annotate(**sums).order_by():
        amounts = zip(measures, values[len(key) :], strict=True)
        found.setdefault(values[: len(key)], Sums()).update({name: n for name, n in amounts if n})
