"""Calendars as rows: what they say, how they are changed, and who may change them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import translation

from apps.activity.models import Activity
from apps.core.errors import Invalid
from apps.hours import services
from apps.hours.models import Calendar
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.hours import OFFICE_DAY, CalendarFactory

MADRID = ZoneInfo("Europe/Madrid")
pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


@pytest.fixture
def calendar():
    return CalendarFactory()


def test_open_now_and_the_next_change(calendar):
    assert services.is_open(calendar, at("2026-03-04 10:00"))
    assert not services.is_open(calendar, at("2026-03-04 18:00"))
    assert services.next_opening(calendar, at("2026-03-06 18:00")) == at("2026-03-09 09:00")
    assert services.next_closing(calendar, at("2026-03-04 10:00")) == at("2026-03-04 18:00")


def test_a_calendar_without_hours_never_opens():
    calendar = CalendarFactory(week=((),) * 7)
    assert services.next_opening(calendar) is None
    assert services.next_closing(calendar) is None


def test_day_and_night_is_always_open():
    calendar = CalendarFactory(is_always_open=True, week=((),) * 7)
    assert services.is_open(calendar)
    assert services.next_closing(calendar) is None


def test_asking_again_costs_no_query(calendar, django_assert_num_queries):
    services.is_open(calendar, at("2026-03-04 10:00"))
    with django_assert_num_queries(0):
        services.is_open(calendar, at("2026-03-05 10:00"))


def test_a_change_is_seen_at_once_and_leaves_a_trace(calendar):
    assert services.is_open(calendar, at("2026-03-04 10:00"))
    services.set_special_day(calendar, on=date(2026, 3, 4), label="Storm", spans=[], actor=None)
    assert not services.is_open(calendar, at("2026-03-04 10:00"))
    assert not services.is_open(Calendar.objects.get(pk=calendar.pk), at("2026-03-04 10:00"))
    row = Activity.objects.get(verb="calendar_changed")
    assert (row.subject_id, row.data["what"], row.data["on"]) == (calendar.pk, "special_day", "2026-03-04")


def test_summer_hours_hold_from_their_date_and_the_past_stays(calendar):
    week = [[(480, 840)]] * 5 + [[], []]
    services.set_week(calendar, valid_from=date(2026, 7, 1), week=week, actor=None)
    assert services.is_open(calendar, at("2026-06-30 17:00"))
    assert not services.is_open(calendar, at("2026-07-01 17:00"))
    assert services.is_open(calendar, at("2026-07-01 08:30"))


def test_overlapping_times_become_one_and_touching_shifts_stay_two(calendar):
    week = [[(540, 720), (660, 780)], [(480, 810), (810, 1140)], [], [], [], [], []]
    assert services.set_week(calendar, valid_from=date(2026, 1, 1), week=week, actor=None)
    version = calendar.versions.get(valid_from=date(2026, 1, 1))
    stretches = list(version.intervals.values_list("weekday", "opens_minute", "closes_minute"))
    assert stretches == [(0, 540, 780), (1, 480, 810), (1, 810, 1140)]


def test_a_yearly_holiday_comes_back_even_on_29_february(calendar):
    services.set_special_day(
        calendar, on=date(2024, 8, 25), label="Independence", spans=[], every_year=True, actor=None
    )
    services.set_special_day(calendar, on=date(2024, 2, 29), label="Leap", spans=[], every_year=True, actor=None)
    assert not services.is_open(calendar, at("2026-08-25 10:00"))
    assert services.is_open(calendar, at("2026-02-27 10:00"))
    assert not services.is_open(calendar, at("2028-02-29 10:00"))


def test_public_holidays_are_closed_unless_the_day_has_hours_of_its_own(calendar):
    services.set_details(calendar, name="x", time_zone="Europe/Madrid", holiday_country="ES", actor=None)
    assert not services.is_open(calendar, at("2026-05-01 10:00"))
    services.set_special_day(calendar, on=date(2026, 5, 1), label="Open day", spans=[(600, 720)], actor=None)
    assert services.is_open(calendar, at("2026-05-01 10:30"))
    assert not services.is_open(calendar, at("2026-05-01 17:00"))


@pytest.mark.parametrize(
    ("country", "viewer", "name"),
    [("UY", "es", "Año Nuevo"), ("UY", "en", "New Year's Day"), ("UY", "pt", "Año Nuevo"), ("IT", "it", "Capodanno")],
)
def test_public_holidays_speak_the_viewers_language_or_the_countrys(calendar, country, viewer, name):
    services.set_details(calendar, name="x", time_zone="Europe/Madrid", holiday_country=country, actor=None)
    with translation.override(viewer):
        coming = services.week_for_display(calendar, date(2026, 12, 20)).coming
    assert {day.on: day.label for day in coming}[date(2027, 1, 1)] == name


@pytest.mark.parametrize(
    "change",
    [
        {"time_zone": "Olmo/Centre"},
        {"time_zone": "../../etc/passwd"},
        {"holiday_country": "XX"},
        {"holiday_country": "ES", "holiday_region": "ZZ"},
    ],
)
def test_what_we_do_not_know_is_refused(calendar, change):
    with pytest.raises(Invalid):
        services.set_details(calendar, actor=None, **{"name": "x", "time_zone": "Europe/Madrid"} | change)


def test_the_week_for_a_page_joins_shifts_and_names_what_is_different():
    two_shifts = ((480, 810), (810, 1140))
    calendar = CalendarFactory(week=(two_shifts,) * 5 + (((1320, 120),), ()))
    services.set_special_day(calendar, on=date(2026, 3, 5), label="Stocktaking", spans=[], actor=None)
    week = services.week_for_display(calendar, date(2026, 3, 4))
    assert [day.text for day in week.days] == ["8:00–19:00"] * 3 + ["", "8:00–19:00", "22:00–2:00", ""]
    assert (week.days[3].label, week.days[3].is_closed, week.days[2].is_today) == ("Stocktaking", True, True)
    assert [day.on for day in week.coming] == [date(2026, 3, 5)]


# Pages


@pytest.fixture
def eva(calendar, client):
    """An administrator of the calendar's office, signed in."""
    user = user_in(calendar.office, role="admin")
    client.force_login(user)
    return user


