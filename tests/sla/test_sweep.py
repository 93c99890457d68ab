"""The sweep: warnings and breaches, each once, whatever happens to the sweepers."""

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.activity.models import Activity
from apps.core.models import Heartbeat
from apps.sla import services as sla
from apps.sla.models import Clock, ClockStep
from apps.sla.tasks import HEARTBEAT, sweep_clocks
from apps.tickets import services as tickets
from tests.factories.accounts import OfficeFactory
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TicketFactory

MADRID = ZoneInfo("Europe/Madrid")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


@pytest.fixture
def ticket(office):
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR})
    return TicketFactory(office=office, at=at("2026-03-04 10:00"))


def said(ticket):
    rows = Activity.objects.filter(subject_kind="ticket", subject_id=ticket.pk, verb__startswith="clock_")
    return list(rows.order_by("pk").values_list("verb", flat=True))


def test_it_warns_then_marks_the_breach_and_says_each_once(ticket, clock_at):
    clock_at("2026-03-04 13:00", "Europe/Madrid")
    assert sweep_clocks() == 1
    clock_at("2026-03-04 13:00:05", "Europe/Madrid")
    assert sweep_clocks() == 0
    clock_at("2026-03-04 14:00:01", "Europe/Madrid")
    assert sweep_clocks() == 1
    clock_at("2026-03-04 18:00", "Europe/Madrid")
    assert sweep_clocks() == 0
    assert said(ticket) == ["clock_warned", "clock_breached"]
    clock = Clock.objects.get(ticket=ticket)
    assert clock.next_at is None
    assert (clock.warned_at, clock.breached_at) == (at("2026-03-04 13:00"), at("2026-03-04 14:00"))


def test_it_leaves_a_sign_of_life(ticket, clock_at):
    clock_at("2026-03-04 10:05", "Europe/Madrid")
    sweep_clocks()
    assert Heartbeat.last(HEARTBEAT) == at("2026-03-04 10:05")


def test_r_24_the_sweep_run_twice_leaves_the_same_state(ticket, clock_at):
    clock_at("2026-03-04 14:30", "Europe/Madrid")
    sweep_clocks()
    before = list(Clock.objects.values()) + list(ClockStep.objects.values())
    # As if the first run had died after its step and before the lease was taken back.
    Clock.objects.update(next_at=at("2026-03-04 14:00"))
    sweep_clocks()
    assert list(Clock.objects.values()) + list(ClockStep.objects.values()) == before
    assert said(ticket) == ["clock_breached"]


def test_r_23_a_clock_whose_sweeper_died_comes_back_after_the_lease(ticket):
    now = at("2026-03-04 14:30")
    assert len(sla.claim(now)) == 1
    assert sla.claim(now) == []
    assert len(sla.claim(now + sla.LEASE + timedelta(seconds=1))) == 1


def test_r_25_after_three_hours_without_a_scheduler_each_step_fires_once(ticket, clock_at):
    clock_at("2026-03-04 16:30", "Europe/Madrid")
    sweep_clocks()
    sweep_clocks()
    # Past its time there is nothing left to warn of.
    assert said(ticket) == ["clock_breached"]


def test_r_25_a_clock_set_back_two_hours_fires_nothing_twice(ticket, clock_at):
    for moment in ("2026-03-04 14:30", "2026-03-04 12:30", "2026-03-04 13:30", "2026-03-04 14:30"):
        clock_at(moment, "Europe/Madrid")
        sweep_clocks()
    assert said(ticket) == ["clock_breached"]


def test_r_25_what_is_paused_or_answered_fires_nothing(office, clock_at):
    PolicyFactory(office=office, targets={"resolution": 4 * HOUR})
    ticket = TicketFactory(office=office, at=at("2026-03-04 10:00"))
    tickets.change_status(ticket, to="waiting", actor=None, at=at("2026-03-04 11:00"))
    clock_at("2026-03-04 17:00", "Europe/Madrid")
    sweep_clocks()
    assert said(ticket) == []


def test_r_25_two_who_hold_the_same_clock_take_its_step_once(ticket, clock_at):
    clock_at("2026-03-04 14:30", "Europe/Madrid")
    one, other = Clock.objects.get(ticket=ticket), Clock.objects.get(ticket=ticket)
    assert sla.mark_breached(one, at=at("2026-03-04 14:30"))
    assert not sla.mark_breached(other, at=at("2026-03-04 14:30"))
    assert said(ticket) == ["clock_breached"]


@pytest.mark.django_db(transaction=True)
def test_one_broken_clock_does_not_stop_the_others(office, clock_at, monkeypatch):
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR})
    broken, fine = (TicketFactory(office=office, at=at("2026-03-04 10:00")) for _ in range(2))
    due_end = sla.due_end

    def break_one(clock, now):
        if clock.ticket_id == broken.pk:
            raise RuntimeError("boom")
        return due_end(clock, now)

    monkeypatch.setattr(sla, "due_end", break_one)
    clock_at("2026-03-04 15:00", "Europe/Madrid")
    assert sweep_clocks() == 1
    assert said(fine) == ["clock_breached"]


def test_a_sweep_with_nothing_due_costs_few_queries(ticket, clock_at, django_assert_max_num_queries):
    clock_at("2026-03-04 10:05", "Europe/Madrid")
    sweep_clocks()
    with django_assert_max_num_queries(7):
        sweep_clocks()


@pytest.mark.django_db(transaction=True)
def test_r_25_two_sweepers_at_once_fire_nothing_twice(clock_at):
    office = OfficeFactory()
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR})
    for _ in range(12):
        TicketFactory(office=office, at=at("2026-03-04 10:00"))
    clock_at("2026-03-04 15:00", "Europe/Madrid")
    taken, ready = [], threading.Barrier(2)

    def sweep():
        ready.wait()
        try:
            taken.append(sweep_clocks())
        finally:
            connection.close()

    sweepers = [threading.Thread(target=sweep) for _ in range(2)]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        sweeper.join()
    assert sum(taken) == 12
    assert ClockStep.objects.count() == 12
    assert Activity.objects.filter(verb="clock_breached").count() == 12


def test_a_burst_costs_one_mark_a_clock_and_else_the_same_number_of_statements(office, clock_at):
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR})

    def statements(count):
        for _ in range(count):
            TicketFactory(office=office, at=at("2026-03-04 10:00"))
        clock_at("2026-03-04 15:00", "Europe/Madrid")
        with CaptureQueriesContext(connection) as seen:
            assert sweep_clocks() == count
        return len(seen)

    statements(3)  # what is read once a process
    few = statements(10)
    assert statements(40) - few == 30


def test_p_14_a_sweep_costs_the_same_beside_many_open_clocks(office, clock_at):
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR, "resolution": 9 * HOUR})
    clock_at("2026-03-04 10:05", "Europe/Madrid")

    def statements():
        with CaptureQueriesContext(connection) as seen:
            sweep_clocks()
        return len(seen)

    TicketFactory(office=office, at=at("2026-03-04 10:00"))
    sweep_clocks()
    one = statements()
    for _ in range(30):
        TicketFactory(office=office, at=at("2026-03-04 10:00"))
    assert statements() == one
