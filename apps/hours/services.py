"""Calendars: what they say now, and the verbs that change them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.activity.bus import Actor, record
from apps.core import clock
from apps.core.errors import Invalid
from apps.core.ids import public_id
from apps.hours import arithmetic
from apps.hours.arithmetic import DAY, NeverOpen, Span
from apps.hours.display import week_for_display
from apps.hours.events import CalendarChanged, CalendarCreated
from apps.hours.models import Calendar, CalendarVersion, Interval, KeptEdition, SpecialDay, SpecialInterval
from apps.hours.public_holidays import is_known
from apps.hours.reading import frozen, working_day_seconds, working_hours

__all__ = [
    "create_calendar",
    "is_open",
    "never_opens",
    "next_closing",
    "next_opening",
    "remove_special_day",
    "set_details",
    "set_special_day",
    "set_week",
    "today",
    "week_for_display",
    "working_day_seconds",
    "working_hours",
]


def is_open(calendar: Calendar, at: datetime | None = None) -> bool:
    at = at or clock.now()
    return arithmetic.is_open(at, working_hours(calendar, at))


def next_opening(calendar: Calendar, at: datetime | None = None) -> datetime | None:
    """`at` itself when it is open then; None when the calendar never opens again."""
    at = at or clock.now()
    try:
        return arithmetic.next_opening(at, working_hours(calendar, at))
    except NeverOpen:
        return None


def never_opens(calendar: Calendar, at: datetime | None = None) -> bool:
    """Nothing counted in these hours would ever be due."""
    return next_opening(calendar, at) is None


def next_closing(calendar: Calendar, at: datetime | None = None) -> datetime | None:
    """The end of the stretch open at `at`, or of the next one; None when it never closes, or never opens."""
    at = at or clock.now()
    try:
        return arithmetic.next_closing(at, working_hours(calendar, at))
    except NeverOpen:
        return None


@transaction.atomic
def create_calendar(
    office: Any,
    *,
    name: str,
    actor: Any,
    slug: str = "",
    time_zone: str = "",
    week: Sequence[Iterable[Span]] | None = None,
) -> Calendar:
    """In the office's time zone unless another is named; `week` is in force from today on. Raises Invalid."""
    zone = time_zone or office.time_zone
    _check_zone(zone)
    calendar = Calendar.objects.create(office=office, name=name, slug=slug or _free_slug(office, name), time_zone=zone)
    record(CalendarCreated(calendar_id=calendar.pk, office_id=office.pk, name=name), Actor.of(actor))
    if week is not None:
        set_week(calendar, valid_from=today(calendar), week=week, actor=actor)
    return calendar


def today(calendar: Calendar) -> date:
    """The date it is where the calendar holds."""
    return clock.now().astimezone(ZoneInfo(calendar.time_zone)).date()


@transaction.atomic
def set_details(
    calendar: Calendar,
    *,
    name: str,
    time_zone: str,
    actor: Any,
    is_always_open: bool = False,
    holiday_country: str = "",
    holiday_region: str = "",
) -> None:
    _check_zone(time_zone)
    if holiday_country and not is_known(holiday_country, holiday_region):
        raise Invalid("unknown_holidays", _("We do not know the public holidays of this country or region."))
    _keep_edition(calendar)
    calendar.name = name
    calendar.time_zone = time_zone
    calendar.is_always_open = is_always_open
    calendar.holiday_country = holiday_country.upper()
    calendar.holiday_region = holiday_region if holiday_country else ""
    _changed(calendar, "details", actor)


@transaction.atomic
def set_week(calendar: Calendar, *, valid_from: date, week: Sequence[Iterable[Span]], actor: Any) -> bool:
    """The week in force from a date on. Overlapping stretches become one; True when that happened."""
    if len(week) != 7:
        raise Invalid("not_a_week", _("A week has seven days."))
    merged = [_joined(spans) for spans in week]
    _keep_edition(calendar)
    version, _new = CalendarVersion.objects.get_or_create(calendar=calendar, valid_from=valid_from)
    version.intervals.all().delete()
    Interval.objects.bulk_create(
        Interval(version=version, weekday=weekday, opens_minute=opens, closes_minute=closes)
        for weekday, (spans, _had_overlap) in enumerate(merged)
        for opens, closes in spans
    )
    _changed(calendar, "week", actor, on=valid_from)
    return any(had_overlap for _spans, had_overlap in merged)


@transaction.atomic
def set_special_day(
    calendar: Calendar, *, on: date, label: str, spans: Iterable[Span], actor: Any, every_year: bool = False
) -> SpecialDay:
    """A date with its own stretches instead of the week's; none of them means closed."""
    stretches, _had_overlap = _joined(spans)
    _keep_edition(calendar)
    day, _new = SpecialDay.objects.update_or_create(
        calendar=calendar, on=on, defaults={"label": label, "is_closed": not stretches, "every_year": every_year}
    )
    day.intervals.all().delete()
    SpecialInterval.objects.bulk_create(
        SpecialInterval(day=day, opens_minute=opens, closes_minute=closes) for opens, closes in stretches
    )
    _changed(calendar, "special_day", actor, on=on)
    return day


@transaction.atomic
def remove_special_day(calendar: Calendar, *, on: date, actor: Any) -> None:
    _keep_edition(calendar)
    if calendar.special_days.filter(on=on).delete()[0]:
        _changed(calendar, "special_day", actor, on=on)


def _keep_edition(calendar: Calendar) -> None:
    """Before anything changes: the hours as they are, once an edition."""
    if not KeptEdition.objects.filter(calendar=calendar, edition=calendar.edition).exists():
        now = Calendar.objects.with_hours().get(pk=calendar.pk)
        KeptEdition.objects.create(calendar=calendar, edition=calendar.edition, kept_at=clock.now(), hours=frozen(now))


def _changed(calendar: Calendar, what: str, actor: Any, on: date | None = None) -> None:
    calendar.edition = public_id()
    calendar.save()
    calendar.__dict__.pop("_prefetched_objects_cache", None)  # the rows below it are not what they were
    event = CalendarChanged(
        calendar_id=calendar.pk, office_id=calendar.office_id, what=what, on=on.isoformat() if on else ""
    )
    record(event, Actor.of(actor))


def _free_slug(office: Any, name: str) -> str:
    taken = set(Calendar.objects.filter(office=office).values_list("slug", flat=True))
    base = slugify(name)[:50] or "calendar"
    return next(slug for slug in [base, *(f"{base}-{n}" for n in range(2, 10_000))] if slug not in taken)


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid("unknown_zone", _("We do not know the time zone “%(zone)s”.") % {"zone": name}) from error


def _joined(spans: Iterable[Span]) -> tuple[list[Span], bool]:
    """Sorted, those that overlap made one; stretches that only touch (two shifts) stay two."""
    joined: list[Span] = []
    had_overlap = False
    for opens, closes in sorted(set(spans)):
        if not (0 <= opens < DAY and 0 <= closes <= DAY):
            raise Invalid("not_a_time", _("Opening hours lie between 0:00 and 24:00."))
        end = closes if closes > opens else closes + DAY
        overlaps = bool(joined) and opens < joined[-1][1]
        had_overlap = had_overlap or overlaps
        if overlaps and max(joined[-1][1], end) - joined[-1][0] <= DAY:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((opens, end))
    return [(opens, end if end <= DAY else end - DAY) for opens, end in joined], had_overlap
