"""The ways to reach an office, each with what its hours honestly say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.accounts.models import Office
from apps.hours.arithmetic import NeverOpen, due_at
from apps.hours.display import DisplayDay, DisplayWeek
from apps.hours.following import followed_by_offices
from apps.hours.services import week_for_display, working_hours
from apps.omnichannel.links import Call, OpenState, call_links, open_state
from apps.omnichannel.models import Channel
from apps.omnichannel.opening_hours import followed_at_all
from apps.portal.offices import Portal
from apps.sla.choosing import promise_for
from apps.tickets.models import Ticket


@dataclass(frozen=True)
class Way:
    """One way in: where it leads, what it is called, what is true of it now."""

    url: str
    icon: str
    label: str
    state: str
    is_open: bool
    detail: str = ""


@dataclass(frozen=True)
class Counter:
    """One office as the hours page shows it."""

    office: Office
    week: DisplayWeek | None
    state: OpenState
    state_words: str
    today: DisplayDay | None
    tomorrow: DisplayDay | None
    calls: tuple[Call, ...] = ()

    @property
    def phone_href(self) -> str:
        return "tel:" + "".join(c for c in self.office.phone if c.isdigit() or c == "+")


def chat_way(portal: Portal, language: str, at: datetime) -> Way | None:
    """The chat, when one is set up: open while any of its desks is. One query."""
    rows = list(
        Channel.objects.active()  # type: ignore[attr-defined]
        .of_kind("webchat")
        .filter(office__path__startswith=portal.office.path)
        .select_related("calendar", "office__calendar", "team__calendar")
    )
    if not rows:
        return None
    state = first_open([open_state(one.calendar, at) for one in followed_at_all(rows).values()])
    zone = ZoneInfo(portal.office.time_zone)
    return Way(f"/{language}/chat/", "message-circle", _("Chat"), words_for(state, at, zone), state.is_open)


def request_way(portal: Portal, language: str, at: datetime) -> Way:
    """The form: at any hour, with the answer we would promise to a request sent now."""
    due = _first_answer_due(portal, at)
    words = (
        _("We answer before %(moment)s") % {"moment": promise_words(due, ZoneInfo(portal.office.time_zone))}
        if due
        else _("At any time")
    )
    return Way(f"/{language}/new/", "send", _("Send a request"), words, is_open=True)


def call_ways(portal: Portal, calls: Sequence[Call], at: datetime) -> list[Way]:
    zone = ZoneInfo(portal.office.time_zone)
    return [
        Way(
            f"/call/{call.key}/",
            call.icon,
            call.label,
            words_for(call.state, at, zone),
            call.state.is_open,
            detail=call.address,
        )
        for call in calls
    ]


def counters(portal: Portal, calls: Sequence[Call], at: datetime) -> list[Counter]:
    """The offices that keep hours or can be reached, from the top. Two queries, one more where an office follows.

    Who has no hours of their own and cannot be reached on their own either is not shown: the office above is.
    """
    hours = followed_by_offices(portal.offices)
    prefetch_related_objects([one.calendar for one in hours.values() if one.calendar], "special_days")
    found = []
    for office in portal.offices:
        calendar = hours[office.pk].calendar
        zone = ZoneInfo(calendar.time_zone if calendar else office.time_zone)
        today = at.astimezone(zone).date()
        week = week_for_display(calendar, today) if calendar else None
        state = open_state(calendar, at)
        counter = Counter(
            office=office,
            week=week,
            state=state,
            state_words=words_for(state, at, zone),
            today=_day(week, today),
            tomorrow=_day(week, today + timedelta(days=1)),
            calls=tuple(call for call in calls if call.office_id == office.pk),
        )
        if office.calendar_id or counter.calls or office.phone or office.email or office.address:
            found.append(counter)
    return found


@dataclass(frozen=True)
class OpenNow:
    """One line of the strip "is it open?"."""

    label: str
    words: str
    is_open: bool
    url: str = ""
    detail: str = ""


def open_strip(portal: Portal, language: str, at: datetime, *, calls: Sequence[Call] | None = None) -> list[OpenNow]:
    """Each office that has hours of its own and each way to reach us, with what is true of it now; who claims nothing
    is not in it. Three queries, up to two more where somebody follows another's hours."""
    calls = call_links(portal.office, language=language, at=at) if calls is None else calls
    hours = followed_by_offices(portal.offices)
    found = []
    for office in portal.offices:
        calendar = hours[office.pk].calendar
        if calendar and office.calendar_id:
            state = open_state(calendar, at)
            found.append(OpenNow(office.name, words_for(state, at, ZoneInfo(calendar.time_zone)), state.is_open))
    chat = chat_way(portal, language, at)
    for way in [*([chat] if chat else []), *call_ways(portal, calls, at)]:
        if way.state:
            found.append(OpenNow(way.label, way.state, way.is_open, way.url, way.detail))
    return found


