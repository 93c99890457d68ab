"""What each thing that happens to a ticket means for its clocks. Open 9–18 in Madrid; 4 March 2026 is a Wednesday."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from apps.sla import services as sla
from apps.sla.models import Clock, ClockStep, Metric, State
from apps.tickets import services as tickets
from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.hours import CalendarFactory
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TicketFactory

MADRID = ZoneInfo("Europe/Madrid")
pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


@pytest.fixture
def policy(office):
    return PolicyFactory(office=office)


@pytest.fixture
def ana(office):
    return user_in(office)


@pytest.fixture
def ticket(policy, office):
    return TicketFactory(office=office, requester__email="sara@olmo.example", at=at("2026-03-04 10:00"))


def clock_of(ticket, metric):
    return Clock.objects.filter(ticket=ticket, metric=metric).order_by("-pk").first()


def test_opening_a_ticket_starts_first_response_and_resolution(ticket):
    first, whole = clock_of(ticket, "first_response"), clock_of(ticket, "resolution")
    assert (first.due_at, whole.due_at) == (at("2026-03-04 14:00"), at("2026-03-06 10:00"))
    assert first.warn_at == at("2026-03-04 13:00")
    assert first.next_at == first.warn_at
    ticket.refresh_from_db()
    assert (ticket.next_due_at, ticket.next_due_metric) == (first.due_at, "first_response")
    assert ticket.next_due_warn_at == first.warn_at


def test_without_a_policy_nothing_is_promised(office):
    ticket = TicketFactory(office=office)
    assert not Clock.objects.filter(ticket=ticket).exists()
    assert ticket.next_due_at is None


def test_a_human_answer_stops_first_response_at_the_moment_of_writing(ticket, ana):
    message = tickets.reply(ticket, author=ana, text="At nine.", at=at("2026-03-04 11:30"))
    clock = clock_of(ticket, "first_response")
    assert (clock.state, clock.ended_at, clock.ended_by_message_id) == (State.MET, message.written_at, message.pk)
    assert clock.used_seconds == 1.5 * HOUR
    assert clock.next_at is None and not clock.is_breached
    ticket.refresh_from_db()
    assert ticket.next_due_metric == "resolution"


def test_notes_and_automatic_messages_stop_nothing(ticket, ana):
    tickets.add_note(ticket, author=ana, text="Ask the branch.", at=at("2026-03-04 11:00"))
    tickets.reply(ticket, author=None, text="We got it.", is_automatic=True, at=at("2026-03-04 10:00"))
    assert clock_of(ticket, "first_response").state == State.RUNNING


def test_an_answer_after_the_time_is_late_even_before_the_sweep_comes_by(ticket, ana):
    tickets.reply(ticket, author=ana, text="Sorry.", at=at("2026-03-04 15:00"))
    clock = clock_of(ticket, "first_response")
    assert clock.state == State.MET
    assert clock.breached_at == at("2026-03-04 14:00")
    assert [step.step for step in clock.steps.all()] == ["breach"]


def test_an_answer_exactly_at_the_due_moment_is_in_time(ticket, ana):
    tickets.reply(ticket, author=ana, text="Just so.", at=at("2026-03-04 14:00"))
    assert not clock_of(ticket, "first_response").is_breached


def test_the_person_writing_again_starts_next_response_once(ticket, ana):
    tickets.reply(ticket, author=ana, text="At nine.", at=at("2026-03-04 11:00"))
    for hour in ("12:00", "12:30"):
        tickets.add_message(ticket, author=ticket.requester, text="And?", via="portal", at=at(f"2026-03-04 {hour}"))
    clock = clock_of(ticket, "next_response")
    assert clock.started_at == at("2026-03-04 12:00")
    assert clock.due_at == at("2026-03-05 11:00")
    assert Clock.objects.filter(ticket=ticket, metric="next_response").count() == 1


def test_writing_again_before_the_first_answer_starts_nothing_new(ticket):
    tickets.add_message(ticket, author=ticket.requester, text="Hello?", via="portal", at=at("2026-03-04 11:00"))
    assert clock_of(ticket, "next_response") is None


def test_a_vacation_note_of_the_person_starts_nothing(ticket, ana):
    tickets.reply(ticket, author=ana, text="At nine.", at=at("2026-03-04 11:00"))
    tickets.add_message(ticket, author=ticket.requester, text="I am away", via="email", is_automatic=True)
    assert clock_of(ticket, "next_response") is None


def test_waiting_for_the_person_pauses_resolution_and_their_message_resumes_it(ticket, ana):
    tickets.reply(ticket, author=ana, text="Which book?", then="waiting", at=at("2026-03-04 12:00"))
    paused = clock_of(ticket, "resolution")
    assert (paused.state, paused.remaining_seconds, paused.next_at) == (State.PAUSED, 16 * HOUR, None)
    ticket.refresh_from_db()
    assert ticket.next_due_at is None

    tickets.add_message(ticket, author=ticket.requester, text="This one", via="portal", at=at("2026-03-09 12:00"))
    resumed = clock_of(ticket, "resolution")
    assert resumed.state == State.RUNNING
    # Two hours were used on Wednesday; sixteen are left from Monday noon.
    assert resumed.due_at == at("2026-03-11 10:00")


def test_on_hold_pauses_too_and_moving_between_the_two_is_one_pause(ticket):
    tickets.change_status(ticket, to="on_hold", actor=None, at=at("2026-03-04 11:00"))
    tickets.change_status(ticket, to="waiting", actor=None, at=at("2026-03-04 12:00"))
    tickets.change_status(ticket, to="open", actor=None, at=at("2026-03-04 13:00"))
    assert len(clock_of(ticket, "resolution").pauses) == 1
    assert clock_of(ticket, "resolution").due_at == at("2026-03-06 12:00")


def test_solving_keeps_resolution_and_calls_an_unwritten_answer_off(ticket):
    tickets.change_status(ticket, to="solved", actor=None, at=at("2026-03-04 12:00"))
    assert clock_of(ticket, "resolution").state == State.MET
    assert clock_of(ticket, "first_response").state == State.CANCELLED
    ticket.refresh_from_db()
    assert ticket.next_due_at is None


def test_an_answer_that_solves_keeps_both(ticket, ana):
    tickets.reply(ticket, author=ana, text="Done.", then="solved", at=at("2026-03-04 12:00"))
    assert clock_of(ticket, "resolution").state == State.MET
    assert clock_of(ticket, "first_response").state == State.MET


def test_reopening_starts_resolution_anew(ticket, ana):
    tickets.reply(ticket, author=ana, text="Done.", then="solved", at=at("2026-03-04 12:00"))
    tickets.add_message(ticket, author=ticket.requester, text="No", via="portal", at=at("2026-03-05 09:00"))
    clocks = Clock.objects.filter(ticket=ticket, metric="resolution").order_by("pk")
    assert [clock.state for clock in clocks] == [State.MET, State.RUNNING]
    assert clocks[1].due_at == at("2026-03-06 18:00")
    assert clock_of(ticket, "next_response").state == State.RUNNING


def test_spam_calls_everything_off_and_not_spam_starts_it_again(ticket):
    tickets.change_status(ticket, to="spam", actor=None, at=at("2026-03-04 12:00"))
    assert not Clock.objects.live().filter(ticket=ticket).exists()
    tickets.change_status(ticket, to="open", actor=None, at=at("2026-03-04 13:00"))
    assert {clock.metric for clock in Clock.objects.live().filter(ticket=ticket)} == {"first_response", "resolution"}


def test_a_higher_priority_shortens_what_still_runs_counted_from_its_start(office, clock_at):
    clock_at("2026-03-04 11:00", "Europe/Madrid")
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR, ("first_response", 4): HOUR})
    ticket = TicketFactory(office=office, at=at("2026-03-04 10:30"))
    tickets.set_priority(ticket, to=4, actor=None)
    assert clock_of(ticket, "first_response").due_at == at("2026-03-04 11:30")


def test_a_promise_already_broken_stays_broken_when_the_priority_falls(office, clock_at):
    clock_at("2026-03-04 13:00", "Europe/Madrid")
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR, ("first_response", 4): HOUR})
    ticket = TicketFactory(office=office, priority=4, at=at("2026-03-04 10:30"))
    tickets.set_priority(ticket, to=2, actor=None)
    clock = clock_of(ticket, "first_response")
    assert clock.breached_at == clock.due_at == at("2026-03-04 11:30")


def test_moving_to_a_team_takes_the_promise_made_for_that_team(office, clock_at):
    clock_at("2026-03-04 10:30", "Europe/Madrid")
    chat = TeamFactory(office=office)
    PolicyFactory(office=office, position=2, targets={"first_response": 4 * HOUR})
    PolicyFactory(office=office, position=1, conditions={"team": [chat.pk]}, targets={"first_response": HOUR})
    ticket = TicketFactory(office=office, at=at("2026-03-04 10:00"))
    tickets.move_to_team(ticket, team=chat, actor=None)
    assert clock_of(ticket, "first_response").due_at == at("2026-03-04 11:00")


def test_a_promise_the_new_policy_does_not_make_is_called_off(office, clock_at):
    clock_at("2026-03-04 10:30", "Europe/Madrid")
    silent = TeamFactory(office=office)
    PolicyFactory(office=office, position=1, conditions={"team": [silent.pk]}, targets={"resolution": HOUR})
    PolicyFactory(office=office, position=2, targets={"first_response": 4 * HOUR})
    ticket = TicketFactory(office=office, at=at("2026-03-04 10:00"))
    tickets.move_to_team(ticket, team=silent, actor=None)
    assert clock_of(ticket, "first_response").state == State.CANCELLED
    assert clock_of(ticket, "resolution").started_at == at("2026-03-04 10:00")


def test_the_first_policy_that_matches_wins_and_the_own_office_comes_before_its_parent(office):
    branch = OfficeFactory(parent=office)
    PolicyFactory(office=office, position=0, targets={"first_response": HOUR})
    PolicyFactory(office=branch, position=5, conditions={"via": ["email"]}, targets={"first_response": 2 * HOUR})
    by_mail = TicketFactory(office=branch, via="email", requester__body=office, at=at("2026-03-04 10:00"))
    by_form = TicketFactory(office=branch, via="portal", requester__body=office, at=at("2026-03-04 10:00"))
    assert clock_of(by_mail, "first_response").target_seconds == 2 * HOUR
    assert clock_of(by_form, "first_response").target_seconds == HOUR


def test_a_calendar_that_never_opens_promises_no_moment(office):
    never = CalendarFactory(office=office, week=((),) * 7)
    PolicyFactory(office=office, calendar=never)
    ticket = TicketFactory(office=office)
    assert clock_of(ticket, "first_response").due_at is None
    assert ticket.next_due_at is None


def test_a_wall_clock_target_runs_through_the_night(office):
    policy = PolicyFactory(office=office, targets={"first_response": 24 * HOUR})
    policy.targets.update(is_wall_clock=True)
    ticket = TicketFactory(office=office, at=at("2026-03-06 17:00"))
    assert clock_of(ticket, "first_response").due_at == at("2026-03-07 17:00")


def test_an_answer_that_never_arrived_leaves_the_promise_running(ticket, ana):
    message = tickets.reply(ticket, author=ana, text="At nine.", at=at("2026-03-04 11:00"))
    for _twice in range(2):
        sla.reopen_response(ticket.pk, message_id=message.pk)
    clock = clock_of(ticket, "first_response")
    assert (clock.state, clock.ended_at, clock.due_at) == (State.RUNNING, None, at("2026-03-04 14:00"))
    ticket.refresh_from_db()
    assert ticket.next_due_metric == "first_response"


def test_changed_hours_move_what_still_runs(ticket, policy, clock_at):
    from apps.hours import services as hours
    from apps.sla.tasks import sweep_clocks

    clock_at("2026-03-04 10:30", "Europe/Madrid")
    hours.set_special_day(policy.calendar, on=at("2026-03-04").date(), label="Storm", spans=[(540, 720)], actor=None)
    sweep_clocks()
    assert clock_of(ticket, "first_response").due_at == at("2026-03-05 11:00")


def test_every_verb_may_be_called_twice(ticket):
    for _twice in range(2):
        sla.start(ticket, metrics=Metric.values, at=at("2026-03-04 10:00"))
        assert Clock.objects.live().filter(ticket=ticket).count() == 3
    for _twice in range(2):
        sla.pause(ticket.pk, metrics=["resolution"], at=at("2026-03-04 11:00"))
    for _twice in range(2):
        sla.resume(ticket.pk, metrics=["resolution"], at=at("2026-03-04 12:00"))
    assert len(clock_of(ticket, "resolution").pauses) == 1
    for moment in ("2026-03-04 13:00", "2026-03-04 13:30"):
        sla.stop(ticket.pk, metrics=Metric.values, at=at(moment))
    assert {clock.ended_at for clock in Clock.objects.filter(ticket=ticket)} == {at("2026-03-04 13:00")}
    assert not ClockStep.objects.exists()


def test_opening_a_ticket_costs_few_queries_for_its_clocks(policy, office, django_assert_num_queries):
    from apps.sla.subscribers import start_clocks
    from apps.tickets.events import TicketOpened

    ticket = TicketFactory(office=office)
    Clock.objects.all().delete()
    event = TicketOpened(ticket_id=ticket.pk, office_id=office.pk, via="portal", requester_id=ticket.requester_id)
    with django_assert_num_queries(4):  # the ticket itself, the targets, the clocks, what is due next
        start_clocks(event, None)


def test_a_promise_may_be_counted_in_the_hours_of_the_tickets_door_team_or_office(office, clock_at):
    clock_at(at("2026-03-04 10:30"))
    general, late = CalendarFactory(office=office), CalendarFactory(office=office, week=(((1200, 1320),),) * 7)
    policy = PolicyFactory(office=office, calendar=general, targets={"first_response": HOUR})
    team = TeamFactory(office=office, calendar=late)
    by_policy = TicketFactory(office=office, team=team, at=at("2026-03-04 10:00"))
    policy.follows_hours = True
    policy.save()
    by_team = TicketFactory(office=office, team=team, at=at("2026-03-04 10:00"))
    by_nobody = TicketFactory(office=office, at=at("2026-03-04 10:00"))
    clocks = [clock_of(ticket, "first_response") for ticket in (by_policy, by_team, by_nobody)]
    assert [clock.calendar for clock in clocks] == [general, late, general]
    assert clocks[1].due_at == at("2026-03-04 21:00")
    tickets.move_to_team(by_nobody, team=team, actor=None)
    assert clock_of(by_nobody, "first_response").calendar == late, "another team, other hours"
    policy.refresh_from_db()
    assert policy.calendar == general
