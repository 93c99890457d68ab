"""From rows to plain working hours, kept in the process until the calendar's edition changes."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from apps.core import clock
from apps.hours.arithmetic import CLOSED_WEEK, DAY, OPEN_WEEK, Span, Week, WorkingHours
from apps.hours.models import Calendar, CalendarVersion, KeptEdition, SpecialDay
from apps.hours.public_holidays import public_holidays

KEPT_UNROLLED = 256
YEARS_AHEAD = 4
YEARS_BACK = 4
_unrolled: dict[tuple[int, str, int], WorkingHours] = {}


def working_hours(calendar: Calendar, at: datetime | None = None) -> WorkingHours:
    """The calendar as plain data around a moment; holidays are known from the year before to four years after.

    Kept in the process until the calendar's edition changes, so that it usually costs no query (else five).
    """
    year = (at or clock.now()).year
    key = (calendar.pk, calendar.edition, year)
    hours = _unrolled.get(key)
    if hours is None:
        if len(_unrolled) >= KEPT_UNROLLED:
            _unrolled.clear()
        hours = _unrolled[key] = _read(calendar, range(year - 1, year + YEARS_AHEAD + 1))
    return hours


def hours_of_edition(calendar: Calendar, edition: str, at: datetime) -> WorkingHours:
    """The calendar as it was in one edition; as it is now when that is the current one, or when none was kept."""
    if edition in ("", calendar.edition):
        return working_hours(calendar, at)
    key = (calendar.pk, edition, 0)
    hours = _unrolled.get(key)
    if hours is None:
        kept = KeptEdition.objects.filter(calendar=calendar, edition=edition).first()
        if kept is None:
            return working_hours(calendar, at)
        if len(_unrolled) >= KEPT_UNROLLED:
            _unrolled.clear()
        hours = _unrolled[key] = thawed(kept.hours)
    return hours


def frozen(calendar: Calendar) -> dict[str, Any]:
    """All that counts of the calendar as it is now, as plain data that JSON can hold."""
    year = clock.now().year
    hours = _read(calendar, range(year - YEARS_BACK, year + YEARS_AHEAD + 1))
    return {
        "zone": hours.tz.key,
        "weekly": hours.weekly,
        "weeks_from": [[since.isoformat(), week] for since, week in hours.weeks_from],
        "closed": sorted(day.isoformat() for day in hours.holidays),
        "days": {day.isoformat(): spans for day, spans in hours.shifts.items()},
    }


def thawed(kept: dict[str, Any]) -> WorkingHours:
    return WorkingHours(
        tz=ZoneInfo(kept["zone"]),
        weekly=_as_week(kept["weekly"]),
        weeks_from=tuple((date.fromisoformat(since), _as_week(week)) for since, week in kept["weeks_from"]),
        holidays=frozenset(date.fromisoformat(day) for day in kept["closed"]),
        shifts={date.fromisoformat(day): _as_spans(spans) for day, spans in kept["days"].items()},
    )


def _as_week(rows: Any) -> Week:
    return tuple(_as_spans(spans) for spans in rows)


def _as_spans(rows: Any) -> tuple[Span, ...]:
    return tuple((opens, closes) for opens, closes in rows)


def working_day_seconds(calendar: Calendar, at: datetime | None = None) -> int:
    """How long "a day" is here: the commonest length of an open weekday; 24 h when none is open."""
    at = at or clock.now()
    return day_length(working_hours(calendar, at), at)


def day_length(hours: WorkingHours, at: datetime) -> int:
    """The same of hours that are at hand."""
    week = hours.week_on(at.astimezone(hours.tz).date())
    lengths = [sum((closes - opens) % DAY or DAY for opens, closes in spans) for spans in week if spans]
    return 60 * (Counter(lengths).most_common(1)[0][0] if lengths else DAY)


def labels_of(calendar: Calendar, years: range, language: str = "") -> dict[date, str]:
    """What the special days and public holidays of these years are called, the latter in `language` if it is known."""
    labels = dict(_public(calendar, years, language))
    for day in calendar.special_days.all():
        labels |= {on: day.label for on in _occurrences(day, years)}
    return labels


def _read(calendar: Calendar, years: range) -> WorkingHours:
    zone = ZoneInfo(calendar.time_zone)
    if calendar.is_always_open:
        return WorkingHours(tz=zone, weekly=OPEN_WEEK)
    if "versions" not in getattr(calendar, "_prefetched_objects_cache", {}):
        calendar = Calendar.objects.with_hours().get(pk=calendar.pk)  # a copy: the caller's rows stay lazy
    rows = sorted(calendar.versions.all(), key=lambda version: version.valid_from)
    versions = [(version.valid_from, _week(version)) for version in rows]
    shifts: dict[date, tuple[Span, ...]] = {}
    closed: set[date] = set()
    for day in calendar.special_days.all():
        for on in _occurrences(day, years):
            spans = tuple((stretch.opens_minute, stretch.closes_minute) for stretch in day.intervals.all())
            if day.is_closed or not spans:
                closed.add(on)
            else:
                shifts[on] = spans
    # A day with hours of its own is open although it is a public holiday: somebody wrote it down on purpose.
    closed |= set(_public(calendar, years)) - set(shifts)
    return WorkingHours(
        tz=zone,
        # Before the first version there is no other truth than the first version.
        weekly=versions[0][1] if versions else CLOSED_WEEK,
        weeks_from=tuple(versions[1:]),
        holidays=frozenset(closed),
        shifts=shifts,
    )


def _week(version: CalendarVersion) -> Week:
    days: list[list[Span]] = [[] for _day in range(7)]
    for stretch in version.intervals.all():
        days[stretch.weekday].append((stretch.opens_minute, stretch.closes_minute))
    return tuple(tuple(day) for day in days)


def _occurrences(day: SpecialDay, years: range) -> list[date]:
    if not day.every_year:
        return [day.on]
    found = []
    for year in years:
        try:
            found.append(day.on.replace(year=year))
        except ValueError:  # 29 February in a year without one
            continue
    return found


def _public(calendar: Calendar, years: range, language: str = "") -> dict[date, str]:
    if not calendar.holiday_country:
        return {}
    try:
        return public_holidays(calendar.holiday_country, calendar.holiday_region, years, language)
    except KeyError:  # a region the library has dropped since: the week goes on
        return {}
