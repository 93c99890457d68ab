"""Moments one says when putting something off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from apps.core import clock

MORNING = 8  # o'clock


@dataclass(frozen=True)
class Choice:
    name: Any
    at: datetime


def choices(time_zone: str) -> list[Choice]:
    """In the zone of the ticket's office."""
    local = clock.now().astimezone(ZoneInfo(time_zone))
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    monday = morning + timedelta(days=7 - local.weekday())
    return [
        Choice(_("In an hour"), local + timedelta(hours=1)),
        Choice(_("In three hours"), local + timedelta(hours=3)),
        Choice(_("Tomorrow morning"), morning + timedelta(days=1)),
        Choice(_("Monday morning"), monday),
    ]


def parse(text: str, time_zone: str) -> datetime | None:
    """What a form sent: an aware moment of a choice, or the office's local time of a date field; None if neither."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))
