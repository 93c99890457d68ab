"""Hours and shifts for other people's calendars, as iCalendar (RFC 5545).

A week becomes a rule that repeats, with the dates taken out on which something else holds; those dates are events of
their own. It reaches to the end of the year after next: so far public holidays are known, and a feed is fetched again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.hours.arithmetic import DAY, Span, WorkingHours
from apps.hours.display import touching_as_one
from apps.hours.models import Calendar
from apps.hours.reading import labels_of, working_hours
from apps.hours.roster import Turn

YEARS_SHOWN = 3
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FETCH_AGAIN = timedelta(hours=12)


@dataclass(frozen=True)
class Repeated:
    """One stretch of the week, from its first date to its last, without some."""

    weekdays: frozenset[int]
    span: Span
    first: date
    last: date
    without: tuple[date, ...]


@dataclass(frozen=True)
class Once:
    on: date
    span: Span


def opening_feed(calendar: Calendar, *, name: str, at: datetime, host: str) -> bytes:
    """When `name` is open, in the active language; days that are closed although the week says otherwise are named."""
    hours = working_hours(calendar, at)
    first = date(at.astimezone(hours.tz).year, 1, 1)
    last = date(first.year + YEARS_SHOWN - 1, 12, 31)
    feed = _feed(_("%(office)s: opening hours") % {"office": name})
    summary = _("%(office)s is open") % {"office": name}
    for rule in weekly(hours, first, last):
        event = _event(_uid(host, calendar.pk, rule.first, rule.span, "".join(map(str, sorted(rule.weekdays)))), at)
        event.add("summary", summary)
        _add_times(event, rule.first, rule.span, hours.tz)
        until = _local(rule.last, rule.span[0], hours.tz).astimezone(UTC)
        event.add(
            "rrule", {"freq": "weekly", "byday": [WEEKDAYS[day] for day in sorted(rule.weekdays)], "until": until}
        )
        if rule.without:
            event.add("exdate", [_local(day, rule.span[0], hours.tz) for day in rule.without])
        feed.add_component(event)
    labels = labels_of(calendar, range(first.year, last.year + 1), get_language() or "")
    for one in different_days(hours, first, last):
        event = _event(_uid(host, calendar.pk, one.on, one.span, "day"), at)
        event.add("summary", f"{summary} ({labels[one.on]})" if labels.get(one.on) else summary)
        _add_times(event, one.on, one.span, hours.tz)
        feed.add_component(event)
    for day in sorted(hours.holidays):
        if first <= day <= last and hours.week_on(day)[day.weekday()]:
            event = _event(_uid(host, calendar.pk, day, (0, 0), "closed"), at)
            words = {"office": name, "day": labels.get(day, "")}
            event.add(
                "summary", (_("%(office)s is closed: %(day)s") if words["day"] else _("%(office)s is closed")) % words
            )
            event.add("dtstart", day)
            event.add("dtend", day + timedelta(days=1))
            event.add("transp", "TRANSPARENT")
            feed.add_component(event)
    return _finished(feed, first, last)


def shift_feed(turns: Iterable[tuple[Turn, Any]], *, user_id: int, at: datetime, host: str) -> bytes:
    """One person's shifts; each turn comes with its row, which has the name, the place and the office."""
    feed = _feed(_("My shifts"))
    days = []
    for turn, row in turns:
        duty = next(one for one in turn.duties if one.user_id == user_id)
        event = _event(f"shift-{row.pk}-{turn.on.isoformat()}-{user_id}@{host}", at)
        event.add("summary", _("%(shift)s, head of the shift") % {"shift": row.name} if duty.is_head else row.name)
        event.add("location", ", ".join(part for part in (row.place, row.office.name) if part))
        event.add("dtstart", turn.begins)
        event.add("dtend", turn.ends)
        feed.add_component(event)
        days.append(turn.on)
    return _finished(feed, min(days, default=at.date()), max(days, default=at.date()))


def calendar_answer(text: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return answer


def weekly(hours: WorkingHours, first: date, last: date) -> list[Repeated]:
    """The weeks in force between two dates as rules; without the dates on which they do not hold (pure)."""
    starts = [first, *(since for since, _week in hours.weeks_from if first < since <= last)]
    ends = [*(since - timedelta(days=1) for since in starts[1:]), last]
    found = []
    for begins, ends_on in zip(starts, ends, strict=True):
        days_of: dict[Span, set[int]] = {}
        for weekday, spans in enumerate(hours.week_on(begins)):
            for span in touching_as_one(spans):
                days_of.setdefault(span, set()).add(weekday)
        dates = [begins + timedelta(days=step) for step in range((ends_on - begins).days + 1)]
        for span, weekdays in sorted(days_of.items()):
            on = [day for day in dates if day.weekday() in weekdays]
            if on:
                without = tuple(day for day in on if _is_different(day, span, hours))
                found.append(Repeated(frozenset(weekdays), span, on[0], on[-1], without))
    return found


def different_days(hours: WorkingHours, first: date, last: date) -> list[Once]:
    """What is open on the dates that the rules leave out (pure)."""
    found = []
    for day in (first + timedelta(days=step) for step in range((last - first).days + 1)):
        planned, tomorrow = hours.shifts.get(day), day + timedelta(days=1)
        for span in touching_as_one(hours.week_on(day)[day.weekday()] if planned is None else planned):
            if day in hours.holidays:
                # A closed day is closed from midnight to midnight: what its night would leave to the next date stays.
                if 0 < span[1] <= span[0] and tomorrow not in hours.holidays:
                    found.append(Once(tomorrow, (0, span[1])))
            elif _is_cut_short(day, span, hours):
                found.append(Once(day, (span[0], DAY)))
            elif planned is not None:
                found.append(Once(day, span))
    return found


def _is_different(day: date, span: Span, hours: WorkingHours) -> bool:
    return day in hours.holidays or day in hours.shifts or _is_cut_short(day, span, hours)


def _is_cut_short(day: date, span: Span, hours: WorkingHours) -> bool:
    """A night that a closed day ends at midnight."""
    return span[1] <= span[0] and day + timedelta(days=1) in hours.holidays


def _add_times(event: Any, day: date, span: Span, zone: ZoneInfo) -> None:
    opens, closes = span
    event.add("dtstart", _local(day, opens, zone))
    event.add("dtend", _local(day, closes if closes > opens else closes + DAY, zone))


def _local(day: date, minute: int, zone: ZoneInfo) -> datetime:
    day += timedelta(days=minute // DAY)
    return datetime.combine(day, time(minute % DAY // 60, minute % 60), zone)


def _uid(host: str, calendar_id: int, day: date, span: Span, what: str) -> str:
    """The same piece of the calendar has the same name whenever it is fetched."""
    return f"hours-{calendar_id}-{day.isoformat()}-{span[0]}-{span[1]}-{what}@{host}"


def _feed(title: str) -> Any:
    from icalendar import Calendar as Feed

    feed = Feed()
    feed.add("prodid", "-//Acudo//Hours//EN")
    feed.add("version", "2.0")
    feed.add("calscale", "GREGORIAN")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", title)
    feed.add("refresh-interval", FETCH_AGAIN, parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", FETCH_AGAIN)
    return feed


def _event(uid: str, at: datetime) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", at.astimezone(UTC).replace(microsecond=0))
    return event


def _finished(feed: Any, first: date, last: date) -> bytes:
    """With the rules of its time zones, for programs that do not know them by name."""
    feed.add_missing_timezones(first_date=first, last_date=last + timedelta(days=366))
    return feed.to_ical()  # type: ignore[no-any-return]
