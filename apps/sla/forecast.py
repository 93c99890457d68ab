"""Which promises will be broken before closing if the day goes on as it began? (pure)

Work is done in order of urgency at the pace of today: so many an hour of open time. The n-th promise in the queue is
then kept after n times the time one takes. What is due before that, and before closing, will be late.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.hours import arithmetic
from apps.hours.arithmetic import NeverOpen, WorkingHours

LEAST_SECONDS = 30 * 60  # of open time before today says anything; until then yesterday's pace holds


@dataclass(frozen=True)
class Pace:
    """`done` promises kept in `seconds` of open time; `is_of_before` when today is too young to say."""

    done: int
    seconds: float
    is_of_before: bool = False

    @property
    def per_hour(self) -> float:
        return self.done * 3600 / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_each(self) -> float | None:
        return self.seconds / self.done if self.done and self.seconds > 0 else None


@dataclass(frozen=True)
class Waiting:
    """A promise that runs: the id of its clock, and when it is due."""

    id: int
    due_at: datetime


@dataclass(frozen=True)
class Foreseen:
    """One that will be late: its place in the queue, and when it would be kept at this pace (None: not at all)."""

    id: int
    place: int
    due_at: datetime
    done_at: datetime | None


def pace_of(today: Pace, before: Pace) -> Pace:
    """Today's, once it has lasted half an hour; else that of the last open day."""
    return today if today.seconds >= LEAST_SECONDS else Pace(before.done, before.seconds, is_of_before=True)


def will_be_late(
    queue: Iterable[Waiting], *, now: datetime, closes_at: datetime, pace: Pace, hours: WorkingHours
) -> list[Foreseen]:
    """In order of urgency; those late already are not foreseen but known, and only take their time in the queue."""
    each = pace.seconds_each
    found = []
    for place, one in enumerate(in_order(queue), start=1):
        if one.due_at > closes_at:
            break
        if one.due_at <= now:
            continue
        done_at = _after(now, place * each, hours) if each is not None else None
        if done_at is None or done_at > one.due_at:
            found.append(Foreseen(one.id, place, one.due_at, done_at))
    return found


def in_order(queue: Iterable[Waiting]) -> Sequence[Waiting]:
    return sorted(queue, key=lambda one: (one.due_at, one.id))


def most_that_can_be_kept(*, now: datetime, closes_at: datetime, pace: Pace, hours: WorkingHours) -> int:
    """How many this pace gets through before closing."""
    each = pace.seconds_each
    return int(arithmetic.elapsed(now, closes_at, hours) / each) if each else 0


def end_of_day(now: datetime, hours: WorkingHours) -> datetime:
    """The last closing of the local date; midnight where nothing closes."""
    local = now.astimezone(hours.tz)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    today = arithmetic.stretches(now, midnight, hours)
    return today[-1][1] if today else now


def _after(now: datetime, seconds: float, hours: WorkingHours) -> datetime | None:
    try:
        return arithmetic.due_at(now, seconds, hours)
    except NeverOpen:
        return None
