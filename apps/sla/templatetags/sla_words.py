"""Sentences about steps of promises."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.sla.models import Metric

register = template.Library()


@register.simple_tag
def step_words(data: dict[str, Any]) -> str:
    """What a notice of a step says, in one sentence."""
    due = ""
    if data.get("due_at"):
        due = date_format(datetime.fromisoformat(data["due_at"]).astimezone(ZoneInfo(data["zone"])), "j N H:i")
    words = {
        "reference": data["reference"],
        "subject": data["subject"],
        "metric": Metric(data["metric"]).label,
        "due": due,
    }
    if data.get("is_yours"):
        return _("%(reference)s “%(subject)s” is yours now: “%(metric)s”, due %(due)s.") % words
    if data.get("is_late"):
        return _("%(reference)s “%(subject)s” is late: “%(metric)s” was due %(due)s.") % words
    return _("%(reference)s “%(subject)s” will soon be late: “%(metric)s” is due %(due)s.") % words
