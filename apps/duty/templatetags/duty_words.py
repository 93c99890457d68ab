"""Lengths of time for figures that are read from afar."""

from datetime import datetime

from django import template

from apps.hours import durations

register = template.Library()


@register.filter
def wait(since: datetime, now: datetime) -> str:
    """ "6 min", "3 h 10 min", "2 d": since when somebody waits."""
    seconds = max(0, int((now - since).total_seconds()))
    if seconds >= durations.HOUR * 24:
        return str(durations.in_words(seconds // 3600 * 3600, day_seconds=24 * durations.HOUR))
    return str(durations.in_words(max(60, seconds // 60 * 60), day_seconds=0))


@register.filter
def hours_of(seconds: float) -> str:
    """ "4 h 30 min"."""
    return str(durations.in_words(max(60, int(seconds) // 60 * 60), day_seconds=0))


@register.filter
def cleared(opening: object, left: int) -> int:
    """How much of the backlog of the morning is done."""
    return max(0, int(getattr(opening, "backlog_at_start", 0)) - left)
