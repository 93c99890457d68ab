"""Steps before and after a breach: each once, on time, to whoever it concerns. Office hours 9–18 in Madrid."""

import threading
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import translation

from apps.activity.models import Activity
from apps.hours import duty
from apps.hours.models import Shift
from apps.notifications.models import Notice
from apps.notifications.tasks import mail_digests
from apps.sla import calls
from apps.sla.models import Clock, ClockStep, WebCall
from apps.sla.policies import change_policy, hidden_by
from apps.sla.standing import standings
from apps.sla.steps import check_steps
from apps.sla.tasks import make_calls, sweep_clocks
from apps.tickets import services as tickets
from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.hours import CalendarFactory
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TagFactory, TicketFactory

MADRID = ZoneInfo("Europe/Madrid")
MINUTE = 60


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


def step(key, minutes, action, **more):
    return {"key": key, "offset_seconds": minutes * MINUTE, "action": action, **more}


@pytest.fixture
def eva(office):
    office.time_zone = "Europe/Madrid"
    office.save()
    return user_in(office, "supervisor", full_name="Eva Conti")


def shift(office, head, opens=9 * 60, closes=14 * 60, **more):
    row = Shift(office=office, name="Morning", opens_minute=opens, closes_minute=closes, head=head, **more)
    return duty.save_shift(row, actor=None)


def ticket_with(office, *steps, **more):
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR}, steps=list(steps))
    return TicketFactory(office=office, at=at("2026-03-04 10:00"), **more)


def sweep(clock_at, moment):
    clock_at(moment, "Europe/Madrid")
    return sweep_clocks()


def test_levels_are_taken_at_their_moments_each_once(office, eva, clock_at):
    ana = user_in(office)
    shift(office, eva, closes=18 * 60)
    ticket = ticket_with(office, step("a", -30, "assignee"), step("b", 0, "head"), step("c", 60, "raise"), assignee=ana)
    assert Clock.objects.get().next_at == at("2026-03-04 13:00")  # the warning of the list comes first
    for moment in ("13:00:05", "13:29:59", "13:30:04", "13:30:09"):
        sweep(clock_at, f"2026-03-04 {moment}")
    assert list(Notice.objects.values_list("user", "kind")) == [(ana.pk, "step")]
    sweep(clock_at, "2026-03-04 14:00:03")
    assert set(Notice.objects.values_list("user", flat=True)) == {ana.pk, eva.pk}
    sweep(clock_at, "2026-03-04 15:00:03")
    ticket.refresh_from_db()
    assert ticket.priority == 3
    assert Clock.objects.get().next_at is None
    assert list(Activity.objects.filter(verb="step_taken").values_list("data__step", flat=True)) == ["a", "b", "c"]


def test_r_25_a_step_is_taken_within_sixty_seconds_of_its_moment(office, eva, clock_at):
    shift(office, eva, closes=18 * 60)
    ticket_with(office, step("a", 5, "head"))
    clock_at("2026-03-04 14:00:01", "Europe/Madrid")
    sweep_clocks()
    assert Clock.objects.get().next_at == at("2026-03-04 14:05")  # the sweep comes every five seconds


def test_r_25_a_step_whose_row_is_there_is_not_taken_again(office, eva, clock_at):
    ticket_with(office, step("a", 0, "head"))
    shift(office, eva, closes=18 * 60)
    sweep(clock_at, "2026-03-04 14:00:03")
    # As if a sweeper had died after its step and before the clock knew of it.
    Clock.objects.update(fired=[], next_at=at("2026-03-04 14:00"))
    sweep(clock_at, "2026-03-04 14:05")
    assert Notice.objects.count() == 1
    assert Clock.objects.get().fired == ["a"]


