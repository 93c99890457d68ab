"""The sums agree with counting every ticket by hand, whatever happened and in whatever order it was counted."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.activity.models import Activity
from apps.catalogue.models import Service
from apps.core import clock
from apps.reporting import facts, queries, ranges
from apps.reporting.figures import Report
from apps.reporting.models import PromiseFact, TicketFact, Touched
from apps.reporting.scope import Scope
from apps.reporting.tasks import count_touched
from apps.sla.models import Clock
from apps.sla.parties import shares_of
from apps.sla.reasons import give_reason
from apps.sla.tasks import sweep_clocks
from apps.tickets import services
from apps.tickets.models import Message, Ticket
from tests.factories.accounts import TeamFactory, user_in
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 1, 5, 12, tzinfo=UTC)
ZONE = timezone.get_default_timezone()
ALL = ("via", "team", "office", "type", "priority", "service")


@pytest.fixture
def desk(office, clock_at):
    """Sixty tickets of two months, with everything that can happen to them."""
    clock_at(BEGIN + timedelta(days=75))
    targets = {"first_response": 4 * HOUR, "next_response": 4 * HOUR, "resolution": 9 * HOUR}
    PolicyFactory(office=office, name="Urgent", targets=targets, conditions={"priority": [4]})
    PolicyFactory(office=office, targets=targets)
    dice = random.Random(7)
    agents = [user_in(office), user_in(office)]
    teams = [TeamFactory(office=office), None]
    service = Service.objects.create(office=office, key="loans", names={"es": "Préstamos"})
    for number in range(60):
        at = BEGIN + timedelta(days=number, hours=dice.randrange(10))
        with clock.told(at):
            ticket = TicketFactory(
                office=office, via=dice.choice(["email", "portal", "phone"]), team=dice.choice(teams), at=at,
                type=dice.choice(["question", "request", "incident", "intervention"]),
                priority=dice.choice([1, 2, 4]), service=dice.choice([service, None]),
            )  # fmt: skip
        _happen(ticket, at, dice, agents)
    sweep_clocks()
    return office


def _happen(ticket, at, dice, agents):
    person = ticket.requester
    for _turn in range(dice.randrange(4)):
        at += timedelta(hours=dice.randrange(1, 30))
        with clock.told(at):
            act = dice.choice(["reply", "write", "solve", "reopen", "assign", "priority", "spam"])
            if act == "reply":
                services.reply(ticket, author=agents[0], text="At nine.", at=at)
            elif act == "write":
                services.add_message(ticket, author=person, text="And today?", via=ticket.via, at=at)
            elif act == "assign":
                services.assign(ticket, to=dice.choice(agents), actor=None)
            elif act == "priority":
                services.set_priority(ticket, to=dice.choice([1, 4]), actor=None)
            elif act == "solve" and ticket.is_open:
                services.change_status(ticket, to="solved", actor=None, at=at)
            elif act == "reopen" and ticket.status == "solved":
                services.change_status(ticket, to="open", actor=None, at=at)
            elif act == "spam" and ticket.is_open and dice.random() < 0.3:
                services.change_status(ticket, to="spam", actor=None, at=at)
        ticket.refresh_from_db()


def by_hand(scope):
    """Ticket by ticket, from what is stored about each: no fact, no sum, no query of the reports."""
    sums, lengths, ended, policies = Counter(), [], Counter(), Counter()
    for ticket in Ticket.objects.filter(office_id__in=scope.offices):
        values = {
            "team": ticket.team_id or 0, "via": ticket.via, "priority": ticket.priority, "type": ticket.type,
            "service": ticket.service_id or 0, "agent": ticket.assignee_id or 0,
        }  # fmt: skip
        if any(values[name] != wanted for name, wanted in scope.choices.items()):
            continue
        is_done = ticket.status in ("solved", "closed")
        if is_done and scope.range.begins <= (ticket.solved_at or ticket.closed_at) < scope.range.ends:
            ended[(ticket.solved_at or ticket.closed_at).astimezone(ZONE).date()] += 1
        if not scope.range.begins <= ticket.opened_at < scope.range.ends:
            continue
        if ticket.status == "spam":
            sums["spam"] += 1
            continue
        sums["opened"] += 1
        sums["solved"] += is_done
        again = [
            row for row in Activity.objects.filter(subject_kind="ticket", subject_id=ticket.pk, verb="status_changed")
            if row.data["old"] in ("solved", "closed") and row.data["new"] not in ("solved", "closed", "spam")
        ]  # fmt: skip
        sums["reopenings"] += len(again)
        sums["reopened"] += bool(again)
        answers = Message.objects.filter(ticket=ticket, direction="out", is_automatic=False).count()
        sums["first_contact"] += is_done and not again and answers <= 1
        promise = Clock.objects.filter(ticket=ticket, metric="resolution").order_by("pk").last()
        for share in shares_of(promise) if is_done and promise else ():
            sums[f"{share.party}_minutes"] += share.counted // timedelta(minutes=1)
        for row in Clock.objects.filter(ticket=ticket):
            if row.breached_at:
                sums[f"{row.metric}_late"] += 1
                policies[row.policy_id, row.metric, "late"] += 1
            elif row.state == "met":
                sums[f"{row.metric}_kept"] += 1
                policies[row.policy_id, row.metric, "kept"] += 1
            if row.state == "met":
                lengths.append(
                    (row.metric, row.used_seconds // 60, (row.ended_at - row.started_at) // timedelta(minutes=1))
                )
        sums["late_tickets"] += Clock.objects.filter(ticket=ticket, breached_at__isnull=False).exists()
    return +sums, sorted(lengths), +ended, +policies


def scopes(office):
    own = (office.pk,)
    whole = ranges.Range(date(2026, 1, 1), date(2026, 3, 31), ZONE)
    yield Scope(own, whole)
    yield Scope(own, ranges.Range(date(2026, 1, 10), date(2026, 3, 2), ZONE))
    yield Scope(own, ranges.Range(date(2026, 2, 3), date(2026, 2, 9), ZONE))
    yield Scope(own, whole, via="email")
    yield Scope(own, whole, priority=4)
    yield Scope(own, whole, type="request", via="portal")
    yield Scope(own, whole, team=TeamFactory._meta.model.objects.get(office=office).pk)
    yield Scope(own, whole, agent=Ticket.objects.exclude(assignee=None).first().assignee_id)
    yield Scope(own, whole, service=Service.objects.get().pk)


def agree(office):
    for scope in scopes(office):
        report = Report(scope)
        sums, lengths, ended, policies = by_hand(scope)
        assert +report.sums == sums, scope
        assert {step.on: step.ended for step in report.steps if step.ended} == _stepped(ended, scope), scope
        assert sum(step.opened for step in report.steps) == sums["opened"], scope
        assert sum(group.opened for group in report.groups("agent")) == sums["opened"], scope
        for dimension in ALL:
            assert sum(group.opened for group in report.groups(dimension)) == sums["opened"], (scope, dimension)
        assert sum(map(sum, report.heat("opened"))) == sums["opened"], scope
        found = {
            (policy, metric, end): n
            for (policy, metric), own in queries.promises(scope, is_wall_clock=False).policies.items()
            for end, n in (("kept", own.in_time), ("late", own.late))
        }
        assert +Counter(found) == policies, scope
        assert sum(part.n for _reason, _words, part in report.reasons) == sums["late_tickets"], scope
        for is_wall in (False, True):
            found = queries.promises(scope, is_wall_clock=is_wall).lengths
            for metric in ("first_response", "next_response", "resolution"):
                minutes = sorted(row[1 + is_wall] for row in lengths if row[0] == metric)
                own = found.get(metric, queries.Lengths())
                assert own.n == len(minutes)
                if minutes:
                    assert own.median == timedelta(minutes=minutes[(len(minutes) - 1) // 2])
                    assert own.p90 == timedelta(minutes=minutes[-(-9 * len(minutes) // 10) - 1])


def _stepped(ended, scope):
    found = Counter()
    for day, n in ended.items():
        found[day - timedelta(days=day.weekday()) if scope.range.is_by_week else day] += n
    return found


def kept_sums():
    """Everything that is stored, without row numbers and empty cells."""
    names = {model: facts.KEYS[model] + facts.SUMS[model] for model in facts.KEYS}
    return {
        model.__name__: sorted(row for row in model.objects.values_list(*columns) if any(row[len(facts.KEYS[model]) :]))
        for model, columns in names.items()
    } | {
        "tickets": sorted(TicketFact.objects.values_list(), key=str),
        "lengths": sorted(PromiseFact.objects.values_list(), key=str),
    }


def test_figures_agree_with_counting_by_hand_however_they_were_counted(desk):
    while facts.catch_up(most=17):
        pass
    agree(desk)
    step_by_step = kept_sums()
    call_command("rebuild_reports", verbosity=0)
    assert kept_sums() == step_by_step
    agree(desk)
    for model in (TicketFact, PromiseFact, *facts.KEYS):
        model.objects.all().delete()
    while facts.walk(most=25):
        pass
    assert kept_sums() == step_by_step


def test_counting_twice_changes_nothing(desk):
    count_touched()
    before = kept_sums()
    for ticket_id in Ticket.objects.values_list("pk", flat=True):
        facts.touch(ticket_id)
    assert facts.catch_up() == 0
    assert kept_sums() == before
    assert not Touched.objects.exists()


def test_the_round_mends_what_nobody_told_us_of(desk):
    count_touched()
    ticket = Ticket.objects.order_by("pk").first()
    Ticket.objects.filter(pk=ticket.pk).update(type="intervention", priority=3)
    gone = Ticket.objects.order_by("pk").last()
    Clock.objects.filter(ticket=gone).delete()
    gone.delete()
    facts.walk()
    agree(desk)
    assert not TicketFact.objects.filter(ticket_id=gone.pk).exists()


def test_reasons_are_counted_and_follow_what_is_said_later(desk):
    late = Clock.objects.filter(breached_at__isnull=False).exclude(ticket__status="spam").first().ticket
    give_reason(late, reason="staff", actor=None)
    count_touched()
    whole = next(scopes(desk))
    assert [(row[0], row[2].n) for row in Report(whole).reasons if row[0]] == [("staff", 1)]
    give_reason(late, reason="fault", actor=None)
    facts.catch_up()
    assert [(row[0], row[2].n) for row in Report(whole).reasons if row[0]] == [("fault", 1)]
    agree(desk)


def test_the_backlog_is_what_was_opened_and_had_not_ended(desk):
    count_touched()
    span = ranges.Range(date(2026, 1, 20), date(2026, 2, 10), ZONE)
    for more in ({}, {"priority": 4}):
        report = Report(Scope((desk.pk,), span, **more))
        rows = Ticket.objects.filter(office=desk, **more).exclude(status="spam")
        for moment, found in ((span.begins, report.backlog_before), (span.ends, report.steps[-1].backlog)):
            was_open = [
                row for row in rows
                if row.opened_at < moment and not (row.status in ("solved", "closed") and row.solved_at < moment)
            ]  # fmt: skip
            assert found == len(was_open), (more, moment)


def test_whole_months_and_edges_cover_a_range_once():
    span = ranges.Range(date(2026, 1, 10), date(2026, 4, 3), ZONE)
    months, edges = queries.whole_months(span)
    assert months == [date(2026, 2, 1), date(2026, 3, 1)]
    assert [(edge.first, edge.last) for edge in edges] == [
        (date(2026, 1, 10), date(2026, 1, 31)),
        (date(2026, 4, 1), date(2026, 4, 3)),
    ]
    inside = ranges.Range(date(2026, 2, 3), date(2026, 2, 9), ZONE)
    assert queries.whole_months(inside) == ([], [inside])
