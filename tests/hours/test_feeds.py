"""Opening hours and shifts as iCalendar: what another program makes of the feed is exactly when we are open."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from django.urls import reverse
from icalendar import Calendar as Feed

from apps.accounts.services import end_sessions
from apps.hours import arithmetic, duty, my_shifts, services
from apps.hours.feeds import opening_feed
from apps.hours.models import Shift
from apps.hours.reading import working_hours
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.hours import CalendarFactory

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 3, 4, 12, tzinfo=MADRID)
TWO_SHIFTS = (((480, 810), (810, 1140)),) * 5 + (((480, 720),), ())
pytestmark = pytest.mark.django_db


def unrolled(text):
    """The open stretches as another program would read them: rules repeated in the zone's own time."""
    found = []
    for event in Feed.from_ical(text).walk("VEVENT"):
        start, end = event["DTSTART"].dt, event["DTEND"].dt
        if not isinstance(start, datetime):
            continue
        zone, wall = start.tzinfo, start.replace(tzinfo=None)
        length = end.replace(tzinfo=None) - wall
        starts = [wall]
        if "RRULE" in event:
            rule = event["RRULE"]
            until = rule.pop("UNTIL")[0].astimezone(zone).replace(tzinfo=None)
            starts = rrulestr(rule.to_ical().decode(), dtstart=wall).between(wall, until, inc=True)
        rows = event.get("EXDATE", [])
        rows = rows if isinstance(rows, list) else [rows]
        gone = {one.dt.replace(tzinfo=None) for row in rows for one in row.dts}
        found += [
            (one.replace(tzinfo=zone).astimezone(UTC), (one + length).replace(tzinfo=zone).astimezone(UTC))
            for one in starts
            if one not in gone
        ]
    merged = []
    for begins, ends in sorted(found):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((begins, ends))
    return merged


def feed_of(calendar):
    return opening_feed(calendar, name="Biblioteca Olmo", at=NOW, host="olmo.example")


def years(calendar):
    begins = datetime(2026, 1, 1, tzinfo=MADRID)
    return arithmetic.stretches(begins, datetime(2029, 1, 1, tzinfo=MADRID), working_hours(calendar, NOW))


def test_a_feed_says_exactly_when_we_are_open_through_holidays_nights_and_both_clock_changes():
    calendar = CalendarFactory(week=TWO_SHIFTS, holiday_country="ES", holiday_region="MD")
    night = [*[[(480, 810), (810, 1140)]] * 3, [(480, 810), (1320, 120)], [(1320, 120)], [(540, 1440)], []]
    services.set_week(calendar, valid_from=date(2026, 6, 15), week=night, actor=None)  # summer, with nights
    services.set_week(calendar, valid_from=date(2026, 9, 15), week=TWO_SHIFTS, actor=None)
    services.set_special_day(calendar, on=date(2026, 12, 24), label="Nochebuena", spans=[(480, 720)], actor=None)
    services.set_special_day(calendar, on=date(2026, 7, 3), label="Cerrado", spans=[], actor=None)  # cuts a night
    services.set_special_day(calendar, on=date(2027, 8, 25), label="", spans=[], every_year=True, actor=None)
    assert unrolled(feed_of(calendar)) == years(calendar)


def test_day_and_night_is_day_and_night():
    calendar = CalendarFactory(is_always_open=True)
    assert unrolled(feed_of(calendar)) == years(calendar)


def test_shifts_that_touch_are_one_event_and_closed_days_are_named():
    calendar = CalendarFactory(week=TWO_SHIFTS, holiday_country="ES")
    events = Feed.from_ical(feed_of(calendar)).walk("VEVENT")
    rules = [event for event in events if "RRULE" in event]
    assert [(rule["DTSTART"].dt.hour, rule["DTEND"].dt.hour, rule["RRULE"]["BYDAY"]) for rule in rules] == [
        (8, 12, ["SA"]),
        (8, 19, ["MO", "TU", "WE", "TH", "FR"]),
    ]
    closed = {event["DTSTART"].dt: str(event["SUMMARY"]) for event in events if "TRANSP" in event}
    assert closed[date(2026, 12, 25)].startswith("Biblioteca Olmo")
    assert date(2026, 8, 15) in closed and date(2026, 11, 1) not in closed  # a Saturday; a Sunday is closed anyway


