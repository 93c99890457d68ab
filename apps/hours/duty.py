"""Shifts: what the tables say about who is on, and the verbs that change it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Office, User
from apps.activity.bus import Actor, record
from apps.core import clock
from apps.core.errors import Invalid
from apps.hours import arithmetic
from apps.hours.events import AbsenceChanged, ShiftChanged
from apps.hours.following import calendar_of
from apps.hours.models import Absence, Rostered, Shift
from apps.hours.reading import working_hours
from apps.hours.roster import Away, Place, PlannedShift, Roster


def roster_of(office: Office) -> Roster:
    """The shifts of the office; those of the nearest office above where it has none of its own. Four queries."""
    nearest_first = [int(part) for part in reversed(office.path.split("/")) if part]
    found = list(Shift.objects.of_offices(nearest_first))
    nearest = next((pk for pk in nearest_first if any(shift.office_id == pk for shift in found)), None)
    return read_roster([shift for shift in found if shift.office_id == nearest], ZoneInfo(office.time_zone))


def zoned_rosters(shifts: Sequence[Shift]) -> list[Roster]:
    """Shifts of many offices, in one roster a time zone. Three queries for each."""
    by_zone: dict[str, list[Shift]] = {}
    for shift in shifts:
        by_zone.setdefault(shift.office.time_zone, []).append(shift)
    return [read_roster(rows, ZoneInfo(zone)) for zone, rows in by_zone.items()]


def read_roster(shifts: Sequence[Shift], zone: ZoneInfo) -> Roster:
    places = list(Rostered.objects.filter(shift__in=shifts)) if shifts else []
    people = {place.user_id for place in places} | {shift.head_id for shift in shifts if shift.head_id}
    return Roster(
        zone=zone,
        shifts=tuple(
            PlannedShift(
                id=shift.pk,
                opens=shift.opens_minute,
                closes=shift.closes_minute,
                weekdays=tuple(shift.weekdays),
                team_id=shift.team_id,
                head_id=shift.head_id,
                valid_from=shift.valid_from,
                valid_until=shift.valid_until,
            )
            for shift in shifts
        ),
        places=tuple(Place(place.shift_id, place.user_id, place.weekday, place.on, place.is_head) for place in places),
        absences=tuple(_absences(people)),
    )


def _absences(people: Iterable[int]) -> list[Away]:
    """Also those of whoever stands in: they may be away themselves."""
    rows = Absence.objects.filter(user_id__in=people) if people else Absence.objects.none()
    direct = list(rows)
    further = {row.replacement_id for row in direct if row.replacement_id} - set(people)
    indirect = list(Absence.objects.filter(user_id__in=further)) if further else []
    return [Away(row.user_id, row.first_on, row.last_on, row.replacement_id) for row in (*direct, *indirect)]


def head_at(office: Office, at: datetime | None = None) -> User | None:
    """Who answers for this office now; outside all shifts whoever does next."""
    user_id = roster_of(office).head_at(at or clock.now())
    return User.objects.active().filter(pk=user_id).first() if user_id else None  # type: ignore[attr-defined]


def next_on(office: Office, roster: Roster, at: datetime, *, user_id: int | None = None) -> datetime | None:
    """`at` when that person (anybody, when None) works then, else when they next do. Who is on no roster works
    while the office is open; an office without hours is always there."""
    if roster.shifts and (user_id is None or roster.knows(user_id)):
        return roster.next_on(at, user_id=user_id)
    calendar = calendar_of(office)
    if calendar is None:
        return at
    try:
        return arithmetic.next_opening(at, working_hours(calendar, at))
    except arithmetic.NeverOpen:
        return None


def uncovered(office: Office, roster: Roster, day: date) -> list[tuple[datetime, datetime]]:
    """When the office is open on that date and nobody is on."""
    calendar = calendar_of(office)
    if calendar is None or not roster.shifts:
        return []
    begins = datetime.combine(day, datetime.min.time(), roster.zone)
    ends = datetime.combine(day, datetime.max.time(), roster.zone)
    return roster.uncovered(day, arithmetic.stretches(begins, ends, working_hours(calendar, begins)))


@transaction.atomic
def save_shift(shift: Shift, *, actor: Any) -> Shift:
    """Raises Invalid for a shift of no length, on no day, or with a head or team of another body."""
    if shift.opens_minute == shift.closes_minute:
        raise Invalid("no_length", _("A shift begins and ends at different times."), field="closes")
    if not shift.weekdays:
        raise Invalid("no_day", _("Choose at least one day of the week."), field="weekdays")
    if shift.valid_from and shift.valid_until and shift.valid_until < shift.valid_from:
        raise Invalid("ends_before", _("The last day lies before the first."), field="valid_until")
    if shift.team and shift.team.office.body_id != shift.office.body_id:
        raise Invalid("foreign_team", _("That team belongs to another body."), field="team")
    if shift.head:
        _check_colleague(shift.head, shift.office)
    is_new = shift.pk is None
    shift.save()
    _shift_changed(shift, "created" if is_new else "changed", actor)
    return shift


@transaction.atomic
def remove_shift(shift: Shift, *, actor: Any) -> None:
    _shift_changed(shift, "removed", actor)
    shift.delete()


@transaction.atomic
def set_roster(
    shift: Shift,
    *,
    users: Iterable[User],
    head: User | None,
    actor: Any,
    weekday: int | None = None,
    on: date | None = None,
) -> None:
    """Who is on every week on that weekday, or on that one date; nobody means the week's roster holds again."""
    people = {user.pk: user for user in [*users, *([head] if head else [])]}
    for user in people.values():
        _check_colleague(user, shift.office)
    Rostered.objects.filter(shift=shift, weekday=weekday, on=on).delete()
    Rostered.objects.bulk_create(
        Rostered(shift=shift, user=user, weekday=weekday, on=on, is_head=head is not None and pk == head.pk)
        for pk, user in people.items()
    )
    _shift_changed(shift, "roster", actor)


@transaction.atomic
def note_absence(
    office: Office,
    *,
    user: User,
    first_on: date,
    last_on: date,
    reason: str,
    actor: Any,
    replacement: User | None = None,
) -> Absence:
    """Raises Invalid when the end lies before the start, or somebody is to stand in for themselves."""
    if last_on < first_on:
        raise Invalid("ends_before", _("The last day lies before the first."), field="last_on")
    if replacement and replacement.pk == user.pk:
        raise Invalid("themselves", _("Nobody stands in for themselves."), field="replacement")
    for person in (user, replacement):
        if person:
            _check_colleague(person, office)
    row = Absence.objects.create(
        office=office, user=user, first_on=first_on, last_on=last_on, reason=reason, replacement=replacement
    )
    record(AbsenceChanged(user_id=user.pk, office_id=office.pk, what="noted"), Actor.of(actor))
    return row


@transaction.atomic
def remove_absence(absence: Absence, *, actor: Any) -> None:
    event = AbsenceChanged(user_id=absence.user_id, office_id=absence.office_id, what="removed")
    absence.delete()
    record(event, Actor.of(actor))


def _shift_changed(shift: Shift, what: str, actor: Any) -> None:
    record(ShiftChanged(shift_id=shift.pk, office_id=shift.office_id, what=what), Actor.of(actor))


def _check_colleague(user: User, office: Office) -> None:
    if not user.memberships.filter(office__body_id=office.body_id).exists():
        raise Invalid("foreign_user", _("That person does not work in this body."), field="user")
