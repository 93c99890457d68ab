"""Appointments that came with a message, in the words and the time of the office that reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ANSWERS = {
    "ACCEPTED": gettext_lazy("Accepted"),
    "DECLINED": gettext_lazy("Declined"),
    "TENTATIVE": gettext_lazy("Perhaps"),
}


@dataclass(frozen=True)
class Appointment:
    """`when` in the office's time, `theirs` as the sender wrote it where that reads differently; words, not moments."""

    what: str
    when: str
    theirs: str
    where: str
    organiser: str
    is_cancelled: bool
    is_repeated: bool
    answer: str


def appointments(details: Mapping[str, Any], zone_name: str) -> list[Appointment]:
    """What could be read of them; what cannot be said is left out, the file is there."""
    return [shown for facts in details.get("appointments") or () if (shown := _shown(facts, ZoneInfo(zone_name)))]


def _shown(facts: Mapping[str, Any], zone: tzinfo) -> Appointment | None:
    try:
        start, end = _moment(facts["starts"]), _moment(facts["ends"]) if facts["ends"] else None
        when, theirs = _when(start, end, facts["zone"], zone)
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
    organiser = facts.get("organiser") or {}
    name, address = organiser.get("name", ""), organiser.get("address", "")
    return Appointment(
        what=facts["what"] or _("Without a title"),
        when=when,
        theirs=theirs,
        where=facts["where"],
        organiser=f"{name} <{address}>" if name and address and name != address else name or address,
        is_cancelled=facts["is_cancelled"],
        is_repeated=facts["is_repeated"],
        answer=str(ANSWERS.get(facts["answer"], "")),
    )


def _moment(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _when(start: date | datetime, end: date | datetime | None, named: str, zone: tzinfo) -> tuple[str, str]:
    if not isinstance(start, datetime):
        return _span(start, end), ""
    if start.tzinfo is None:  # told without a zone, or in one that nobody knows
        return _span(start, end), _("as it was sent, time zone %(zone)s") % {"zone": named or _("not told")}
    ours = _span(start.astimezone(zone), end.astimezone(zone) if isinstance(end, datetime) else None)
    if start.utcoffset() == start.astimezone(zone).utcoffset():
        return ours, ""
    as_sent = _span(start, end) if start.date() != start.astimezone(zone).date() else _hours(start, end)
    return ours, f"{as_sent} ({named or start.tzname()})"


def _span(start: date | datetime, end: date | datetime | None) -> str:
    """One day named once: Monday 2 March 2026, 10:00–11:00."""
    if not isinstance(start, datetime):
        days = _day(start) if not end or end == start else f"{_day(start)} – {_day(end)}"
        return days + ", " + _("all day")
    if isinstance(end, datetime) and end.date() != start.date():
        return f"{_day(start)}, {_hour(start)} – {_day(end)}, {_hour(end)}"
    return f"{_day(start)}, {_hours(start, end)}"


def _hours(start: datetime, end: date | datetime | None) -> str:
    return f"{_hour(start)}–{_hour(end)}" if isinstance(end, datetime) and end > start else _hour(start)


def _hour(moment: datetime) -> str:
    return formats.time_format(moment.time(), "H:i")


def _day(moment: date) -> str:
    return formats.date_format(moment, "l j F Y")
