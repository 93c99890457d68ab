"""One report: what pages, files, letters and the API show. Each part is counted when first asked for."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from apps.reporting import queries
from apps.reporting.names import names
from apps.reporting.queries import Cells, Kept, Lengths, Promises, Sums
from apps.reporting.scope import Scope
from apps.sla.models import Metric, Reason
from apps.sla.parties import Party
from apps.tickets.states import Type

FIRST = Metric.FIRST_RESPONSE.value
# Upper ends in minutes of the steps in which lengths are drawn; the last is open.
STEPS = (5, 15, 30, 60, 120, 240, 480, 1440, 2880, 7200)


@dataclass(frozen=True)
class Standing:
    """One metric: how it stands, how it stood before, how long it took."""

    metric: str
    label: Any
    kept: Kept
    before: Kept
    lengths: Lengths
    lengths_before: Lengths

    @property
    def change(self) -> int | None:
        """In points against the time before; None when either had nothing to count."""
        if self.kept.percent is None or self.before.percent is None:
            return None
        return round(self.kept.percent) - round(self.before.percent)

    @property
    def change_size(self) -> int:
        return abs(self.change or 0)


@dataclass(frozen=True)
class Group:
    value: Any
    label: str
    opened: int
    sums: Sums
    before: Sums

    @property
    def kept(self) -> Kept:
        return self.sums.kept(FIRST)

    @property
    def late(self) -> int:
        """Of all kinds. A template asks here: of a counter it would take the missing key "late", which is 0."""
        return self.sums.late

    @property
    def promises(self) -> list[tuple[str, Kept]]:
        return [(metric.value, self.sums.kept(metric.value)) for metric in Metric if metric.value in KNOWN]

    @property
    def change(self) -> int | None:
        now, before = self.kept.percent, self.before.kept(FIRST).percent
        return None if now is None or before is None else round(now) - round(before)


@dataclass(frozen=True)
class PolicyStanding:
    """One metric of one policy. `goal` is what the policy says now; None when it is gone."""

    policy: int
    name: str
    metric: str
    label: Any
    goal: int | None
    kept: Kept
    before: Kept

    @property
    def change(self) -> int | None:
        now, before = self.kept.percent, self.before.percent
        return None if now is None or before is None else round(now) - round(before)

    @property
    def is_below(self) -> bool:
        return self.goal is not None and self.kept.percent is not None and self.kept.percent < self.goal


@dataclass(frozen=True)
class Step:
    """A day, or the week that begins on it."""

    on: date
    sums: Sums
    ended: int
    backlog: int  # at its end

    @property
    def opened(self) -> int:
        return self.sums["opened"]

    @property
    def first(self) -> Kept:
        return self.sums.kept(FIRST)


@dataclass(frozen=True)
class Part:
    """A share of a whole: a step of the distribution, an age of the backlog, a type."""

    value: Any
    n: int
    whole: int

    @property
    def percent(self) -> float | None:
        return 100 * self.n / self.whole if self.whole else None


KNOWN = {metric.value for metric in (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION)}


class Report:
    def __init__(self, scope: Scope, *, is_wall_clock: bool = False) -> None:
        self.scope = scope
        self.is_wall_clock = is_wall_clock

    @cached_property
    def cells(self) -> Cells:
        return queries.cells(self.scope)

    @cached_property
    def cells_before(self) -> Cells:
        return queries.cells(self.scope.before)

    @cached_property
    def sums(self) -> Sums:
        return self.cells.all

    @cached_property
    def sums_before(self) -> Sums:
        return self.cells_before.all

    @cached_property
    def promises(self) -> Promises:
        return queries.promises(self.scope, is_wall_clock=self.is_wall_clock)

    @cached_property
    def promises_before(self) -> Promises:
        return queries.promises(self.scope.before, is_wall_clock=self.is_wall_clock)

    @property
    def lengths(self) -> dict[str, Lengths]:
        return self.promises.lengths

    @property
    def lengths_before(self) -> dict[str, Lengths]:
        return self.promises_before.lengths

    @cached_property
    def standings(self) -> list[Standing]:
        return [
            Standing(
                metric.value,
                metric.label,
                self.sums.kept(metric.value),
                self.sums_before.kept(metric.value),
                self.lengths.get(metric.value, Lengths()),
                self.lengths_before.get(metric.value, Lengths()),
            )
            for metric in Metric
            if metric.value in KNOWN
        ]

    @property
    def first(self) -> Standing:
        return self.standings[0]

    @cached_property
    def goals(self) -> list[int]:
        return queries.goals(self.scope)

    @property
    def goal(self) -> int | None:
        """The goal, when all promises here have the same."""
        return self.goals[0] if len(self.goals) == 1 else None

    @cached_property
    def policies(self) -> list[PolicyStanding]:
        """By the policy that made each promise, in the order of the policies; those of other metrics are left out."""
        now, before = self.promises.policies, self.promises_before.policies
        rows = queries.policies({policy for policy, _metric in now})
        return [
            PolicyStanding(pk, name, metric.value, metric.label, goal, now[pk, metric.value],
                           before.get((pk, metric.value), Kept()))
            for pk, name, goal in rows
            for metric in Metric
            if metric.value in KNOWN and (pk, metric.value) in now
        ]  # fmt: skip

    @property
    def parties(self) -> list[tuple[str, timedelta, timedelta, Part]]:
        """Who had the finished tickets of the range: all their open hours, those of one ticket, the share."""
        minutes = {party: self.sums[f"{party}_minutes"] for party in Party}
        whole, tickets = sum(minutes.values()), max(1, self.sums["solved"])
        return [
            (str(party.label), timedelta(minutes=n), timedelta(minutes=n // tickets), Part(party.value, n, whole))
            for party, n in minutes.items()
            if whole
        ]

    @cached_property
    def reasons(self) -> list[tuple[str, str, Part]]:
        """Why tickets were late, as far as somebody said so: the reason, its words, how many; most first."""
        found, whole = queries.by_reason(self.scope), self.sums["late_tickets"]
        if unsaid := whole - sum(found.values()):
            found[""] = unsaid
        words = dict(Reason.choices) | {"": _("Nothing was said")}
        rows = [(reason, str(words.get(reason, reason)), Part(reason, n, whole)) for reason, n in found.items()]
        return sorted(rows, key=lambda row: (row[0] == "", -row[2].n))

    @cached_property
    def hours(self) -> dict[tuple[date, int], Sums]:
        return queries.by_hour(self.scope)

    @cached_property
    def backlog_before(self) -> int:
        return queries.backlog_before(self.scope)

    @cached_property
    def steps(self) -> list[Step]:
        """Days or weeks of the range, those without anything included."""
        sums: dict[date, Sums] = defaultdict(Sums)
        for (day, _hour), own in self.hours.items():
            sums[self._step_of(day)].update(own)
        ended: dict[date, int] = defaultdict(int)
        for day, n in queries.ended_by_day(self.scope).items():
            ended[self._step_of(day)] += n
        found, backlog = [], self.backlog_before
        for day in self.scope.range.steps():
            backlog += sums[day]["opened"] - ended[day]
            found.append(Step(day, sums[day], ended[day], backlog))
        return found

    @cached_property
    def ended(self) -> int:
        return sum(step.ended for step in self.steps)

    @cached_property
    def ended_before(self) -> int:
        return sum(queries.ended_by_day(self.scope.before).values())

    @cached_property
    def ages(self) -> list[Part]:
        ages = queries.backlog_ages(self.scope)
        whole = sum(n for _days, n in ages)
        return [Part(days, n, whole) for days, n in ages]

    @cached_property
    def types(self) -> list[tuple[Part, str, int]]:
        """Each type with its share, its name and how many there were before."""
        now, before = self.cells.by("type"), self.cells_before.by("type")
        none, whole = Sums(), self.sums["opened"]
        return [
            (
                Part(kind.value, now.get(kind.value, none)["opened"], whole),
                str(kind.label),
                before.get(kind.value, none)["opened"],
            )
            for kind in (Type.REQUEST, Type.QUESTION, Type.INCIDENT, Type.INTERVENTION)
        ]

    def groups(self, dimension: str) -> list[Group]:
        """The most tickets first."""
        if dimension == "agent":
            now, before = queries.by_agent(self.scope), queries.by_agent(self.scope.before)
        else:
            now, before = self.cells.by(dimension), self.cells_before.by(dimension)
        words = names(dimension, list(now))
        groups = [
            Group(value, words[value], sums["opened"], sums, before.get(value, Sums()))
            for value, sums in now.items()
            if sums["opened"] or sums.late
        ]
        return sorted(groups, key=lambda group: (-group.opened, group.label))

    def heat(self, *measures: str) -> list[list[int]]:
        """Seven days from Monday, 24 hours each."""
        table = [[0] * 24 for _day in range(7)]
        for (day, hour), sums in self.hours.items():
            table[day.weekday()][hour] += sum(sums[name] for name in measures)
        return table

    def spread(self, metric: str) -> list[Part]:
        """How many were done within each step; None stands for longer than all."""
        own = self.lengths.get(metric, Lengths())
        counts: dict[int | None, int] = dict.fromkeys((*STEPS, None), 0)
        for minutes, n in own.spread:
            counts[next((step for step in STEPS if minutes < step), None)] += n
        return [Part(step, n, own.n) for step, n in counts.items()]

    def _step_of(self, day: date) -> date:
        return day - timedelta(days=day.weekday()) if self.scope.range.is_by_week else day
