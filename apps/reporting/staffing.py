"""What if only these shifts answered? Shifts as plain data, and the hours in which somebody would be there."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from apps.accounts.models import Office
from apps.hours import arithmetic, duty
from apps.hours.arithmetic import NeverOpen, WorkingHours
from apps.hours.models import Shift
from apps.hours.services import working_hours


def noted(shifts: Iterable[Shift]) -> list[dict[str, Any]]:
    """As they are now, so that the answer stays explainable when they change."""
    return [
        {"name": row.name, "opens": row.opens_minute, "closes": row.closes_minute, "weekdays": list(row.weekdays)}
        for row in shifts
    ]


def hours_with(office: Office, shifts: Sequence[dict[str, Any]]) -> WorkingHours:
    """Open while one of these shifts is on; closed on the holidays of the office."""
    week = tuple(
        tuple(sorted((row["opens"], row["closes"]) for row in shifts if day in row["weekdays"])) for day in range(7)
    )
    calendar = duty.calendar_of(office)
    holidays = working_hours(calendar).holidays if calendar else frozenset()
    return WorkingHours(tz=ZoneInfo(office.time_zone), weekly=week, holidays=holidays)


def answered_at(at: datetime, hours: WorkingHours) -> datetime | None:
    """The moment itself while somebody would have been there, else when the next would have come; None for never."""
    try:
        return arithmetic.next_opening(at, hours)
    except NeverOpen:
        return None
