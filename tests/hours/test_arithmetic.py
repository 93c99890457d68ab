"""Working time, as a table of situations. The zones and dates are real clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.hours.arithmetic import (
    NeverOpen,
    WorkingHours,
    due_at,
    elapsed,
    is_open,
    next_closing,
    next_opening,
    stretches,
)
from tests.patience import is_soon

MADRID = ZoneInfo("Europe/Madrid")
OFFICE_DAY = ((9 * 60, 18 * 60),)
TWO_SHIFTS = ((8 * 60, 13 * 60 + 30), (13 * 60 + 30, 19 * 60))
SPLIT = ((9 * 60, 13 * 60 + 30), (16 * 60 + 30, 20 * 60))
NIGHT = ((22 * 60, 6 * 60),)
HOUR = 3600


def hours(days=OFFICE_DAY, *, weekend=(), tz=MADRID, **more):
    return WorkingHours(tz=tz, weekly=(days,) * 5 + (weekend,) * 2, **more)


def at(text, tz=MADRID):
    return datetime.fromisoformat(text).replace(tzinfo=tz)


@pytest.mark.parametrize(
    ("start", "seconds", "due", "calendar"),
    [
        ("2026-03-04T10:00", 2 * HOUR, "2026-03-04T12:00", hours()),
        ("2026-03-04T06:00", HOUR, "2026-03-04T10:00", hours()),
        ("2026-03-06T17:30", HOUR, "2026-03-09T09:30", hours()),
        ("2026-03-04T10:00", 8 * HOUR, "2026-03-04T18:00", hours()),
        ("2026-03-04T13:00", HOUR, "2026-03-04T14:00", hours(TWO_SHIFTS)),
        ("2026-03-04T13:00", HOUR, "2026-03-04T17:00", hours(SPLIT)),
        ("2026-03-04T18:00", 0, "2026-03-05T09:00", hours()),
        ("2026-03-04T10:00", 0, "2026-03-04T10:00", hours()),
        ("2026-03-04T10:00", 0.5, "2026-03-04T10:00:00.500000", hours()),
        ("2026-03-28T23:00", 7 * HOUR, "2026-03-29T23:00", hours(NIGHT, weekend=NIGHT)),
        ("2026-03-28T22:00", 7 * HOUR, "2026-03-29T06:00", hours(NIGHT, weekend=NIGHT)),
        ("2026-10-24T22:00", 9 * HOUR, "2026-10-25T06:00", hours(NIGHT, weekend=NIGHT)),
    ],
)
def test_time_is_used_up_where_the_doors_are_open(start, seconds, due, calendar):
    assert due_at(at(start), seconds, calendar) == at(due)


def test_a_holiday_closes_its_date_the_tail_of_the_night_before_included():
    calendar = hours(NIGHT, weekend=NIGHT, holidays=frozenset({date(2026, 5, 1)}))
    assert next_closing(at("2026-04-30T23:00"), calendar) == at("2026-05-01T00:00")
    assert not is_open(at("2026-05-01T03:00"), calendar)
    assert not is_open(at("2026-05-01T23:00"), calendar)
    assert is_open(at("2026-05-02T03:00"), calendar)


def test_a_shift_replaces_the_week_and_a_break_takes_time_out():
    day = date(2026, 3, 4)
    calendar = hours(shifts={day: ((600, 840),)}, breaks={day: ((660, 690),)})
    assert elapsed(at("2026-03-04T00:00"), at("2026-03-05T00:00"), calendar) == 3.5 * HOUR
    assert due_at(at("2026-03-04T10:00"), 90 * 60, calendar) == at("2026-03-04T12:00")


def test_a_pause_stands_still_and_pauses_may_overlap():
    pauses = [(at("2026-03-04T10:00"), at("2026-03-04T12:00")), (at("2026-03-04T11:00"), at("2026-03-04T13:00"))]
    assert due_at(at("2026-03-04T09:30"), HOUR, hours(), pauses) == at("2026-03-04T13:30")
    assert elapsed(at("2026-03-04T09:00"), at("2026-03-04T18:00"), hours(), pauses) == 6 * HOUR


def test_time_used_up_at_the_moment_the_pause_begins_is_due_then():
    pauses = [(at("2026-03-04T10:00"), at("2026-03-04T12:00"))]
    assert due_at(at("2026-03-04T09:00"), HOUR, hours(), pauses) == at("2026-03-04T10:00")
    assert due_at(at("2026-03-04T10:30"), 0, hours(), pauses) == at("2026-03-04T12:00")


def test_a_week_that_takes_over_on_a_date_counts_from_that_date():
    summer = hours(weeks_from=((date(2026, 7, 1), (((480, 840),),) * 5 + ((), ())),))
    assert due_at(at("2026-06-30T17:00"), 2 * HOUR, summer) == at("2026-07-01T09:00")
    assert next_closing(at("2026-07-01T09:00"), summer) == at("2026-07-01T14:00")


def test_an_hour_in_which_the_end_is_before_the_start_is_nothing():
    assert elapsed(at("2026-03-04T12:00"), at("2026-03-04T10:00"), hours()) == 0


@pytest.mark.parametrize(
    "calendar",
    [
        WorkingHours(tz=MADRID),
        WorkingHours(tz=MADRID, shifts={date(2026, 3, 4): ((600, 660),)}),
        hours(weeks_from=((date(2026, 3, 5), ((),) * 7),)),
    ],
)
def test_a_calendar_that_never_opens_says_so_instead_of_searching_for_ever(calendar):
    with pytest.raises(NeverOpen):
        due_at(at("2026-03-04T00:00"), 400 * HOUR, calendar)
    with pytest.raises(NeverOpen):
        next_opening(at("2026-03-07T00:00"), calendar)


def test_more_time_than_a_century_holds_is_never():
    with pytest.raises(NeverOpen):
        due_at(at("2026-03-04T00:00"), 10**12, hours(((540, 541),)))


def test_open_now_and_the_next_change():
    saturday = at("2026-03-07T12:00")
    assert not is_open(saturday, hours())
    assert next_opening(saturday, hours()) == at("2026-03-09T09:00")
    assert next_closing(saturday, hours()) == at("2026-03-09T18:00")
    assert next_closing(at("2026-03-04T09:00"), hours(TWO_SHIFTS)) == at("2026-03-04T19:00")
    assert next_closing(saturday, WorkingHours.always(MADRID)) is None


def test_a_night_over_the_end_of_the_month_closes_once():
    calendar = hours(NIGHT, weekend=NIGHT)
    assert next_closing(at("2026-03-31T23:00"), calendar) == at("2026-04-01T06:00")
    assert stretches(at("2026-03-31T12:00"), at("2026-04-01T12:00"), calendar) == [
        (at("2026-03-31T22:00"), at("2026-04-01T06:00"))
    ]


def test_answers_are_in_utc():
    assert due_at(at("2026-03-04T10:00"), HOUR, hours()).tzinfo is UTC


def test_an_ordinary_week_takes_well_under_a_millisecond():
    calendar, start = hours(TWO_SHIFTS), at("2026-03-04T10:00")

    def five_hundred():
        for minute in range(500):
            due_at(start + timedelta(minutes=minute), 40 * HOUR, calendar)

    assert is_soon(five_hundred, within=0.5)
