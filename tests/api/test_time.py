"""Time by machine: whose hours count, shifts and presence, promises with all their conditions and steps, and why."""

import pytest

from apps.core import clock
from apps.hours import presence
from apps.hours.models import Absence, Presence, Shift
from apps.sla import services as sla
from apps.sla.letter import letter
from apps.sla.models import Clock, Policy
from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.hours import CalendarFactory
from tests.factories.people import PersonFactory
from tests.factories.sla import PolicyFactory
from tests.factories.tickets import TagFactory, TicketFactory

pytestmark = pytest.mark.django_db
MORNING = {
    "office": "olmo", "name": "Mañana", "place": "Sala centro", "opens_minute": 480, "closes_minute": 810,
    "weekdays": [0, 1, 2, 3, 4],
}  # fmt: skip


@pytest.fixture
def admin(office, key_for):
    return key_for(office, "admin")


@pytest.fixture
def elsewhere(db):
    return OfficeFactory(slug="elsewhere")


def test_whose_hours_count_is_told_with_the_reason(admin, office):
    office.calendar = CalendarFactory(office=office, name="Horario")
    office.save()
    branch, team = OfficeFactory(parent=office, slug="port"), TeamFactory(office=office, slug="loans")
    below = admin.ask("get", f"offices/{branch.slug}/hours/").json()
    assert (below["calendar"], below["source"], below["holder"]) == (office.calendar.pk, "above", "Biblioteca Olmo")
    own = CalendarFactory(office=office)
    assert admin.ask("patch", "teams/loans/", {"calendar": own.pk}).json()["calendar"] == own.pk
    assert admin.ask("get", "teams/loans/hours/").json()["source"] == "team"
    assert admin.ask("patch", "teams/loans/", {"calendar": CalendarFactory().pk}).status_code == 400
    assert admin.ask("patch", "teams/loans/", {"calendar": None}).json()["calendar"] is None
    assert team.slug == "loans"


def test_a_shift_is_planned_rostered_and_read(admin, office, clock_at):
    clock_at("2026-03-04 10:00")  # a Wednesday
    ana, luis = user_in(office), user_in(office)
    made = admin.ask("post", "shifts/", {**MORNING, "head": ana.pk})
    assert made.status_code == 201, made.json()
    own = f"shifts/{made.json()['id']}/"
    row = admin.ask("put", f"{own}weekdays/2/", {"users": [ana.pk, luis.pk], "head": ana.pk}).json()
    assert {(one["user"], one["weekday"], one["is_head"]) for one in row["roster"]} == {
        (ana.pk, 2, True), (luis.pk, 2, False),
    }  # fmt: skip
    on_duty = admin.ask("get", "offices/olmo/duty/").json()
    assert (on_duty["head_now"], on_duty["on_now"]) == (ana.pk, sorted([ana.pk, luis.pk]))
    admin.ask("put", f"{own}dates/2026-03-04/", {"users": [luis.pk]})
    assert admin.ask("get", "offices/olmo/duty/").json()["on_now"] == sorted([ana.pk, luis.pk]), "the shift's own head"
    assert admin.ask("patch", own, {"head": None}).json()["head"] is None
    assert admin.ask("get", "offices/olmo/duty/").json()["on_now"] == [luis.pk]
    assert admin.ask("delete", own).status_code == 204
    assert not Shift.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"closes_minute": 480}, "no_length"),
        ({"weekdays": []}, "no_day"),
        ({"valid_from": "2026-05-02", "valid_until": "2026-05-01"}, "ends_before"),
    ],
)
def test_what_is_wrong_with_a_shift_is_said(admin, office, change, code):
    answer = admin.ask("post", "shifts/", MORNING | change)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.json()
    assert not Shift.objects.exists()


def test_absence_and_replacement_change_who_is_on(admin, office, clock_at):
    clock_at("2026-03-04 10:00")
    ana, luis = user_in(office), user_in(office)
    admin.ask("post", "shifts/", {**MORNING, "head": ana.pk})
    away = {
        "office": "olmo", "user": ana.pk, "first_on": "2026-03-04", "last_on": "2026-03-05", "replacement": luis.pk,
    }  # fmt: skip
    made = admin.ask("post", "absences/", away)
    assert made.status_code == 201, made.json()
    assert admin.ask("get", "offices/olmo/duty/").json()["head_now"] == luis.pk
    assert admin.ask("post", "absences/", away | {"last_on": "2026-03-03"}).json()["code"] == "ends_before"
    assert admin.ask("post", "absences/", away | {"user": user_in(OfficeFactory()).pk}).status_code == 400
    assert admin.ask("delete", f"absences/{made.json()['id']}/").status_code == 204
    assert not Absence.objects.exists()


def test_presence_is_ones_own_and_capacity_is_the_planners(admin, agent, office):
    assert agent.ask("put", "presence/mine/", {"state": "available"}).json()["state"] == "available"
    assert agent.ask("put", "presence/mine/", {"state": "asleep"}).status_code == 400
    path = f"presence/{agent.user.pk}/capacity/"
    assert agent.ask("put", path, {"capacity": {"webchat": 9}}).status_code == 403
    assert admin.ask("put", path, {"capacity": {"webchat": 5, "phone": 0}}).json()["capacity"]["webchat"] == 5
    assert admin.ask("put", path, {"capacity": {"webchat": 21}}).status_code == 400
    row = Presence.objects.get(user=agent.user)
    assert (presence.capacity_for(row, "webchat"), presence.capacity_for(row, "phone")) == (5, 0)
    stranger = user_in(OfficeFactory())
    presence.set_state(stranger, to="available")
    assert [one["user"] for one in admin.ask("get", "presence/").json()["results"]] == [agent.user.pk]
    assert admin.ask("put", f"presence/{stranger.pk}/capacity/", {"capacity": {}}).status_code == 404


