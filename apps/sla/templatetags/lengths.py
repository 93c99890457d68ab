"""Lengths of time that must add up: to the second, in hours and minutes."""

from datetime import timedelta

from django import template

from apps.hours import durations

register = template.Library()


@register.filter
def exactly(length: timedelta) -> str:
    """ "10 h 56 min 52 s"; never days, for a day has as many hours as its calendar."""
    return durations.in_words(round(length.total_seconds()), day_seconds=0) or "0"