def test_an_answer_in_time_takes_no_step(office, eva, clock_at):
    shift(office, eva, closes=18 * 60)
    ticket = ticket_with(office, step("a", -30, "head"), requester__email="sara@olmo.example")
    tickets.reply(ticket, author=eva, text="At nine.", at=at("2026-03-04 11:00"))
    sweep(clock_at, "2026-03-04 17:00")
    assert not Notice.objects.exists()


def test_a_pause_moves_the_steps_after_a_breach_too(office, eva, clock_at):
    shift(office, eva, closes=18 * 60)
    PolicyFactory(office=office, targets={"resolution": HOUR}, steps=[step("late", 60, "head")])
    ticket = TicketFactory(office=office, at=at("2026-03-04 10:00"))
    sweep(clock_at, "2026-03-04 11:00:05")
    tickets.change_status(ticket, to="waiting", actor=None, at=at("2026-03-04 11:30"))
    sweep(clock_at, "2026-03-04 12:30")
    assert not Notice.objects.exists()
    tickets.change_status(ticket, to="open", actor=None, at=at("2026-03-04 13:00"))
    assert Clock.objects.get().next_at == at("2026-03-04 13:30")
    sweep(clock_at, "2026-03-04 13:30:05")
    assert Notice.objects.count() == 1


def test_only_while_they_are_on_waits_for_the_next_shift(office, eva, clock_at):
    shift(office, eva, opens=9 * 60, closes=13 * 60)
    ticket_with(office, step("a", 0, "head", in_hours=True))
    sweep(clock_at, "2026-03-04 14:00:05")
    assert not Notice.objects.exists()
    assert Clock.objects.get().next_at == at("2026-03-05 09:00")
    sweep(clock_at, "2026-03-05 09:00:05")
    assert Notice.objects.get().user == eva


def test_who_is_on_no_roster_is_told_while_the_office_is_open(office, eva, clock_at):
    office.calendar = CalendarFactory(office=office)
    office.save()
    policy = PolicyFactory(office=office, targets={"first_response": HOUR})
    policy.targets.update(is_wall_clock=True)
    policy.steps = [step("a", 0, "person", value=eva.pk, in_hours=True)]
    policy.save()
    TicketFactory(office=office, at=at("2026-03-04 17:30"))
    sweep(clock_at, "2026-03-04 18:30:05")
    assert not Notice.objects.exists()
    sweep(clock_at, "2026-03-05 09:00:05")
    assert Notice.objects.count() == 1


def test_the_afternoon_has_another_head(office, eva, clock_at):
    sol = user_in(office, "supervisor", full_name="Sol")
    shift(office, eva, opens=8 * 60, closes=13 * 60 + 30)
    shift(office, sol, opens=13 * 60 + 30, closes=19 * 60)
    ticket = ticket_with(office, step("a", -30, "head"))
    clock_at("2026-03-04 12:00", "Europe/Madrid")
    with translation.override("en"):
        (one,) = standings(ticket)
    assert (one.next_step.at, one.next_step.words) == (at("2026-03-04 13:30"), "tell the shift head: Sol")
    sweep(clock_at, "2026-03-04 13:30:01")
    assert Notice.objects.get().user == sol


def test_reassign_move_tag_and_call(office, eva, clock_at):
    ana, team, tag = user_in(office, full_name="Ana"), TeamFactory(office=office), TagFactory(body=office, key="late")
    ticket = ticket_with(
        office,
        step("a", 0, "reassign", value=ana.pk),
        step("b", 0, "tag", value=tag.key),
        step("c", 0, "call", value="https://hooks.olmo.example/late"),
        step("d", 1, "move", value=team.pk),
    )
    sweep(clock_at, "2026-03-04 14:01:30")
    ticket.refresh_from_db()
    assert (ticket.team, list(ticket.tags.all())) == (team, [tag])
    assert Notice.objects.get().data["is_yours"]
    assert WebCall.objects.get().body["reference"] == ticket.reference