def promise(office, calendar, **more):
    target = {"metric": "first_response", "priority": None, "seconds": 3600}
    return {"office": "olmo", "name": "Chat", "calendar": calendar.pk, "targets": [target], **more}


def test_a_promise_takes_every_condition_and_steps_by_their_names(admin, office):
    calendar, team = CalendarFactory(office=office), TeamFactory(office=office, slug="loans")
    branch, tag = OfficeFactory(parent=office, slug="port"), TagFactory(body=office, key="loans")
    ana = user_in(office)
    steps = [
        {"offset_seconds": -600, "action": "assignee"},
        {"offset_seconds": 0, "action": "person", "person": ana.pk, "by_mail": True},
        {"key": "late", "offset_seconds": 1800, "action": "move", "team": "loans", "in_hours": True},
        {"offset_seconds": 1800, "action": "tag", "tag": "loans"},
    ]
    targets = [{"metric": "first_response", "priority": None, "seconds": 60, "is_wall_clock": True}]
    made = admin.ask(
        "post",
        "policies/",
        promise(
            office,
            calendar,
            conditions={"office": ["port"], "tag": ["loans"]},
            steps=steps,
            targets=targets,
            pause_on=["waiting"],
        ),
    )
    assert made.status_code == 201, made.json()
    row = Policy.objects.get()
    assert row.conditions == {"office": [branch.pk], "tag": [tag.pk]} and row.pause_on == ["waiting"]
    assert [(step["action"], step.get("value")) for step in row.steps] == [
        ("assignee", None), ("person", ana.pk), ("move", team.pk), ("tag", "loans"),
    ]  # fmt: skip
    assert row.targets.get().is_wall_clock
    own = f"policies/{row.pk}/"
    admin.ask("patch", own, {"name": "Other"})
    row.refresh_from_db()
    assert len(row.steps) == 4 and row.targets.get().is_wall_clock, "what is not named stays"


@pytest.mark.parametrize(
    "step",
    [
        {"offset_seconds": 0, "action": "person"},
        {"offset_seconds": 0, "action": "person", "person": 999_999},
        {"offset_seconds": 0, "action": "assignee", "team": "loans"},
        {"offset_seconds": 0, "action": "call", "address": "http://olmo.example/x"},
        {"offset_seconds": 10**9, "action": "assignee"},
        {"action": "assignee"},
        {"offset_seconds": 0, "action": "shout"},
    ],
)
def test_a_step_that_cannot_be_taken_is_refused_and_nothing_is_kept(admin, office, step):
    calendar = CalendarFactory(office=office)
    answer = admin.ask("post", "policies/", promise(office, calendar, steps=[step]))
    assert (answer.status_code, list(answer.json()["detail"])) == (400, ["steps"]), answer.json()
    assert not Policy.objects.exists()


def test_a_promise_without_a_turn_and_hours_that_never_open_are_named(admin, office):
    PolicyFactory(office=office, calendar=CalendarFactory(office=office), name="All")
    closed = CalendarFactory(office=office, week=((),) * 7)
    assert admin.ask("get", f"calendars/{closed.pk}/").json()["never_opens"] is True
    said = admin.ask("post", "policies/", promise(office, closed)).json()["warnings"]
    assert [one["code"] for one in said] == ["never_reached", "never_opens"]
    assert "All" in said[0]["message"]


def test_why_it_is_due_then_is_the_same_as_on_the_page(admin, agent, office, elsewhere):
    PolicyFactory(office=office, calendar=CalendarFactory(office=office), targets={"first_response": 3600})
    ticket = TicketFactory(office=office, requester=PersonFactory(body=office))
    sla.start(ticket, metrics=["first_response"], at=clock.now())
    row = Clock.objects.get()
    told = agent.ask("get", f"clocks/{row.pk}/explanation/").json()
    assert told["text"] == letter(row)
    assert sum(part["seconds"] for part in told["parts"] if part["kind"] == "counted") == row.target_seconds
    row.ticket.office = elsewhere
    row.ticket.save()
    assert agent.ask("get", f"clocks/{row.pk}/explanation/").status_code == 404


def test_a_stretch_that_is_no_stretch_is_refused_and_overlapping_ones_become_one(admin, office):
    calendar = CalendarFactory(office=office)
    path = f"calendars/{calendar.pk}/weeks/2030-01-01/"
    beyond = [{"weekday": 0, "opens_minute": 1440, "closes_minute": 60}]
    assert admin.ask("put", path, {"intervals": beyond}).status_code == 400
    two = [
        {"weekday": 0, "opens_minute": 540, "closes_minute": 720},
        {"weekday": 0, "opens_minute": 600, "closes_minute": 800},
    ]
    week = admin.ask("put", path, {"intervals": two}).json()["weeks"][-1]
    assert [(one["opens_minute"], one["closes_minute"]) for one in week["intervals"]] == [(540, 800)]
