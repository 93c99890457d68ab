"""The explanation of a promise as plain text: for a letter, and for machines. Made from what the clock recorded."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.core import clock as time
from apps.hours import durations
from apps.hours.reading import working_day_seconds
from apps.sla import explanation, services
from apps.sla.explanation import Part
from apps.sla.models import Clock
from apps.tickets.states import Status

FORMAT = "j N Y H:i"


def parts_of(clock: Clock) -> list[Part]:
    """From its start to its end, its due moment, or now while it stands still or never comes due."""
    until = clock.ended_at or clock.due_at or clock.paused_at or time.now()
    return explanation.parts(clock.started_at, until, services.hours_of(clock), services.pauses_of(clock))


def letter(clock: Clock) -> str:
    """Lines of plain text, in the language in force and the zone of the calendar."""
    zone = ZoneInfo(clock.calendar.time_zone)
    day_seconds = working_day_seconds(clock.calendar, clock.started_at)
    promised = durations.in_words(clock.target_seconds, day_seconds=0 if clock.is_wall_clock else day_seconds)
    lines = [
        f"{clock.ticket.reference} · {clock.get_metric_display()}",
        _("Promised: %(length)s (“%(policy)s”, “%(calendar)s”, %(zone)s)")
        % {"length": promised, "policy": clock.policy.name, "calendar": clock.calendar.name, "zone": zone.key},
        _("Counted from: %(at)s") % {"at": _said(clock.started_at, zone)},
    ]
    causes = {begins: cause[0] for begins, _ends, *cause in clock.pauses if cause and cause[0]}
    found = parts_of(clock)
    for part in found:
        lines.append(f"  {_said(part.begins, zone)} – {_said(part.ends, zone)}: {_kind(part, causes)}")
    counted = max(1, round(explanation.counted(found).total_seconds()))
    lines.append(_("Counted in all: %(length)s") % {"length": durations.in_words(counted, day_seconds=0)})
    if clock.due_at:
        lines.append(_("Due: %(at)s") % {"at": _said(clock.due_at, zone)})
    if clock.ended_at:
        lines.append(_("Ended: %(at)s") % {"at": _said(clock.ended_at, zone)})
    return "\n".join(lines)


def _kind(part: Part, causes: dict[str, str]) -> str:
    if part.kind == "counted":
        return str(durations.in_words(max(1, round(part.length.total_seconds())), day_seconds=0))
    if part.kind == "closed":
        return _("closed")
    cause = next((word for begins, word in causes.items() if datetime.fromisoformat(begins) == part.begins), "")
    return str(Status(cause).label) if cause else _("stood still")


def _said(moment: datetime, zone: ZoneInfo) -> str:
    return date_format(moment.astimezone(zone), FORMAT)
