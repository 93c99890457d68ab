"""Rules: on what happens and on time, in order, aware of hours, told on the ticket, and never in a loop."""

from datetime import timedelta

import pytest

from apps.accounts.viewers import for_user
from apps.activity.models import Activity
from apps.automation import rules
from apps.automation.models import Rule, RuleDue, RuleTurn
from apps.automation.tasks import sweep_rules
from apps.core import clock
from apps.core.errors import Invalid, NotAllowed
from apps.tickets import services
from apps.tickets.models import Ticket
from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.hours import CalendarFactory
from tests.factories.tickets import TagFactory, TicketFactory
from tests.inbox.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    body = OfficeFactory(name="Olmo")
    for key in ("loans", "fine", "seen"):
        TagFactory(body=body, key=key)
    return OfficeFactory(name="Biblioteca", parent=body)


@pytest.fixture
def ana(office):
    return user_in(office, full_name="Ana Prieto")


@pytest.fixture
def admin(office):
    return user_in(office.parent, "admin", language="en")


def rule(office, *acts, when="opened", **fields):
    return Rule.objects.create(office=office, name=f"R{Rule.objects.count()}", when=when, acts=list(acts), **fields)


def opened(office, **fields):
    ticket = TicketFactory(office=office, **fields)
    sweep_rules()
    return Ticket.objects.get(pk=ticket.pk)


def keys(ticket):
    return set(ticket.tags.values_list("key", flat=True))


def test_a_ticket_that_is_meant_is_moved_and_marked_and_says_which_rule_did_it(office):
    team = TeamFactory(office=office)
    rule(office, f"team:{team.pk}", "tag:fine", conditions={"text": ["multa"]})
    meant, other = opened(office, text="Tengo una MULTA"), opened(office, text="Hola")
    assert (meant.team, keys(meant), other.team, keys(other)) == (team, {"fine"}, None, set())
    told = Activity.objects.about("ticket", meant.pk).filter(verb="rule_ran").get()
    assert (told.actor_kind, told.data["label"], told.data["problem"]) == ("rule", "R0", "")
    assert not RuleDue.objects.exists()


@pytest.mark.parametrize(
    ("when", "act"),
    [
        ("person_wrote", lambda t, ana: services.add_message(t, author=t.requester, text="More", via="email")),
        ("answered", lambda t, ana: services.reply(t, author=ana, text="At nine.")),
        ("status", lambda t, ana: services.change_status(t, to="waiting", actor=ana)),
        ("assigned", lambda t, ana: services.assign(t, to=ana, actor=ana)),
        ("tagged", lambda t, ana: services.tag(t, key="loans", actor=ana)),
    ],
)
def test_each_rule_hears_what_it_waits_for_and_nothing_else(office, ana, when, act):
    rule(office, "tag:seen", when=when)
    ticket = opened(office)
    assert "seen" not in keys(ticket)
    act(ticket, ana)
    sweep_rules()
    assert "seen" in keys(ticket)


def test_rules_do_not_answer_rules(office, ana):
    rule(office, "tag:loans", when="tagged")
    rule(office, "status:waiting", when="tagged")
    rule(office, "tag:fine", when="status")
    ticket = opened(office)
    services.tag(ticket, key="seen", actor=ana)
    for _ in range(5):
        sweep_rules()
    ticket.refresh_from_db()
    assert keys(ticket) == {"seen", "loans"} and ticket.status == "waiting"
    assert Activity.objects.filter(verb="rule_ran").count() == 2


def test_an_acknowledgement_sets_nothing_off(office):
    rule(office, "tag:seen", when="answered")
    ticket = opened(office)
    services.reply(ticket, author=None, text="We have it.", is_automatic=True)
    assert not RuleDue.objects.exists()


def test_the_house_comes_before_the_branch_and_one_that_stops_is_the_last(office):
    first = rule(office, "priority:1")
    rule(office.parent, "priority:4", "tag:seen")
    rule(office, "tag:loans", position=1, stops=True)
    rule(office, "tag:fine", position=2)
    ticket = opened(office)
    assert (ticket.priority, keys(ticket)) == (1, {"seen", "loans"})
    Rule.objects.filter(pk=first.pk).update(is_active=False)
    assert opened(office).priority == 4


def test_a_later_rule_sees_what_an_earlier_one_did(office):
    rule(office, "tag:loans")
    rule(office, "priority:4", position=1, conditions={"tag": ["loans"]})
    assert opened(office).priority == 4


def test_other_offices_and_other_houses_are_left_alone(office):
    rule(office, "tag:seen")
    assert keys(opened(OfficeFactory(parent=office.parent))) == set()
    assert keys(opened(OfficeFactory())) == set()


def test_hours_are_those_of_the_office(office, clock_at):
    office.calendar = CalendarFactory(office=office)
    office.save()
    rule(office, "tag:loans", hours="open")
    rule(office, "tag:fine", hours="closed", position=1)
    clock_at("2026-03-02 10:00")
    assert keys(opened(office)) == {"loans"}
    clock_at("2026-03-02 23:00")
    assert keys(opened(office)) == {"fine"}


