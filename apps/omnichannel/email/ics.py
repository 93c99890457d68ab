"""One calendar part, from text to plain data. Called through `apps.core.children` only: a zone that changes every
second is written in one line and takes hours to follow. Nothing is fetched, no repetition is unrolled."""

from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar

MOST_EVENTS = 5
LONGEST = 300


def appointments(text: str) -> list[dict[str, Any]]:
    """Of each event: `starts` and `ends` as ISO: a day, a moment with the sender's offset, or one without any; `zone`
    as the sender names it. The last day of whole days is one of them. Nothing for what is no calendar."""
    try:
        calendar = Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return []
    method = str(calendar.get("METHOD") or "").upper()
    found = [_appointment(event, method) for event in calendar.walk("VEVENT")[:MOST_EVENTS]]
    return [appointment for appointment in found if appointment]


def _appointment(event: Any, method: str) -> dict[str, Any] | None:
    start = getattr(event.get("DTSTART"), "dt", None)
    if not isinstance(start, date):
        return None
    organiser = _one(event.get("ORGANIZER"))
    return {
        "what": _line(event.get("SUMMARY")),
        "starts": start.isoformat(),
        "ends": _end(event, start),
        "zone": _zone(event["DTSTART"], start),
        "where": _line(event.get("LOCATION")),
        "organiser": {"name": _line(organiser.params.get("CN")), "address": _address(organiser)} if organiser else {},
        "is_cancelled": method == "CANCEL" or str(event.get("STATUS") or "").upper() == "CANCELLED",
        "is_repeated": "RRULE" in event or "RDATE" in event,
        "answer": _answer(event) if method == "REPLY" else "",
    }


def _end(event: Any, start: date) -> str:
    """'' where none is told or it makes no sense."""
    end = getattr(event.get("DTEND"), "dt", None)
    length = getattr(event.get("DURATION"), "dt", None)
    try:
        if end is None and isinstance(length, timedelta):
            end = start + length
        if end is None or isinstance(end, datetime) != isinstance(start, datetime) or end < start:
            return ""
        is_day = not isinstance(start, datetime)
        return (max(end - timedelta(days=1), start) if is_day else end).isoformat()
    except (TypeError, OverflowError, ValueError):
        return ""


def _zone(value: Any, start: date) -> str:
    zone = getattr(start, "tzinfo", None)
    return _line(getattr(zone, "key", "") or value.params.get("TZID"))


def _answer(event: Any) -> str:
    attendee = _one(event.get("ATTENDEE"))
    return _line(attendee.params.get("PARTSTAT")).upper() if attendee is not None else ""


def _one(value: Any) -> Any:
    value = value[0] if isinstance(value, list) and value else value
    return value if hasattr(value, "params") else None


def _address(organiser: Any) -> str:
    address = _line(organiser)
    return address[7:] if address.lower().startswith("mailto:") else ""


def _line(value: Any) -> str:
    value = value[0] if isinstance(value, list) and value else value
    return " ".join(str(value or "").split())[:LONGEST]