def week_data(**more):
    data = {"valid_from": "2026-03-01", "do": "save"}
    for day in range(7):
        data[f"d{day}-opens"] = data[f"d{day}-closes"] = [""]
    return data | more


def test_the_list_and_the_editor_show_the_week(client, calendar, eva):
    page = client.get(reverse("hours:calendars")).content.decode()
    assert calendar.name in page and "9:00–18:00" in page
    page = client.get(reverse("hours:calendar", args=[calendar.pk])).content.decode()
    assert 'value="09:00"' in page and "style=" not in page


def test_the_list_costs_the_same_for_ten_calendars(client, calendar, eva, django_assert_max_num_queries):
    for _ in range(9):
        CalendarFactory(office=calendar.office)
    with django_assert_max_num_queries(16):
        client.get(reverse("hours:calendars"))


def test_saving_the_week(client, calendar, eva):
    data = week_data(**{"d0-opens": ["08:00", "13:30"], "d0-closes": ["13:30", "19:00"]})
    assert client.post(reverse("hours:week", args=[calendar.pk]), data).status_code == 302
    calendar.refresh_from_db()
    assert services.is_open(calendar, at("2026-03-02 13:30"))
    assert not services.is_open(calendar, at("2026-03-03 10:00"))


def test_adding_and_removing_times_works_without_script_and_saves_nothing(client, calendar, eva):
    data = week_data(do="add-0", **{"d0-opens": ["08:00"], "d0-closes": ["13:30"]})
    page = client.post(reverse("hours:week", args=[calendar.pk]), data).content.decode()
    assert page.count('name="d0-opens"') == 2
    page = client.post(reverse("hours:week", args=[calendar.pk]), data | {"do": "remove-0-0"}).content.decode()
    assert page.count('name="d0-opens"') == 1 and 'value="08:00"' not in page
    assert calendar.versions.count() == 1


def test_a_time_that_cannot_be_read_is_said_beside_its_day_and_nothing_is_lost(client, calendar, eva):
    data = week_data(**{"d2-opens": ["08:00"], "d2-closes": [""]})
    response = client.post(reverse("hours:week", args=[calendar.pk]), data)
    page = response.content.decode()
    assert response.status_code == 422
    assert "week-error-2" in page and 'value="08:00"' in page


def test_special_days_are_added_and_removed(client, calendar, eva):
    day = {"on": "2026-12-24", "label": "Christmas Eve", "opens": "08:00", "closes": "12:00"}
    client.post(reverse("hours:special_days", args=[calendar.pk]), day)
    calendar.refresh_from_db()
    assert services.next_closing(calendar, at("2026-12-24 09:00")) == at("2026-12-24 12:00")
    client.post(reverse("hours:special_day", args=[calendar.pk, date(2026, 12, 24)]))
    assert not calendar.special_days.exists()


def test_the_check_line_uses_the_real_arithmetic(client, calendar, eva):
    page = client.get(
        reverse("hours:calendar", args=[calendar.pk]), {"at": "2026-03-06T17:00", "length": "4 h"}
    ).content.decode()
    assert "Monday 9 March 2026 12:00" in page


@pytest.mark.parametrize("asked", [{"at": "soon", "length": "4 h"}, {"at": "2026-03-06T17:00", "length": "4 moons"}])
def test_the_check_line_says_what_it_cannot_read(client, calendar, eva, asked):
    response = client.get(reverse("hours:calendar", args=[calendar.pk]), asked)
    assert response.status_code == 200 and "field-error" in response.content.decode()


def test_a_new_calendar_starts_from_a_week(client, calendar, eva):
    data = {"name": "Children's room", "office": calendar.office_id, "week": "library"}
    response = client.post(reverse("hours:calendars"), data)
    made = Calendar.objects.get(name="Children's room")
    assert response.url == reverse("hours:calendar", args=[made.pk])
    assert made.versions.get().intervals.count() == 11


def test_only_who_may_manage_hours_of_that_office_sees_them(client, calendar):
    url = reverse("hours:calendar", args=[calendar.pk])
    assert client.get(url).status_code == 302
    client.force_login(user_in(calendar.office, role="agent"))
    assert client.get(url).status_code == 404
    client.force_login(user_in(OfficeFactory(), role="admin"))
    assert client.get(url).status_code == 404
    assert client.post(reverse("hours:special_day", args=[calendar.pk, date(2026, 1, 1)])).status_code == 404


def test_an_office_day_is_what_a_day_means(calendar):
    assert services.working_day_seconds(calendar) == 9 * 3600
    assert OFFICE_DAY == ((540, 1080),)
