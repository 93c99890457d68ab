"""Working time: when is it used up, how much of it lay between two moments, is it open?

Pure: plain values in, plain values out, and nobody asks the time. Moments are aware; results are in UTC.
A moment is open when the wall clock in the calendar's zone then shows an open minute. So an hour that the clocks
skip does not exist, and an hour that they repeat counts twice.

A calendar is unrolled month by month into stretches of absolute microseconds with running sums, and kept: after that
every answer is a binary search.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

Span = tuple[int, int]  # minutes of a day; an end that is not after its start runs past midnight
Week = tuple[tuple[Span, ...], ...]  # seven of them, Monday first
Pause = tuple[datetime, datetime]

DAY = 24 * 60
SECOND = 1_000_000  # all absolute times below are whole microseconds since 1970
MINUTE = 60 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOSED_WEEK: Week = ((),) * 7
OPEN_WEEK: Week = (((0, DAY),),) * 7
HORIZON_MONTHS = 100 * 12


class NeverOpen(ValueError):
    """The calendar does not have that much working time, not within a hundred years."""


@dataclass(frozen=True)
class WorkingHours:
    """When somebody is there, as plain data.

    `weekly` holds until a later week of `weeks_from` takes over on its date. `holidays` close their local date from
    00:00 to 24:00, whatever began the night before. `shifts` replace the weekly hours of a date; `breaks` take time
    out of it.
    """

    tz: ZoneInfo
    weekly: Week = CLOSED_WEEK
    holidays: frozenset[date] = frozenset()
    shifts: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    breaks: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    weeks_from: tuple[tuple[date, Week], ...] = ()
    _months: dict = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def always(cls, tz: ZoneInfo) -> "WorkingHours":
        return cls(tz=tz, weekly=OPEN_WEEK)

    def week_on(self, day: date) -> Week:
        week = self.weekly
        for since, later in self.weeks_from:
            if since <= day:
                week = later
        return week


def due_at(start: datetime, seconds: float, hours: WorkingHours, pauses: Iterable[Pause] = ()) -> datetime:
    """The moment at which `seconds` of working time after `start` are used up.

    Used up exactly at closing means: at closing. Nothing to use up means: the first open moment at or after `start`.
    In a pause the time stands still. Raises NeverOpen.
    """
    at, needed = _micro(start), round(seconds * SECOND)
    for begins, ends in _merged(pauses):
        if ends <= at:
            continue
        if begins > at:
            if needed <= 0:
                opens = _opening(at, hours)
                if opens < begins:
                    return _moment(opens)
            else:
                available = _between(at, begins, hours)
                if available >= needed:
                    break
                needed -= available
        at = ends
    if needed <= 0:
        return _moment(_opening(at, hours))
    return _moment(_used_up(at, needed, hours))


def elapsed(start: datetime, end: datetime, hours: WorkingHours, pauses: Iterable[Pause] = ()) -> float:
    """Seconds of working time from `start` to `end`, pauses taken out; 0 when the end is not after the start."""
    begins, ends = _micro(start), _micro(end)
    total = _between(begins, ends, hours)
    for stops, goes_on in _merged(pauses):
        total -= _between(max(begins, stops), min(ends, goes_on), hours)
    return total / SECOND


def is_open(at: datetime, hours: WorkingHours) -> bool:
    instant = _micro(at)
    month = _month(_month_number(instant, hours), hours)
    return month.is_open(instant)


def next_opening(at: datetime, hours: WorkingHours) -> datetime:
    """`at` itself when it is open then, else the next moment the doors open. Raises NeverOpen."""
    return _moment(_opening(_micro(at), hours))


def next_closing(at: datetime, hours: WorkingHours) -> datetime | None:
    """When the stretch that is open at `at` (or opens next) ends; None when it does not end within a year.

    Raises NeverOpen.
    """
    closes = _opening(_micro(at), hours)
    number = _month_number(closes, hours)
    for step in range(14):
        month = _month(number + step, hours)
        index = bisect_right(month.starts, closes) - 1
        if index < 0 or month.ends[index] <= closes:
            return _moment(closes)
        closes = month.ends[index]
        while index + 1 < len(month.starts) and month.starts[index + 1] <= closes:
            index += 1
            closes = month.ends[index]
        if index + 1 < len(month.starts):
            return _moment(closes)
    return None


def stretches(start: datetime, end: datetime, hours: WorkingHours) -> list[tuple[datetime, datetime]]:
    """The open stretches between two moments, in order, cut to them; neighbours that touch are one."""
    begins, ends = _micro(start), _micro(end)
    found: list[list[int]] = []
    for number in range(_month_number(begins, hours), _month_number(ends, hours) + 1):
        month = _month(number, hours)
        for opens, closes in zip(month.starts, month.ends, strict=True):
            opens, closes = max(opens, begins), min(closes, ends)  # noqa: PLW2901
            if opens >= closes:
                continue
            if found and found[-1][1] >= opens:
                found[-1][1] = max(found[-1][1], closes)
            else:
                found.append([opens, closes])
    return [(_moment(opens), _moment(closes)) for opens, closes in found]


def wall_spans(day: date, hours: WorkingHours) -> list[Span]:
    """The open minutes of one local date, merged, 0 to 1440: what the wall clock shows, nights before included."""
    if day in hours.holidays:
        return []
    open_spans = [(opens, DAY if closes <= opens else closes) for opens, closes in _day_spans(day, hours)]
    yesterday = day - timedelta(days=1)
    open_spans += [(0, closes) for opens, closes in _day_spans(yesterday, hours) if closes <= opens]
    shut = [(opens, DAY if closes <= opens else closes) for opens, closes in hours.breaks.get(day, ())]
    shut += [(0, closes) for opens, closes in hours.breaks.get(yesterday, ()) if closes <= opens]
    return _without(_union(open_spans), _union(shut))


# Months: the unrolled calendar.


class _Month:
    """Open stretches of one local month: sorted, with the running sum of working time before each."""

    __slots__ = ("before", "ends", "starts", "total")

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self.starts = [begins for begins, _ends in spans]
        self.ends = [ends for _begins, ends in spans]
        self.before = []
        self.total = 0
        for begins, ends in spans:
            self.before.append(self.total)
            self.total += ends - begins

    def is_open(self, instant: int) -> bool:
        index = bisect_right(self.starts, instant) - 1
        return index >= 0 and instant < self.ends[index]

    def worked_until(self, instant: int) -> int:
        index = bisect_right(self.starts, instant) - 1
        if index < 0:
            return 0
        return self.before[index] + min(instant, self.ends[index]) - self.starts[index]

    def opening(self, instant: int) -> int | None:
        if self.is_open(instant):
            return instant
        index = bisect_left(self.starts, instant)
        return self.starts[index] if index < len(self.starts) else None

    def used_up(self, worked: int) -> int:
        """The instant at which `worked` (more than 0, at most the total) has passed since the month began."""
        index = bisect_left(self.before, worked) - 1
        return self.starts[index] + worked - self.before[index]


def _used_up(at: int, needed: int, hours: WorkingHours) -> int:
    number = _month_number(at, hours)
    month = _month(number, hours)
    needed += month.worked_until(at)
    for _step in range(HORIZON_MONTHS):
        if needed <= month.total:
            return month.used_up(needed)
        needed -= month.total
        number += 1
        if month.total == 0 and _is_over(number, hours):
            break
        month = _month(number, hours)
    raise NeverOpen("not that much working time in this calendar")


def _opening(at: int, hours: WorkingHours) -> int:
    number = _month_number(at, hours)
    for step in range(HORIZON_MONTHS):
        opens = _month(number + step, hours).opening(at)
        if opens is not None:
            return opens
        if _is_over(number + step, hours):
            break
    raise NeverOpen("no opening hours in this calendar")


def _between(begins: int, ends: int, hours: WorkingHours) -> int:
    if ends <= begins:
        return 0
    first, last = _month_number(begins, hours), _month_number(ends, hours)
    total = -_month(first, hours).worked_until(begins)
    for number in range(first, last):
        total += _month(number, hours).total
    return total + _month(last, hours).worked_until(ends)


def _is_over(number: int, hours: WorkingHours) -> bool:
    """Is the calendar closed for good from this month on?"""
    last_week = hours.weeks_from[-1][1] if hours.weeks_from else hours.weekly
    if any(last_week):
        return False
    dates = [*hours.shifts, *(since for since, _week in hours.weeks_from)]
    return not dates or number > max(day.year * 12 + day.month for day in dates)


def _month(number: int, hours: WorkingHours) -> _Month:
    month = hours._months.get(number)
    if month is None:
        month = hours._months[number] = _Month(_month_spans(number, hours))
    return month


def _month_number(instant: int, hours: WorkingHours) -> int:
    local = _moment(instant).astimezone(hours.tz)
    return local.year * 12 + local.month - 1


def _month_spans(number: int, hours: WorkingHours) -> list[tuple[int, int]]:
    year, month = divmod(number, 12)
    try:
        day = date(year, month + 1, 1)
        after = date(year + 1, 1, 1) if month == 11 else date(year, month + 2, 1)
    except (ValueError, OverflowError) as error:
        raise NeverOpen("beyond the end of all calendars") from error
    found: list[tuple[int, int]] = []
    while day < after:
        for span in _instants(day, wall_spans(day, hours), hours.tz):
            if found and found[-1][1] == span[0]:
                found[-1] = (found[-1][0], span[1])
            else:
                found.append(span)
        day += timedelta(days=1)
    return found


def _day_spans(day: date, hours: WorkingHours) -> tuple[Span, ...]:
    shift = hours.shifts.get(day)
    return hours.week_on(day)[day.weekday()] if shift is None else shift


# From the wall clock to absolute time.


def _instants(day: date, spans: Sequence[Span], tz: ZoneInfo) -> list[tuple[int, int]]:
    if not spans:
        return []
    midnight = (day.toordinal() - EPOCH.toordinal()) * DAY * MINUTE
    pieces = _offsets(day, tz)
    found = []
    for begins, ends, offset in pieces:
        for opens, closes in spans:
            first = max(begins, midnight + opens * MINUTE - offset)
            last = min(ends, midnight + closes * MINUTE - offset)
            if first < last:
                found.append((first, last))
    return sorted(found) if len(pieces) > 1 else found


@lru_cache(maxsize=16_384)
def _offsets(day: date, tz: ZoneInfo) -> tuple[tuple[int, int, int], ...]:
    """Stretches of absolute time that together hold a local date, each with its distance from UTC."""
    midnight = (day.toordinal() - EPOCH.toordinal()) * DAY * MINUTE
    begins = midnight - 15 * 60 * MINUTE  # no zone is further from UTC than that
    ends = midnight + (DAY + 15 * 60) * MINUTE
    first, last = _offset(begins, tz), _offset(ends, tz)
    if first == last == _offset((begins + ends) // 2, tz):
        return ((begins, ends, first),)
    pieces = []
    probes = range(begins, ends + 1, 30 * MINUTE)
    for before, after in pairwise(probes):
        was, is_now = _offset(before, tz), _offset(after, tz)
        if was != is_now:
            changed = _change(before, after, tz)
            pieces.append((begins, changed, was))
            begins = changed
    pieces.append((begins, ends, last))
    return tuple(pieces)


def _change(before: int, after: int, tz: ZoneInfo) -> int:
    """The first instant in (before, after] with the later offset; zones change on whole seconds."""
    was = _offset(before, tz)
    low, high = before // SECOND, after // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(middle * SECOND, tz) == was:
            low = middle
        else:
            high = middle
    return high * SECOND


def _offset(instant: int, tz: ZoneInfo) -> int:
    return _duration(_moment(instant).astimezone(tz).utcoffset() or timedelta())


# Small change.


def _micro(moment: datetime) -> int:
    return _duration(moment - EPOCH)


def _duration(delta: timedelta) -> int:
    return (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds


def _moment(instant: int) -> datetime:
    try:
        return EPOCH + timedelta(microseconds=instant)
    except OverflowError as error:
        raise NeverOpen("beyond the end of all calendars") from error


def _merged(pauses: Iterable[Pause]) -> list[tuple[int, int]]:
    return _union([(_micro(begins), _micro(ends)) for begins, ends in pauses])


def _union(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begins, ends in sorted(spans):
        if begins >= ends:
            continue
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((begins, ends))
    return merged


def _without(spans: list[tuple[int, int]], taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    for shut, reopens in taken:
        spans = [
            piece
            for begins, ends in spans
            for piece in ((begins, min(ends, shut)), (max(begins, reopens), ends))
            if piece[0] < piece[1]
        ]
    return spans