def test_what_cannot_be_done_is_written_down_and_the_other_steps_go_on(office, eva, clock_at):
    stranger = user_in(OfficeFactory())
    ticket = ticket_with(
        office,
        step("a", 0, "reassign", value=stranger.pk),
        step("b", 0, "tag", value="gone"),
        step("c", 0, "person", value=eva.pk),
    )
    sweep(clock_at, "2026-03-04 14:00:05")
    problems = dict(Activity.objects.filter(verb="step_taken").values_list("data__step", "data__problem"))
    assert problems["a"] and problems["b"] and not problems["c"]
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_nobody_is_told_of_a_ticket_they_may_not_see(office, clock_at):
    stranger = user_in(OfficeFactory())
    ticket_with(office, step("a", 0, "person", value=stranger.pk))
    sweep(clock_at, "2026-03-04 14:00:05")
    assert not Notice.objects.exists()


def test_a_storm_is_one_letter(office, eva, clock_at):
    shift(office, eva, closes=18 * 60)
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR}, steps=[step("a", 0, "head", by_mail=True)])
    for minute in range(30):
        TicketFactory(office=office, at=at(f"2026-03-04 10:{minute:02d}"))
    sweep(clock_at, "2026-03-04 14:00:05")
    assert mail_digests() == 1 and mail_digests() == 0
    assert "is late" in mail.outbox[0].subject
    sweep(clock_at, "2026-03-04 14:08")
    assert mail_digests() == 0
    sweep(clock_at, "2026-03-04 14:30")
    assert mail_digests() == 1
    assert len(mail.outbox) == 2
    assert mail.outbox[1].subject == "29 notices" and mail.outbox[1].body.count("\n* ") + 1 == 29


def test_new_steps_hold_for_tickets_that_already_run(office, eva, clock_at):
    shift(office, eva, closes=18 * 60)
    ticket_with(office)
    policy = Clock.objects.get().policy
    grid = {(row.metric, row.priority): row.seconds for row in policy.targets.all()}
    change_policy(policy, actor=None, targets=grid, steps=[step("a", -60, "head")])
    sweep(clock_at, "2026-03-04 13:00:05")
    assert Notice.objects.count() == 1


