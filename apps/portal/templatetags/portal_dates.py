"""Days and moments in full, in the order of the reader's language and the time of the office."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def in_full(day: date | datetime | None) -> str:
    """ "5 June 2026"."""
    return date_format(_local(day), _("j F Y")) if day else ""


@register.filter
def moment_in_full(moment: datetime | None) -> str:
    """ "5 June 2026, 18:00"."""
    return f"{in_full(moment)}, {date_format(_local(moment), 'H:i')}" if moment else ""


@register.filter
def weekday_and_day(day: date | datetime | None) -> str:
    """ "Friday 5 June"."""
    return date_format(_local(day), _("l j F")) if day else ""


def _local(day: date | datetime) -> date | datetime:
    return timezone.localtime(day) if isinstance(day, datetime) else day
