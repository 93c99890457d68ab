"""The explanation of a promise as plain text: for a letter, and for machines. Made from what the clock recorded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.core import clock as time
from apps.hours import durations
from apps.hours.reading import day_length
from apps.sla import explanation, history, parties, services
from apps.sla.explanation import Part
from apps.sla.models import Clock
from apps.sla.parties import Share
from apps.tickets.states import Status

FORMAT = "j N Y H:i"


@dataclass(frozen=True)
class Told:
    """Something that changed the promise after it was made, as a sentence."""

    at: datetime
    words: str


def zone_of(clock: Clock) -> ZoneInfo:
    """That of the hours it was counted in, as they were then."""
    return ZoneInfo(clock.calendar.time_zone) if clock.is_wall_clock else services.hours_of(clock).tz


def ends_of(clock: Clock) -> datetime:
    """Up to when it is explained: its end, its due moment, or now while it stands still or never comes due."""
    return clock.ended_at or clock.due_at or clock.paused_at or time.now()


def parts_of(clock: Clock) -> list[Part]:
    return explanation.parts(clock.started_at, ends_of(clock), services.hours_of(clock), services.pauses_of(clock))


def promised_in_words(clock: Clock) -> str:
    return _length_in(clock, clock.target_seconds)


def changes_of(clock: Clock) -> list[Told]:
    """What merging, splitting, new rules or new hours did to it, oldest first."""
    zone = zone_of(clock)
    return [Told(datetime.fromisoformat(entry["at"]), _change(clock, entry, zone)) for entry in clock.history or ()]


def letter(clock: Clock) -> str:
    """Lines of plain text, in the language in force and the zone of the hours."""
    zone = zone_of(clock)
    name = clock.policy_name or clock.policy.name
    lines = [
        f"{clock.ticket.reference} · {clock.get_metric_display()}",
        _("Promised: %(length)s (“%(policy)s”, “%(calendar)s”, %(zone)s)")
        % {"length": promised_in_words(clock), "policy": name, "calendar": clock.calendar.name, "zone": zone.key},
        _("Counted from: %(at)s") % {"at": _said(clock.started_at, zone)},
    ]
    lines += [f"{_said(told.at, zone)}: {told.words}" for told in changes_of(clock)]
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
        lines += [f"  {line}" for line in share_lines(parties.shares_of(clock))]
    return "\n".join(lines)


def share_lines(shares: list[Share]) -> list[str]:
    """ "The desk: 2 h 10 min of open hours, 3 h on the wall"."""
    return [
        _("%(party)s: %(counted)s of open hours, %(elapsed)s on the wall")
        % {
            "party": share.party.label,
            "counted": durations.in_words(round(share.counted.total_seconds()), day_seconds=0) or "0",
            "elapsed": durations.in_words(round(share.elapsed.total_seconds()), day_seconds=0) or "0",
        }
        for share in shares
    ]


def _change(clock: Clock, entry: dict[str, Any], zone: ZoneInfo) -> str:
    facts = {"ticket": entry.get("ticket", ""), "policy": entry.get("policy", "")}
    facts["due"] = _said(datetime.fromisoformat(entry["due"]), zone) if entry.get("due") else _("never")
    match entry["what"]:
        case history.MERGED:
            return _("came here with %(ticket)s, which was merged into this ticket") % facts
        case history.GAVE_WAY:
            return _("called off by the merge: the promise of %(ticket)s was due first and runs on") % facts
        case history.CAME_BACK:
            return _("back from %(ticket)s: the merge was undone") % facts
        case history.WORDS_LEFT:
            return _("called off: what waited for an answer went to %(ticket)s") % facts
        case history.NEW_LENGTH:
            facts["length"] = _length_in(clock, entry.get("seconds", 0))
            return (
                _("priority, team, office or tags changed; until then %(length)s by “%(policy)s”, due %(due)s") % facts
            )
        case history.NEW_HOURS:
            return _("the opening hours changed; until then due %(due)s") % facts
        case history.NOT_READ:
            facts["ended"] = _said(datetime.fromisoformat(entry["ended"]), zone) if entry.get("ended") else ""
            return _("runs on: the answer of %(ended)s reached nobody or was taken back") % facts
    return ""


def _length_in(clock: Clock, seconds: int) -> str:
    day = 0 if clock.is_wall_clock else day_length(services.hours_of(clock), clock.started_at)
    return durations.in_words(seconds, day_seconds=day)


def _kind(part: Part, causes: dict[str, str]) -> str:
    if part.kind == "counted":
        return str(durations.in_words(max(1, round(part.length.total_seconds())), day_seconds=0))
    if part.kind == "closed":
        return _("closed")
    cause = next((word for begins, word in causes.items() if datetime.fromisoformat(begins) == part.begins), "")
    return str(Status(cause).label) if cause else _("stood still")


def _said(moment: datetime, zone: ZoneInfo) -> str:
    return date_format(moment.astimezone(zone), FORMAT)
