"""The figures agree with counting by hand. Madrid, 9–18, answers within four hours; 2 March 2026 is a Monday."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from apps.reporting import charts, facts, queries, ranges
from apps.reporting.figures import Report
from apps.reporting.queries import Kept
from apps.reporting.scope import Scope
from apps.sla.models import Clock
from apps.sla.tasks import sweep_clocks
from apps.tickets import services as tickets
from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TicketFactory

MADRID = ZoneInfo("Europe/Madrid")
MARCH = ranges.Range(date(2026, 3, 2), date(2026, 3, 8), MADRID)
pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


@pytest.fixture
def office(office):
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR, "resolution": 18 * HOUR})
    return office


@pytest.fixture
def ana(office):
    return user_in(office)


@pytest.fixture
def open_answered(office, ana):
    def make(opened, answered, **more):
        ticket = TicketFactory(office=office, requester__email=f"p{opened}@olmo.example", at=at(opened), **more)
        if answered:
            tickets.reply(ticket, author=ana, text="At nine.", at=at(answered))
        return ticket

    return make


def report(office, *, is_wall_clock=False, **more):
    facts.catch_up()
    return Report(Scope((office.pk,), MARCH, **more), is_wall_clock=is_wall_clock)


def kept(office, metric="first_response", **more):
    return report(office, **more).sums.kept(metric)


def test_in_time_and_late_are_counted_once_decided(office, open_answered, clock_at):
    open_answered("2026-03-02 09:00", "2026-03-02 10:00")
    open_answered("2026-03-03 09:00", "2026-03-03 12:59")
    open_answered("2026-03-04 09:00", "2026-03-04 17:00")
    open_answered("2026-03-05 09:00", None)
    open_answered("2026-03-06 17:00", None)
    open_answered("2026-02-27 09:00", "2026-03-02 10:00")
    clock_at("2026-03-06 17:30", "Europe/Madrid")
    sweep_clocks()
    first = kept(office)
    assert first == Kept(in_time=2, late=2)
    assert first.percent == 50
    by_day = {step.on: step.first for step in report(office).steps}
    assert by_day[date(2026, 3, 4)] == Kept(0, 1)
    assert by_day[date(2026, 3, 8)] == Kept()
    assert len(by_day) == 7


def test_medians_are_exact_in_both_kinds_of_hours(office, open_answered):
    # One hour, two hours, and 17:00 to 10:00 of the next day: two opening hours, seventeen on the wall.
    open_answered("2026-03-02 09:00", "2026-03-02 10:00")
    open_answered("2026-03-02 11:00", "2026-03-02 14:00")
    open_answered("2026-03-03 17:00", "2026-03-04 10:00")
    in_hours = report(office).lengths["first_response"]
    on_the_wall = report(office, is_wall_clock=True).lengths["first_response"]
    assert (in_hours.median, in_hours.p90, in_hours.n) == (timedelta(hours=2), timedelta(hours=3), 3)
    assert (on_the_wall.median, on_the_wall.p90) == (timedelta(hours=3), timedelta(hours=17))


def test_nearest_rank_agrees_with_sorting_by_hand(office, open_answered):
    minutes = [7, 3, 50, 21, 33, 12, 44, 9, 28, 15, 61, 2]
    for number, length in enumerate(minutes):
        opened = at("2026-03-02 09:00") + timedelta(minutes=number)
        answered = opened + timedelta(minutes=length)
        open_answered(opened.strftime("%Y-%m-%d %H:%M"), answered.strftime("%Y-%m-%d %H:%M"))
    found = report(office).lengths["first_response"]
    by_hand = sorted(minutes)
    assert found.median == timedelta(minutes=by_hand[(len(minutes) - 1) // 2])
    assert found.p90 == timedelta(minutes=by_hand[10])  # the eleventh of twelve


def test_spam_and_called_off_promises_do_not_count(office, open_answered):
    open_answered("2026-03-02 09:00", "2026-03-02 10:00")
    spam = open_answered("2026-03-02 09:30", None)
    tickets.change_status(spam, to="spam", actor=None, at=at("2026-03-02 16:00"))
    solved = open_answered("2026-03-02 09:40", None)
    tickets.change_status(solved, to="solved", actor=None, at=at("2026-03-02 10:00"))
    assert kept(office) == Kept(1, 0)
    assert report(office).sums["spam"] == 1


def test_volume_by_day_channel_and_team(office, open_answered):
    loans = TeamFactory(office=office, name="Loans")
    open_answered("2026-03-02 09:00", "2026-03-02 10:00", via="email", team=loans)
    done = open_answered("2026-03-02 23:30", None)
    open_answered("2026-03-03 06:10", "2026-03-03 17:00", via="email")
    tickets.change_status(done, to="solved", actor=None, at=at("2026-03-04 10:00"))
    days = {step.on: (step.opened, step.ended) for step in report(office).steps}
    assert days[date(2026, 3, 2)] == (2, 0)
    assert days[date(2026, 3, 3)] == (1, 0)
    assert days[date(2026, 3, 4)] == (0, 1)
    by_via = report(office).groups("via")
    assert [(group.value, group.opened, group.kept) for group in by_via] == [
        ("email", 2, Kept(1, 1)),
        ("portal", 1, Kept(0, 1)),  # solved without a word, after the answer was due
    ]
    assert kept(office, team=loans.pk) == Kept(1, 0)
    assert sum(step.opened for step in report(office, via="email").steps) == 2


def test_other_offices_are_not_counted(office, open_answered):
    open_answered("2026-03-02 09:00", "2026-03-02 10:00")
    assert report(OfficeFactory()).sums == {}
    assert Report(Scope((), MARCH)).sums == {}


def test_a_long_range_goes_by_weeks_from_monday():
    quarter = ranges.quarter(date(2026, 6, 10), MADRID)
    assert (quarter.first, quarter.is_by_week) == (date(2026, 4, 1), True)
    assert quarter.steps()[:2] == [date(2026, 3, 30), date(2026, 4, 6)]
    assert quarter.before.last == date(2026, 3, 31)
    assert ranges.month_before(date(2026, 6, 10), MADRID).before.first == date(2026, 4, 1)
    with pytest.raises(ValueError):
        ranges.between(date(2026, 3, 2), date(2026, 3, 1), MADRID)


def test_bars_stand_on_the_ground_and_reach_their_value():
    chart = charts.stacked(["a", "b"], {"in-time": [3, 0], "late": [1, 0]})
    low, high = chart.boxes
    assert low.y + low.height == pytest.approx(chart.bottom)
    assert high.y + high.height == pytest.approx(low.y)
    assert charts.lines([], {"opened": []}).lines[0].points == ()
    assert charts.stacked([], {"in-time": []}).boxes == ()


# The page


@pytest.fixture
def head(office, client):
    user = user_in(office, role="supervisor")
    client.force_login(user)
    return user


def test_the_page_says_it_in_a_sentence_and_shows_figures_and_tables(office, open_answered, head, client, clock_at):
    open_answered("2026-03-02 09:00", "2026-03-02 10:00")
    open_answered("2026-03-03 09:00", "2026-03-03 17:00")
    clock_at("2026-03-05 12:00", "Europe/Madrid")
    page = client.get(reverse("reporting:sla")).content.decode()
    assert "First answers were in time in 50 % of the cases" in page
    by_channel = page[page.index('id="groups"') :]
    assert re.search(r'figures/late/\?[^"]*via=\w+">1<', by_channel)  # one late in the group, opening to it
    assert page.count('role="img"') == page.count("<figure") + 1 >= 3
    late = Clock.objects.get(breached_at__isnull=False, metric="first_response")
    assert f"/desk/t/{late.ticket_id}/" in page and late.ticket.reference in page
    assert "style=" not in page and "<script>" not in page


def test_the_page_costs_the_same_however_many_tickets(
    office, open_answered, head, client, clock_at, django_assert_max_num_queries
):
    for hour in range(9, 17):
        open_answered(f"2026-03-02 {hour:02d}:00", "2026-03-03 17:00")
    clock_at("2026-03-05 12:00", "Europe/Madrid")
    client.get(reverse("reporting:sla"))
    with django_assert_max_num_queries(26):
        client.get(reverse("reporting:sla"))


def test_an_empty_range_says_so(office, head, client):
    page = client.get(reverse("reporting:sla"), {"range": "custom", "first": "2020-01-01", "last": "2020-01-07"})
    assert "No tickets in this range." in page.content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        {"range": "custom"},
        {"range": "custom", "first": "2026-03-08", "last": "2026-03-01"},
        {"range": "custom", "first": "0001-01-01", "last": "9999-12-31"},
        {"range": "for ever"},
        {"team": "99999"},
        {"page": "ninety"},
    ],
)
def test_filters_that_cannot_be_read_are_said_and_never_an_error(office, head, client, asked):
    assert client.get(reverse("reporting:sla"), asked).status_code == 200
    assert client.get(reverse("reporting:sla_csv"), asked).status_code == 200


def test_the_file_has_every_promise_and_no_formula(office, open_answered, head, client, clock_at):
    open_answered("2026-03-02 09:00", "2026-03-02 10:00", subject="=HYPERLINK(1)")
    clock_at("2026-03-05 12:00", "Europe/Madrid")
    response = client.get(reverse("reporting:sla_csv"))
    text = response.content.decode()
    assert response["Content-Disposition"].startswith("attachment")
    assert text.count("\r\n") == 3  # the head, first answer, resolution
    assert '"\'=HYPERLINK(1)"' in text


def test_reports_are_for_who_may_read_them_and_about_their_offices(office, open_answered, client, clock_at):
    open_answered("2026-03-02 09:00", "2026-03-02 10:00", subject="Ours alone")
    clock_at("2026-03-05 12:00", "Europe/Madrid")
    assert client.get(reverse("reporting:sla")).status_code == 302
    client.force_login(user_in(office, role="agent"))
    assert client.get(reverse("reporting:sla")).status_code == 404
    client.force_login(user_in(OfficeFactory(), role="supervisor"))
    assert "Ours alone" not in client.get(reverse("reporting:sla_csv")).content.decode()


def test_promises_are_told_by_policy_against_its_own_goal_and_open_to_their_tickets(
    office, open_answered, head, client, clock_at
):
    urgent = PolicyFactory(
        office=office, name="Urgent", targets={"first_response": HOUR}, conditions={"priority": [4]}, goal_percent=80
    )
    urgent.position = -1 if urgent.position is None else 0
    type(urgent).objects.exclude(pk=urgent.pk).update(position=9)
    urgent.save()
    slow = open_answered("2026-03-02 09:00", "2026-03-02 12:00", priority=4)
    open_answered("2026-03-02 09:30", "2026-03-02 12:00")
    clock_at("2026-03-05 12:00", "Europe/Madrid")
    facts.catch_up()
    found = {(one.name, one.metric): one for one in report(office).policies}
    assert (found["Urgent", "first_response"].kept, found["Urgent", "first_response"].is_below) == (Kept(0, 1), True)
    assert [one.kept for (name, metric), one in found.items() if name != "Urgent" and metric == "first_response"] == [
        Kept(1, 0)
    ]
    page = client.get(
        reverse("reporting:figure", args=["first_response-late"]), {"range": "30", "policy": urgent.pk}
    ).content.decode()
    assert "Only what “Urgent” promised." in page and slow.reference in page
    other = client.get(reverse("reporting:figure", args=["first_response-kept"]), {"policy": urgent.pk})
    assert slow.reference not in other.content.decode()


def test_two_policies_of_one_name_are_told_apart_by_their_offices(office):
    one = PolicyFactory(office=office, name="Chat")
    other = PolicyFactory(office=OfficeFactory(name="The other house"), name="Chat")
    names = {pk: name for pk, name, _goal in queries.policies([one.pk, other.pk, 10**6])}
    assert names == {one.pk: f"Chat · {office.name}", other.pk: "Chat · The other house", 10**6: f"#{10**6}"}