def test_a_step_before_the_beginning_is_due_at_the_beginning(office, eva, clock_at):
    shift(office, eva, closes=18 * 60)
    ticket_with(office, step("a", -600, "head"))
    sweep(clock_at, "2026-03-04 10:00:05")
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        "x",
        [{}],
        [step("a", 0, "dance")],
        [step("a", 0, "person")],
        [step("a", 0, "tag", value=3)],
        [step("a", 0, "head"), step("a", 1, "head")],
        [step("a", 0, "head", colour="red")],
        [step(str(n), 0, "head") for n in range(13)],
    ],
)
def test_steps_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValidationError):
        check_steps(wrong)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "https://user:pw@a.example/",
        "https://a.example:22/",
        "https:///x",
        "ftp://a.example",
        "javascript:alert(1)",
        "https://[::1",
        "https://a.example:99999/",
    ],
)
def test_s_52_addresses_that_are_not_plain_https_are_refused(url):
    with pytest.raises(ValidationError):
        calls.check_address(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.8", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_s_52_a_call_never_goes_into_our_own_network(office, eva, clock_at, settings, host):
    settings.ACUDO_PRIVATE_HOSTS = []
    ticket_with(office, step("c", 0, "call", value=f"https://{host}/"))
    sweep(clock_at, "2026-03-04 14:00:05")
    assert make_calls() == 0
    row = WebCall.objects.get()
    assert (row.problem, row.attempts) == ("private", 1) and row.next_at == at("2026-03-04 14:01:05")
    for moment in ("14:02", "14:10", "15:00", "18:00", "23:00"):
        clock_at(f"2026-03-04 {moment}", "Europe/Madrid")
        make_calls()
    row.refresh_from_db()
    assert (row.attempts, row.next_at) == (5, None)


def test_s_55_the_signature_binds_id_moment_and_body():
    good = calls.signature("k", call_id="i", at=1, body=b"{}")
    others = [("k2", "i", 1, b"{}"), ("k", "j", 1, b"{}"), ("k", "i", 2, b"{}"), ("k", "i", 1, b"{ }")]
    assert good not in [calls.signature(key, call_id=name, at=when, body=body) for key, name, when, body in others]


def test_a_policy_that_never_has_its_turn_is_named(office):
    PolicyFactory(office=office, position=0, name="All", conditions={})
    later = PolicyFactory(office=office, position=1, conditions={"via": ["email"]})
    assert hidden_by(later).name == "All"
    first = PolicyFactory(office=office, position=2, conditions={"via": ["email"], "type": ["incident"]})
    assert hidden_by(first)


def test_the_editor_takes_steps_and_gives_them_back(client, office, eva):
    calendar = CalendarFactory(office=office)
    client.force_login(user_in(office, "admin"))
    typed = {
        "name": "General", "office": office.pk, "calendar": calendar.pk, "goal_percent": 90, "warn_percent_left": 25,
        "is_active": "on", "first_response-any": "4h", "pause_on": ["waiting"], "wall_clock": ["first_response"],
        "step0-action": "head", "step0-length": "30 min", "step0-side": "before", "step0-by_mail": "on",
        "step1-action": "person", "step1-length": "1 h", "step1-side": "after", "step1-person": eva.pk,
    }  # fmt: skip
    page = client.post(reverse("sla:new_policy"), typed, follow=True)
    from apps.sla.models import Policy

    policy = Policy.objects.get()
    assert policy.pause_on == ["waiting"] and policy.targets.get().is_wall_clock
    assert [(row["key"], row["offset_seconds"], row["action"], row.get("value")) for row in policy.steps] == [
        ("s1", -1800, "head", None),
        ("s2", 3600, "person", eva.pk),
    ]
    text = page.content.decode()
    assert 'value="30 min"' in text and "Step 2" in text and "style=" not in text
    wrong = client.post(reverse("sla:new_policy"), typed | {"step1-person": "", "step0-length": "4 moons"})
    assert wrong.status_code == 422 and wrong.content.decode().count("field-error") >= 2


@pytest.mark.django_db(transaction=True)
def test_r_25_two_sweepers_at_once_take_each_step_once(clock_at):
    office = OfficeFactory()
    eva = user_in(office, "supervisor")
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR}, steps=[step("a", 0, "person", value=eva.pk)])
    for _ in range(8):
        TicketFactory(office=office, at=at("2026-03-04 10:00"))
    clock_at("2026-03-04 15:00", "Europe/Madrid")
    ready = threading.Barrier(2)

    def run():
        ready.wait()
        try:
            sweep_clocks()
        finally:
            connection.close()

    sweepers = [threading.Thread(target=run) for _ in range(2)]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        sweeper.join()
    sweep_clocks()
    assert Notice.objects.count() == 8
    assert ClockStep.objects.filter(step="step a").count() == 8


def test_the_ticket_shows_its_next_step_and_the_bell_its_number(client, office, eva, clock_at):
    clock_at("2026-03-04 12:00", "Europe/Madrid")
    shift(office, eva, closes=18 * 60)
    ticket = ticket_with(office, step("a", -30, "head"))
    client.force_login(eva)
    page = client.get(f"/desk/t/{ticket.public_id}/details/").content.decode()
    assert "tell the shift head: Eva Conti" in page
    sweep(clock_at, "2026-03-04 13:30:05")
    assert "1 unread" in client.get(reverse("notifications:bell")).content.decode()
    listed = client.get(reverse("notifications:notices"))
    assert ticket.reference in listed.content.decode()
    client.post(reverse("notifications:read"), {"newest": listed.context["newest"]})
    assert "unread" not in client.get(reverse("notifications:bell")).content.decode()