def test_the_feed_names_its_zone_and_keeps_its_names():
    calendar = CalendarFactory()
    first, second = (
        feed_of(calendar),
        opening_feed(calendar, name="Otro", at=NOW + timedelta(days=40), host="olmo.example"),
    )
    assert [zone["TZID"] for zone in Feed.from_ical(first).walk("VTIMEZONE")] == ["Europe/Madrid"]
    uids = [{str(event["UID"]) for event in Feed.from_ical(text).walk("VEVENT")} for text in (first, second)]
    assert uids[0] == uids[1]


def test_anybody_may_fetch_the_hours_of_an_office_and_of_no_other_body(client, clock_at):
    clock_at("2026-03-04 12:00")
    body = OfficeFactory(slug="olmo", name="Biblioteca Olmo")
    body.calendar = CalendarFactory(office=body)
    body.save()
    follower, foreign = OfficeFactory(parent=body, slug="sala"), OfficeFactory(slug="otra")
    foreign.calendar = CalendarFactory(office=foreign)
    foreign.save()
    answer = client.get("/es/hours/olmo.ics")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/calendar")
    assert "max-age" in answer["Cache-Control"] and not answer.cookies
    assert (
        "Biblioteca Olmo está abierta" in Feed.from_ical(answer.content).to_ical().decode()
        or b"RRULE" in answer.content
    )
    assert client.get(f"/es/hours/{follower.slug}.ics").status_code == 200
    assert client.get("/es/hours/otra.ics").status_code == 404
    assert client.get("/es/hours/none.ics").status_code == 404


def rostered(user, office):
    shift = Shift.objects.create(
        office=office, name="Mañana", place="Sala centro", opens_minute=480, closes_minute=810, head=user
    )
    duty.set_roster(shift, users=[user], head=user, weekday=3, actor=None)
    return shift


def test_my_shifts_are_on_a_page_and_in_a_feed_that_needs_no_session(client, clock_at):
    clock_at("2026-03-04 12:00")
    office = OfficeFactory()
    ana = user_in(office, full_name="Ana", language="es")
    rostered(ana, office)
    client.force_login(ana)
    page = client.get(reverse("hours:my_shifts")).content.decode()
    assert "Sala centro" in page
    address = reverse("hours:shift_feed", args=[my_shifts.feed_key(ana)])
    assert address in page
    client.logout()
    events = Feed.from_ical(client.get(address).content).walk("VEVENT")
    assert str(events[0]["DTSTART"].dt) == "2026-03-04 08:00:00-03:00"


def test_a_replacement_sees_the_shift_and_who_is_away_does_not(clock_at):
    clock_at("2026-03-04 12:00")
    office = OfficeFactory()
    ana, luis = user_in(office), user_in(office)
    rostered(ana, office)
    day = date(2026, 3, 5)
    duty.note_absence(office, user=ana, first_on=day, last_on=day, reason="ill", replacement=luis, actor=None)
    now = datetime(2026, 3, 4, 15, tzinfo=UTC)
    assert [turn.on for turn, _row in my_shifts.turns_of(luis, at=now, days=3)] == [day]
    assert day not in [turn.on for turn, _row in my_shifts.turns_of(ana, at=now, days=3)]


def test_the_address_of_my_shifts_dies_with_my_sessions_and_with_me(client):
    office = OfficeFactory()
    ana = user_in(office)
    key = my_shifts.feed_key(ana)
    assert my_shifts.user_of_feed(key) == ana
    assert my_shifts.user_of_feed(key[:-2] + "xx") is None
    end_sessions(ana)
    assert my_shifts.user_of_feed(key) is None
    fresh = my_shifts.feed_key(ana)
    ana.is_active = False
    ana.save()
    assert my_shifts.user_of_feed(fresh) is None
    assert client.get(reverse("hours:shift_feed", args=[fresh])).status_code == 404