def first_open(states: Sequence[OpenState]) -> OpenState:
    """Of several desks behind one door: the one that is open longest, else the one that opens first."""
    known = [state for state in states if state.is_known]
    opened = [state for state in known if state.is_open]
    if opened:
        return max(opened, key=lambda state: (state.closes_at is None, state.closes_at or at_no_time()))
    waiting = [state for state in known if state.opens_at]
    if waiting:
        return min(waiting, key=lambda state: state.opens_at or at_no_time())
    return known[0] if known else OpenState()


def words_for(state: OpenState, at: datetime, zone: ZoneInfo) -> str:
    """ "Open now, until 19:00", "Opens tomorrow at 9:00". '' where nothing is known: nothing is claimed."""
    if not state.is_known:
        return ""
    if state.is_open:
        if state.closes_at is None:
            return _("Open now, day and night")
        closes = state.closes_at.astimezone(zone)
        if closes - at.astimezone(zone) > timedelta(hours=20):
            return pgettext("office", "Open now")
        return _("Open now, until %(time)s") % {"time": _time(closes)}
    if state.opens_at is None:
        return pgettext("office", "Closed")
    opens = state.opens_at.astimezone(zone)
    days = (opens.date() - at.astimezone(zone).date()).days
    moment = {"time": _time(opens), "day": date_format(opens, "l"), "date": long_day(opens)}
    if days == 0:
        return _("Opens today at %(time)s") % moment
    if days == 1:
        return _("Opens tomorrow at %(time)s") % moment
    if days < 7:
        return _("Opens on %(day)s at %(time)s") % moment
    return _("Opens on %(date)s at %(time)s") % moment


def long_day(moment: datetime) -> str:
    """ "Friday 5 June", in the order of the reader's language."""
    return date_format(moment, _("l j F"))


def promise_words(moment: datetime, zone: ZoneInfo) -> str:
    """ "Friday 5 June, 18:00": always with weekday and hour."""
    local = moment.astimezone(zone)
    return _("%(day)s, %(time)s") % {"day": long_day(local), "time": _time(local)}


def _first_answer_due(portal: Portal, at: datetime) -> datetime | None:
    """By the promise that holds for a plain question here; None without one. Two or three queries."""
    promise = promise_for(Ticket(office=portal.office, via="portal"))
    target = promise.targets.get("first_response") if promise else None
    if promise is None or target is None:
        return None
    if target.is_wall_clock:
        return at + timedelta(seconds=target.seconds)
    try:
        return due_at(at, target.seconds, working_hours(promise.policy.calendar, at))
    except NeverOpen:
        return None


def at_no_time() -> datetime:
    return datetime.max.replace(tzinfo=ZoneInfo("UTC"))


def _time(local: datetime) -> str:
    return f"{local.hour}:{local.minute:02d}"


def _day(week: DisplayWeek | None, on: object) -> DisplayDay | None:
    """From the week shown, else from the special days behind it."""
    if week is None:
        return None
    return next((day for day in (*week.days, *week.coming) if day.on == on), None)
