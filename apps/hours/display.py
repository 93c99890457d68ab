"""Opening hours as plain data for pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from apps.hours.arithmetic import Span, WorkingHours
from apps.hours.models import Calendar
from apps.hours.reading import labels_of, working_hours

DAYS_AHEAD = 60


@dataclass(frozen=True)
class DisplayDay:
    """One date as a public page shows it: `spans` are pairs like ("8:00", "13:30"), none when closed."""

    on: date
    spans: tuple[tuple[str, str], ...]
    label: str = ""
    is_special: bool = False
    is_today: bool = False

    @property
    def is_closed(self) -> bool:
        return not self.spans

    @property
    def text(self) -> str:
        return ", ".join(f"{opens}–{closes}" for opens, closes in self.spans)


@dataclass(frozen=True)
class DisplayWeek:
    """Seven days from Monday, and the days within the next sixty on which something is different."""

    days: tuple[DisplayDay, ...]
    coming: tuple[DisplayDay, ...]
    is_always_open: bool


def week_for_display(calendar: Calendar, today: date) -> DisplayWeek:
    hours = working_hours(calendar, datetime.combine(today, time(12), ZoneInfo(calendar.time_zone)))
    labels = labels_of(calendar, range(today.year - 1, today.year + 2), get_language() or "")
    monday = today - timedelta(days=today.weekday())
    ahead = [today + timedelta(days=step) for step in range(DAYS_AHEAD)]
    coming = [day for day in ahead if day in hours.holidays or day in hours.shifts]
    return DisplayWeek(
        days=tuple(_display(monday + timedelta(days=step), hours, labels, today) for step in range(7)),
        coming=tuple(_display(day, hours, labels, today) for day in coming),
        is_always_open=calendar.is_always_open,
    )


def usual_week(calendar: Calendar, today: date) -> tuple[str, ...]:
    """Seven texts like "8:00–19:00", Monday first, "" when closed: the week as it is, without its exceptions."""
    hours = working_hours(calendar, datetime.combine(today, time(12), ZoneInfo(calendar.time_zone)))
    return tuple(
        ", ".join(f"{clock_text(opens)}–{clock_text(closes)}" for opens, closes in touching_as_one(planned))
        for planned in hours.week_on(today)
    )


def clock_text(minute: int) -> str:
    """Minutes of a day as people write them: 510 is 8:30, 1440 is 24:00."""
    return f"{minute // 60}:{minute % 60:02d}"


def _display(day: date, hours: WorkingHours, labels: dict[date, str], today: date) -> DisplayDay:
    is_special = day in hours.holidays or day in hours.shifts
    return DisplayDay(
        on=day,
        spans=tuple((clock_text(opens), clock_text(closes)) for opens, closes in _shown_spans(day, hours)),
        label=labels.get(day, "") if is_special else "",
        is_special=is_special,
        is_today=day == today,
    )


def _shown_spans(day: date, hours: WorkingHours) -> list[Span]:
    if day in hours.holidays:
        return []
    return touching_as_one(hours.shifts.get(day, hours.week_on(day)[day.weekday()]))


def touching_as_one(planned: Iterable[Span]) -> list[Span]:
    """8:00–13:30 and 13:30–19:00 are two shifts of ours, and open from 8:00 to 19:00 for everybody else."""
    shown: list[Span] = []
    for opens, closes in sorted(planned):
        if shown and shown[-1][1] == opens and shown[-1][1] > shown[-1][0]:
            shown[-1] = (shown[-1][0], closes)
        else:
            shown.append((opens, closes))
    return shown
