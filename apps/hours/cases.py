"""Reads calendars and questions about them from JSON, for checking the arithmetic from outside."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apps.hours import arithmetic
from apps.hours.arithmetic import NeverOpen, Pause, Span, WorkingHours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, OverflowError, ZoneInfoNotFoundError)


def answers(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`{"id", "due"}` or `{"id", "business_minutes"}` for every case; due is ISO 8601, or None for never.

    A case that cannot be read gives `{"id", "error"}`, and so do all of a calendar that cannot be read. Raises one of
    UNREADABLE where there are no groups of cases at all.
    """
    for group in document["groups"]:
        hours: WorkingHours | Exception
        try:
            hours = hours_of(group)
        except UNREADABLE as error:
            hours = error
        for case in group["cases"]:
            yield {"id": case.get("id") if isinstance(case, dict) else None, **_safe_answer(case, hours)}


def _safe_answer(case: Any, hours: WorkingHours | Exception) -> dict[str, Any]:
    try:
        if isinstance(hours, Exception):
            raise hours
        return _answer(case, hours)
    except UNREADABLE as error:
        return {"error": f"{type(error).__name__}: {error}"}


def hours_of(group: dict[str, Any]) -> WorkingHours:
    weekly = group.get("weekly_hours", {})
    return WorkingHours(
        tz=ZoneInfo(group["tz"]),
        weekly=tuple(_spans(weekly.get(day, ())) for day in WEEKDAYS),
        holidays=frozenset(date.fromisoformat(day) for day in group.get("holidays", ())),
        shifts=_by_date(group.get("shifts", {})),
        breaks=_by_date(group.get("breaks", {})),
    )


def _answer(case: dict[str, Any], hours: WorkingHours) -> dict[str, Any]:
    start = moment(case["start"], hours.tz)
    pauses: list[Pause] = [(moment(a, hours.tz), moment(b, hours.tz)) for a, b in case.get("pauses", ())]
    if "business_minutes" not in case:
        seconds = arithmetic.elapsed(start, moment(case["end"], hours.tz), hours, pauses)
        return {"business_minutes": seconds / 60}
    try:
        due = arithmetic.due_at(start, case["business_minutes"] * 60, hours, pauses)
    except NeverOpen:
        return {"due": None}
    return {"due": due.astimezone(hours.tz).isoformat()}


def moment(text: str, tz: ZoneInfo) -> datetime:
    """With an offset or `Z`: as it says. Without: what the wall clock shows in the zone."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=tz)


def _by_date(spans: dict[str, Any]) -> dict[date, tuple[Span, ...]]:
    return {date.fromisoformat(day): _spans(pairs) for day, pairs in spans.items()}


def _spans(pairs: Any) -> tuple[Span, ...]:
    return tuple((_minute(opens), _minute(closes)) for opens, closes in pairs)


def _minute(text: str) -> int:
    hour, minute = text.split(":")[:2]
    return int(hour) * 60 + int(minute)
