"""Who is on: the two shifts of a library, absences, replacements, and no gap at 13:30. 4 March 2026 is a Wednesday."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.core.errors import Invalid
from apps.hours import duty, presence
from apps.hours import services as hours
from apps.hours.following import calendar_of
from apps.hours.models import Presence, Rostered, Shift
from apps.hours.roster import Away, Place, PlannedShift, Roster
from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.hours import CalendarFactory

ZONE = ZoneInfo("America/Montevideo")
MORNING, AFTERNOON = PlannedShift(1, 480, 810, head_id=10), PlannedShift(2, 810, 1140, head_id=20)
WEDNESDAY = date(2026, 3, 4)


def at(text, day=WEDNESDAY):
    return datetime.fromisoformat(f"{day}T{text}").replace(tzinfo=ZONE)


def roster(*places, absences=()):
    return Roster(ZONE, (MORNING, AFTERNOON), tuple(places), tuple(absences))


def every_week(shift, user, **more):
    return Place(shift, user, weekday=2, **more)


def test_at_half_past_one_the_afternoon_is_on_and_the_morning_is_over():
    both = roster(every_week(1, 11), every_week(2, 21))
    assert [turn.shift.id for turn in both.running(at("13:29:59"))] == [1]
    assert [turn.shift.id for turn in both.running(at("13:30:00"))] == [2]
    assert both.on_duty(at("13:30")) == {20, 21}
    assert (both.head_at(at("13:29:59")), both.head_at(at("13:30"))) == (10, 20)


def test_outside_all_shifts_the_next_head_answers():
    assert roster().head_at(at("19:00")) == 10
    assert roster().head_at(at("12:00", date(2026, 3, 7))) == 10  # Saturday: Monday's


def test_the_people_of_one_date_replace_those_of_the_weekday():
    plan = roster(every_week(1, 11), Place(1, 12, on=WEDNESDAY, is_head=True))
    assert plan.running(at("09:00"))[0].duties[0].user_id == 12
    assert plan.head_at(at("09:00")) == 12
    assert 11 in plan.on_duty(at("09:00", WEDNESDAY + timedelta(days=7)))


def test_who_is_away_is_replaced_and_the_replacement_of_the_head_is_head():
    away = [Away(10, WEDNESDAY, WEDNESDAY, 30), Away(11, WEDNESDAY, WEDNESDAY)]
    (turn,) = roster(every_week(1, 11), absences=away).running(at("09:00"))
    assert [(duty.user_id, duty.is_head, duty.replaces) for duty in turn.duties] == [(30, True, 10)]


def test_a_chain_of_replacements_ends_also_when_it_bites_its_tail():
    chain = [Away(10, WEDNESDAY, WEDNESDAY, 30), Away(30, WEDNESDAY, WEDNESDAY, 31)]
    assert roster(absences=chain).head_at(at("09:00")) == 31
    circle = [Away(10, WEDNESDAY, WEDNESDAY, 30), Away(30, WEDNESDAY, WEDNESDAY, 10)]
    assert roster(absences=circle).running(at("09:00"))[0].duties == ()


def test_a_night_shift_belongs_to_the_evening_on_which_it_begins():
    night = Roster(ZONE, (PlannedShift(1, 22 * 60, 6 * 60, weekdays=(2,), head_id=10),))
    assert night.head_at(at("02:00", WEDNESDAY + timedelta(days=1))) == 10
    assert night.running(at("02:00", WEDNESDAY + timedelta(days=1)))[0].on == WEDNESDAY
    assert not night.running(at("06:00", WEDNESDAY + timedelta(days=1)))


def test_the_next_time_somebody_is_on():
    plan = roster(every_week(2, 21))
    assert plan.next_on(at("14:00"), user_id=21) == at("14:00")
    assert plan.next_on(at("09:00"), user_id=21) == at("13:30")
    assert plan.next_on(at("19:00"), user_id=21) == at("13:30", WEDNESDAY + timedelta(days=7))
    assert plan.next_on(at("19:00"), user_id=99) is None
    assert plan.next_on(at("19:00")) == at("08:00", WEDNESDAY + timedelta(days=1))


def test_open_doors_without_anybody_are_found():
    day = [(at("08:00"), at("19:00"))]
    assert roster().uncovered(WEDNESDAY, day) == []
    away = [Away(20, WEDNESDAY, WEDNESDAY)]
    assert roster(absences=away).uncovered(WEDNESDAY, day) == [(at("13:30"), at("19:00"))]


@pytest.fixture
def library(db):
    olmo = OfficeFactory(time_zone="America/Montevideo")
    return OfficeFactory(parent=olmo, time_zone="America/Montevideo")


def two_shifts(office, eva, luis):
    rows = []
    for name, opens, closes, head in (("Morning", 480, 810, eva), ("Afternoon", 810, 1140, luis)):
        shift = Shift(office=office, name=name, place="Centre", opens_minute=opens, closes_minute=closes, head=head)
        rows.append(duty.save_shift(shift, actor=None))
    return rows


def test_the_widget_never_shows_closed_at_half_past_one(library):
    week = (((480, 810), (810, 1140)),) * 5 + ((), ())
    calendar = CalendarFactory(office=library, week=week, time_zone="America/Montevideo")
    for second in range(-2, 3):
        assert hours.is_open(calendar, at("13:30") + timedelta(seconds=second))
    assert hours.next_closing(calendar, at("13:29")) == at("19:00")


def test_an_office_without_shifts_takes_those_above_it_in_few_queries(library, django_assert_max_num_queries):
    eva, luis = user_in(library, "supervisor"), user_in(library)
    two_shifts(library.parent, eva, luis)
    with django_assert_max_num_queries(5):
        assert duty.head_at(library, at("09:00")) == eva
    two_shifts(library, luis, eva)
    assert duty.head_at(library, at("09:00")) == luis


def test_the_calendar_comes_from_the_nearest_office_above(library):
    assert calendar_of(library) is None
    library.parent.calendar = CalendarFactory(office=library.parent)
    library.parent.save()
    assert calendar_of(library) == library.parent.calendar
    library.calendar = CalendarFactory(office=library)
    assert calendar_of(library) == library.calendar


def test_a_roster_for_a_weekday_and_for_one_date(library):
    eva, luis, ana = (user_in(library) for _ in range(3))
    morning, _afternoon = two_shifts(library, eva, luis)
    duty.set_roster(morning, users=[ana], head=None, weekday=2, actor=None)
    duty.set_roster(morning, users=[luis], head=luis, on=WEDNESDAY, actor=None)
    assert duty.roster_of(library).on_duty(at("09:00")) == {luis.pk}
    duty.set_roster(morning, users=[], head=None, on=WEDNESDAY, actor=None)
    assert duty.roster_of(library).on_duty(at("09:00")) == {eva.pk, ana.pk}
    assert Rostered.objects.count() == 1


def test_what_makes_no_sense_is_refused(library):
    eva, stranger = user_in(library), user_in(OfficeFactory())
    plain = {"office": library, "name": "x", "opens_minute": 480, "closes_minute": 810}
    for wrong in (
        {"closes_minute": 480},
        {"weekdays": []},
        {"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 1)},
        {"team": TeamFactory()},
        {"head": stranger},
    ):
        with pytest.raises(Invalid):
            duty.save_shift(Shift(**plain | wrong), actor=None)
    gone = {"user": eva, "first_on": WEDNESDAY, "last_on": WEDNESDAY, "reason": "ill", "actor": None}
    for wrong in ({"last_on": date(2026, 3, 3)}, {"replacement": eva}, {"replacement": stranger}, {"user": stranger}):
        with pytest.raises(Invalid):
            duty.note_absence(library, **gone | wrong)


def test_who_touches_nothing_for_ten_minutes_is_away_and_comes_back_by_themselves(library, clock_at):
    ana = user_in(library)
    clock_at("2026-03-04 09:00")
    presence.set_state(ana, to="available")
    clock_at("2026-03-04 09:09:59")
    assert presence.send_away() == 0
    clock_at("2026-03-04 09:10:01")
    assert presence.send_away() == 1 and presence.send_away() == 0
    assert presence.capacity_for(Presence.objects.get(), "webchat") == 0
    assert presence.seen(ana) == "available"
    assert presence.capacity_for(Presence.objects.get(), "webchat") == 3


def test_who_said_away_stays_away_whatever_they_touch(library):
    ana = user_in(library)
    presence.set_state(ana, to="away")
    assert presence.seen(ana) == "away"


def test_capacity_is_by_channel(library):
    ana = user_in(library)
    presence.set_state(ana, to="available")
    row = presence.set_capacity(ana, capacity={"webchat": 5, "phone": 0})
    assert [presence.capacity_for(row, channel) for channel in ("webchat", "phone", "email")] == [5, 0, None]
    for wrong in ({"webchat": -1}, {"webchat": 21}, {"webchat": "3"}, {"webchat": True}):
        with pytest.raises(Invalid):
            presence.set_capacity(ana, capacity=wrong)
