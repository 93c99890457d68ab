"""Who is on? From shifts, rosters and absences as plain data (pure).

Minutes are those of the day in the office's zone. A shift belongs to the date on which it begins.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = 24 * 60
DAYS_AHEAD = 21  # how far we look for the next time somebody is on


@dataclass(frozen=True)
class PlannedShift:
    id: int
    opens: int
    closes: int
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    team_id: int | None = None
    head_id: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    def takes_place(self, day: date) -> bool:
        return (
            day.weekday() in self.weekdays
            and (self.valid_from is None or day >= self.valid_from)
            and (self.valid_until is None or day <= self.valid_until)
        )

    def span(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From when to when on that date; not after the start means the next day."""
        over_midnight = self.closes <= self.opens
        return _moment(day, self.opens, zone), _moment(day + timedelta(days=over_midnight), self.closes, zone)


@dataclass(frozen=True)
class Place:
    """A row of the roster: on a weekday every week, or on one date."""

    shift_id: int
    user_id: int
    weekday: int | None = None
    on: date | None = None
    is_head: bool = False


@dataclass(frozen=True)
class Away:
    user_id: int
    first_on: date
    last_on: date
    replacement_id: int | None = None


@dataclass(frozen=True)
class Duty:
    """Somebody is on. `replaces` is for whom they stand in."""

    user_id: int
    is_head: bool = False
    replaces: int | None = None


@dataclass(frozen=True)
class Turn:
    """One shift on one date."""

    shift: PlannedShift
    on: date
    begins: datetime
    ends: datetime
    duties: tuple[Duty, ...]

    @property
    def head_id(self) -> int | None:
        """The head on the roster, or whoever stands in; else the shift's own head while nobody says otherwise."""
        return next((duty.user_id for duty in self.duties if duty.is_head), None)


@dataclass(frozen=True)
class Roster:
    zone: ZoneInfo
    shifts: tuple[PlannedShift, ...] = ()
    places: tuple[Place, ...] = ()
    absences: tuple[Away, ...] = ()

    def turns(self, day: date) -> list[Turn]:
        """The shifts that begin on a date, in order, with who is on in each."""
        found = [
            Turn(shift, day, *shift.span(day, self.zone), duties=self._duties(shift, day))
            for shift in self.shifts
            if shift.takes_place(day)
        ]
        return sorted(found, key=lambda turn: (turn.begins, turn.ends, turn.shift.id))

    def running(self, at: datetime) -> list[Turn]:
        """The beginning belongs to a shift, its end does not: at 13:30 the afternoon is on and the morning is over."""
        today = at.astimezone(self.zone).date()
        days = (today - timedelta(days=1), today)
        return [turn for day in days for turn in self.turns(day) if turn.begins <= at < turn.ends]

    def coming(self, at: datetime) -> Iterator[Turn]:
        """Those that begin after a moment, in order, within three weeks."""
        today = at.astimezone(self.zone).date()
        for step in range(DAYS_AHEAD):
            yield from (turn for turn in self.turns(today + timedelta(days=step)) if turn.begins > at)

    def head_at(self, at: datetime) -> int | None:
        """Who answers for the house now; between shifts whoever answers next."""
        for turn in [*reversed(self.running(at)), *self.coming(at)]:
            if turn.head_id is not None:
                return turn.head_id
        return None

    def on_duty(self, at: datetime) -> set[int]:
        return {duty.user_id for turn in self.running(at) for duty in turn.duties}

    def next_on(self, at: datetime, *, user_id: int | None = None) -> datetime | None:
        """`at` itself when somebody (that person) is on; else when they next are; None when they never are."""
        for turn in self.running(at):
            if _has(turn, user_id):
                return at
        return next((turn.begins for turn in self.coming(at) if _has(turn, user_id)), None)

    def knows(self, user_id: int) -> bool:
        """Does anybody plan this person's hours here at all?"""
        return any(place.user_id == user_id for place in self.places) or any(
            shift.head_id == user_id for shift in self.shifts
        )

    def uncovered(self, day: date, open_spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
        """The stretches in which the doors are open and nobody is on: what a citizen would notice."""
        manned = [
            (turn.begins, turn.ends)
            for near in (day - timedelta(days=1), day)
            for turn in self.turns(near)
            if turn.duties
        ]
        gaps = list(open_spans)
        for begins, ends in manned:
            gaps = [
                piece
                for start, stop in gaps
                for piece in ((start, min(stop, begins)), (max(start, ends), stop))
                if piece[0] < piece[1]
            ]
        return gaps

    def _duties(self, shift: PlannedShift, day: date) -> tuple[Duty, ...]:
        own = [place for place in self.places if place.shift_id == shift.id]
        once = [place for place in own if place.on == day]
        planned = once or [place for place in own if place.weekday == day.weekday()]
        rows = [Duty(place.user_id, place.is_head) for place in planned]
        if shift.head_id is not None and not any(row.is_head for row in rows):
            rows = [Duty(shift.head_id, True), *(row for row in rows if row.user_id != shift.head_id)]
        return tuple(self._without_absent(rows, day))

    def _without_absent(self, rows: Sequence[Duty], day: date) -> list[Duty]:
        found: dict[int, Duty] = {}
        for row in rows:
            stands_in = self._stands_in(row.user_id, day)
            if stands_in is None:
                continue
            duty = row if stands_in == row.user_id else Duty(stands_in, row.is_head, replaces=row.user_id)
            before = found.get(stands_in)
            found[stands_in] = Duty(stands_in, duty.is_head or bool(before and before.is_head), duty.replaces)
        return list(found.values())

    def _stands_in(self, user_id: int, day: date) -> int | None:
        """Themselves, or the end of the chain of replacements; None when nobody is there."""
        seen: set[int] = set()
        current: int | None = user_id
        while current is not None and current not in seen:
            seen.add(current)
            away = next(
                (row for row in self.absences if row.user_id == current and row.first_on <= day <= row.last_on), None
            )
            if away is None:
                return current
            current = away.replacement_id
        return None


def _has(turn: Turn, user_id: int | None) -> bool:
    return bool(turn.duties) if user_id is None else any(duty.user_id == user_id for duty in turn.duties)


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    day += timedelta(days=minute // DAY)
    return datetime.combine(day, time(minute % DAY // 60, minute % 60), zone)