def test_time_brings_each_silence_one_turn(office, ana):
    rule(office, "tag:seen", "priority:4", when="time", conditions={"quiet_hours": ["24"], "last_from": ["in"]})
    ticket = opened(office)
    for hours, ran in ((5, 0), (25, 1), (30, 1), (80, 1)):
        with clock.told(clock.now() + timedelta(hours=hours)):
            sweep_rules()
        assert Activity.objects.filter(verb="rule_ran").count() == ran
    with clock.told(clock.now() + timedelta(hours=90)):
        services.add_message(ticket, author=ticket.requester, text="Still there?", via="email")
        sweep_rules()
    with clock.told(clock.now() + timedelta(hours=120)):
        sweep_rules()
    assert Activity.objects.filter(verb="rule_ran").count() == 2


def test_time_leaves_what_is_solved_and_waits_for_the_hours(office, ana, clock_at):
    office.calendar = CalendarFactory(office=office)
    office.save()
    clock_at("2026-03-02 10:00")
    rule(office, "priority:4", when="time", hours="open", conditions={"opened_hours": ["12"]})
    open_one, solved = TicketFactory(office=office), TicketFactory(office=office)
    services.change_status(solved, to="solved", actor=ana)
    clock_at("2026-03-02 23:00")
    sweep_rules()
    assert not RuleTurn.objects.exists()
    clock_at("2026-03-03 10:00")
    sweep_rules()
    assert set(Ticket.objects.filter(priority=4)) == {open_one}


def test_what_cannot_be_done_is_told_and_stops_nothing_else(office):
    rule(office, "tag:gone", "priority:4")
    ticket = opened(office)
    told = Activity.objects.about("ticket", ticket.pk).get(verb="rule_ran")
    assert ticket.priority == 4 and told.data["acts"] == ["priority:4"] and told.data["problem"]


def test_a_second_worker_finds_nothing(office):
    rule(office, "tag:seen")
    TicketFactory(office=office)
    due = RuleDue.objects.get()
    assert (rules.take_due(due.pk), rules.take_due(due.pk)) == (1, 0)


def test_a_crash_leaves_the_work_for_the_next(office, monkeypatch):
    rule(office, "tag:seen")
    ticket = TicketFactory(office=office)
    with monkeypatch.context() as patch:
        patch.setattr(rules, "run", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            rules.take_due(RuleDue.objects.get().pk)
    sweep_rules()
    assert keys(ticket) == {"seen"}


def test_without_rules_a_message_pays_no_query_for_them(office, ana, django_assert_num_queries):
    assert rules.is_waited_for("opened") is False
    with django_assert_num_queries(0):
        assert rules.is_waited_for("answered") is False


@pytest.mark.parametrize(
    "fields",
    [
        {"name": " "}, {"acts": []}, {"acts": ["assign:me"]}, {"acts": ["explode:1"]},
        {"conditions": {"colour": ["red"]}}, {"when": "time"}, {"when": "time", "conditions": {"late": ["yes"]}},
    ],
)  # fmt: skip
def test_what_could_not_run_is_not_kept(office, admin, fields):
    values = {"name": "R", "office": office, "acts": ["tag:seen"]} | fields
    with pytest.raises(Invalid):
        rules.save_rule(Rule(**values), viewer=for_user(admin), actor=admin)


def test_only_who_manages_the_office_writes_its_rules(office, ana):
    with pytest.raises(NotAllowed):
        rules.save_rule(Rule(name="R", office=office, acts=["tag:seen"]), viewer=for_user(ana), actor=ana)


def test_a_rule_is_tried_on_what_was_and_changes_nothing(office, admin):
    for n in range(3):
        TicketFactory(office=office, subject=f"S{n}", text="una multa" if n else "hola")
    typed = {
        "name": "Multas",
        "office": office.pk,
        "when": "opened",
        "hours": "any",
        "text": "multa",
        "act_0": "tag:fine",
    }
    page = signed_in(admin).post("/desk/admin/rules/new/", typed | {"try": "1"})
    assert [t.subject for t in page.context["trial"].meant] == ["S2", "S1"]
    assert page.context["trial"].looked_at == 3
    assert not Rule.objects.exists() and not Ticket.objects.filter(tags__key="fine").exists()


def test_pages_write_order_switch_off_and_delete(office, admin):
    desk = signed_in(admin)
    typed = {"name": "A", "office": office.pk, "when": "opened", "hours": "open", "priority": ["3", "4"],
             "act_0": "tag:fine", "is_active": "on", "is_any": "on", "late": "on"}  # fmt: skip
    assert desk.post("/desk/admin/rules/new/", typed).status_code == 302
    desk.post("/desk/admin/rules/new/", typed | {"name": "B"})
    a, b = Rule.objects.order_by("pk")
    assert a.conditions == {"priority": ["3", "4"], "late": ["yes"], "match": ["any"]} and a.hours == "open"
    assert [a.position, b.position] == [0, 1]
    desk.post(f"/desk/admin/rules/{b.pk}/change/", {"do": "up"})
    assert list(Rule.objects.values_list("name", flat=True)) == ["B", "A"]
    assert "checked" in desk.get(f"/desk/admin/rules/{a.pk}/").content.decode()
    desk.post(f"/desk/admin/rules/{a.pk}/", {k: v for k, v in typed.items() if k != "is_active"})
    assert Rule.objects.get(pk=a.pk).is_active is False
    assert desk.post(f"/desk/admin/rules/{a.pk}/", typed | {"act_0": ""}).status_code == 422
    desk.post(f"/desk/admin/rules/{a.pk}/change/", {"do": "delete"})
    assert list(Rule.objects.all()) == [b]
