"""Setting up promises in the browser, and reading why one is due when it is."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.urls import reverse

from apps.activity.models import Activity
from apps.sla.calls import key_of
from apps.sla.models import Clock, Policy
from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.hours import CalendarFactory
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TicketFactory

MADRID = ZoneInfo("Europe/Madrid")
pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar(office):
    return CalendarFactory(office=office)


@pytest.fixture
def eva(office, client):
    user = user_in(office, role="admin")
    client.force_login(user)
    return user


def typed(calendar, **more):
    fields = {
        "name": "General",
        "office": calendar.office_id,
        "calendar": calendar.pk,
        "goal_percent": 90,
        "warn_percent_left": 25,
        "is_active": "on",
        "first_response-any": "4h",
        "first_response-4": "90 min",
        "resolution-any": "2 days",
    }
    return fields | more


def test_a_promise_is_typed_in_plain_lengths(client, calendar, eva):
    response = client.post(reverse("sla:new_policy"), typed(calendar))
    policy = Policy.objects.get()
    assert response.url == reverse("sla:policy", args=[policy.pk])
    assert {(t.metric, t.priority): t.seconds for t in policy.targets.all()} == {
        ("first_response", None): 4 * HOUR,
        ("first_response", 4): 90 * 60,
        ("resolution", None): 18 * HOUR,  # a day is nine hours here
    }
    page = client.get(response.url).content.decode()
    assert 'value="2 days"' in page and 'value="1 h 30 min"' in page and "style=" not in page
    assert Activity.objects.filter(verb="policy_changed", subject_id=policy.pk).count() == 1


def test_conditions_are_ticked_and_read_back_as_words(client, calendar, eva):
    team = TeamFactory(office=calendar.office, name="Loans")
    client.post(reverse("sla:new_policy"), typed(calendar, via=["email"], team=[team.pk]))
    assert Policy.objects.get().conditions == {"via": ["email"], "team": [team.pk]}
    assert "E-mail · Loans" in client.get(reverse("sla:policies")).content.decode()


@pytest.mark.parametrize("wrong", [{"first_response-any": "4 moons"}, {"calendar": ""}, {"goal_percent": 0}])
def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(client, calendar, eva, wrong):
    response = client.post(reverse("sla:new_policy"), typed(calendar) | wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert "field-error" in page and 'value="90 min"' in page
    assert not Policy.objects.exists()


def test_a_promise_of_nothing_is_refused(client, calendar, eva):
    nothing = {"first_response-any": "", "first_response-4": "", "resolution-any": ""}
    assert client.post(reverse("sla:new_policy"), typed(calendar) | nothing).status_code == 422


def test_changing_a_promise_leaves_running_clocks_as_they_were(client, calendar, eva, office):
    client.post(reverse("sla:new_policy"), typed(calendar))
    ticket = TicketFactory(office=office)
    before = Clock.objects.filter(ticket=ticket).order_by("metric").values_list("metric", "target_seconds", "due_at")
    kept = list(before)
    policy = Policy.objects.get()
    client.post(reverse("sla:policy", args=[policy.pk]), typed(calendar, **{"first_response-any": "1 h"}))
    assert list(before.all()) == kept
    assert policy.targets.get(metric="first_response", priority=None).seconds == HOUR


def test_the_order_is_changed_by_buttons(client, office, eva):
    first, second = PolicyFactory(office=office, position=0), PolicyFactory(office=office, position=1)
    client.post(reverse("sla:position", args=[second.pk]), {"move": "up"})
    client.post(reverse("sla:position", args=[second.pk]), {"move": "up"})
    assert list(Policy.objects.in_order()) == [second, first]


def test_the_list_costs_the_same_for_ten_policies(client, office, calendar, eva, django_assert_max_num_queries):
    for _ in range(10):
        PolicyFactory(office=office, calendar=calendar)
    client.get(reverse("sla:policies"))
    with django_assert_max_num_queries(12):
        client.get(reverse("sla:policies"))


def test_only_who_may_manage_promises_of_that_office_sees_them(client, office):
    policy = PolicyFactory(office=office)
    url = reverse("sla:policy", args=[policy.pk])
    assert client.get(url).status_code == 302
    client.force_login(user_in(office, role="agent"))
    assert client.get(url).status_code == 404
    client.force_login(user_in(OfficeFactory(), role="admin"))
    assert client.get(url).status_code == 404
    assert client.post(reverse("sla:position", args=[policy.pk]), {"move": "up"}).status_code == 404


def test_a_calendar_or_team_of_another_body_cannot_be_chosen(client, calendar, eva):
    foreign = CalendarFactory()
    stranger = TeamFactory()
    assert client.post(reverse("sla:new_policy"), typed(calendar) | {"calendar": foreign.pk}).status_code == 422
    assert client.post(reverse("sla:new_policy"), typed(calendar, team=[stranger.pk])).status_code == 422


def test_why_it_is_due_then_shows_each_stretch(client, office, eva):
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR})
    ticket = TicketFactory(office=office, at=datetime(2026, 3, 6, 17, tzinfo=MADRID))
    clock = Clock.objects.get(ticket=ticket)
    page = client.get(reverse("sla:why", args=[clock.pk])).content.decode()
    assert "Monday 9 March 2026 12:00" in page
    assert page.count("no: closed") == 1  # the weekend, between Friday's hour and Monday's three

    client.force_login(user_in(OfficeFactory(), role="admin"))
    assert client.get(reverse("sla:why", args=[clock.pk])).status_code == 404


def test_the_key_of_web_calls_is_shown_once_and_signs_from_then_on(client, calendar, eva):
    steps = [{"key": "c", "offset_seconds": 0, "action": "call", "value": "https://hooks.olmo.example/late"}]
    policy = PolicyFactory(office=calendar.office, calendar=calendar)
    Policy.objects.filter(pk=policy.pk).update(steps=steps)
    policy.refresh_from_db()
    before = key_of(policy)
    page = reverse("sla:policy", args=[policy.pk])
    assert before not in client.get(page).content.decode()
    made = client.post(reverse("sla:call_key", args=[policy.pk]))
    policy.refresh_from_db()
    key = key_of(policy)
    assert key != before and key in made.content.decode() and made["Cache-Control"] == "no-store"
    assert key not in client.get(page).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM sla_callkey WHERE policy_id = %s", [policy.pk])
        assert key not in cursor.fetchone()[0], "at rest it is encrypted"
    told = Activity.objects.filter(verb="policy_changed", subject_id=policy.pk).latest("pk")
    assert told.data["what"] == "key_made" and key not in str(told.data)
