"""What merging, splitting, moving and undoing mean for promises. Open 9-18 in Madrid; 4 March 2026 is a Wednesday."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from apps.sla import services as sla
from apps.sla.models import Clock, State
from apps.tickets import services as tickets
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.hours import CalendarFactory
from tests.factories.people import PersonFactory
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TicketFactory

MADRID = ZoneInfo("Europe/Madrid")
pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


@pytest.fixture
def ana(office):
    return user_in(office)


@pytest.fixture
def sara(office):
    PolicyFactory(office=office)
    return PersonFactory(body=office, email="sara@olmo.example")


def opened(office, sara, moment):
    return TicketFactory(office=office, requester=sara, at=at(moment))


def live(ticket):
    return {clock.metric: clock for clock in Clock.objects.live().filter(ticket=ticket)}


def merge(one, other, ana, moment):
    return tickets.merge(one, into=other, actor=ana, at=at(moment))


def test_of_two_running_promises_the_one_due_first_runs_on(office, sara, ana):
    early = opened(office, sara, "2026-03-04 10:00")
    kept = opened(office, sara, "2026-03-04 12:00")
    merge(early, kept, ana, "2026-03-04 12:30")
    running = live(kept)
    assert {metric: clock.started_at for metric, clock in running.items()} == {
        "first_response": at("2026-03-04 10:00"),
        "resolution": at("2026-03-04 10:00"),
    }
    assert running["first_response"].history == [
        {"at": at("2026-03-04 12:30").isoformat(), "what": "merged", "ticket": early.reference, "ticket_id": early.pk}
    ]
    kept.refresh_from_db()
    assert (kept.next_due_at, kept.next_due_metric) == (at("2026-03-04 14:00"), "first_response")
    gone = Clock.objects.filter(ticket=kept, state=State.CANCELLED)
    assert {clock.history[-1]["what"] for clock in gone} == {"gave_way"} and gone.count() == 2
    assert not Clock.objects.filter(ticket=early).exists()


def test_nobody_gains_time_by_merging_a_late_ticket_away(office, sara, ana):
    late = opened(office, sara, "2026-03-04 10:00")
    kept = opened(office, sara, "2026-03-04 17:00")
    merge(late, kept, ana, "2026-03-04 17:30")
    (clock,) = Clock.objects.live().filter(ticket=kept, metric="first_response")
    assert clock.due_at == at("2026-03-04 14:00")
    sla.act(clock.pk, now=at("2026-03-04 17:31"))
    clock.refresh_from_db()
    assert clock.is_breached


def test_an_answer_on_one_kept_the_promise_of_the_other(office, sara, ana):
    kept = opened(office, sara, "2026-03-04 09:00")
    second = opened(office, sara, "2026-03-04 10:00")
    answer = tickets.reply(kept, author=ana, text="Yes", at=at("2026-03-04 10:30"))
    merge(second, kept, ana, "2026-03-04 11:00")
    ended = Clock.objects.filter(ticket=kept, metric="first_response").order_by("pk")
    assert [(clock.state, clock.ended_at, clock.ended_by_message_id) for clock in ended] == [
        ("met", at("2026-03-04 10:30"), answer.pk)
    ] * 2
    assert "next_response" not in live(kept)


def test_what_waits_unanswered_is_owed_an_answer_from_its_own_moment(office, sara, ana):
    kept = opened(office, sara, "2026-03-04 09:00")
    second = opened(office, sara, "2026-03-04 10:00")
    tickets.reply(kept, author=ana, text="Yes", at=at("2026-03-04 10:30"))
    tickets.add_message(second, author=sara, text="And this?", via="portal", at=at("2026-03-04 10:45"))
    merge(second, kept, ana, "2026-03-04 11:00")
    assert live(kept)["next_response"].started_at == at("2026-03-04 10:45")


def test_another_persons_answer_keeps_no_promise(office, sara, ana):
    rosa = PersonFactory(body=office)
    kept = opened(office, sara, "2026-03-04 09:00")
    hers = opened(office, rosa, "2026-03-04 10:00")
    tickets.reply(kept, author=ana, text="Yes", at=at("2026-03-04 10:30"))
    merge(hers, kept, ana, "2026-03-04 11:00")
    assert live(kept)["first_response"].started_at == at("2026-03-04 10:00")


def test_a_waiting_ticket_joined_with_an_open_one_runs_and_keeps_its_pause(office, sara, ana):
    kept = opened(office, sara, "2026-03-04 09:00")
    tickets.reply(kept, author=ana, text="Which card?", then="waiting", at=at("2026-03-04 10:00"))
    second = opened(office, sara, "2026-03-04 12:00")
    merge(second, kept, ana, "2026-03-04 13:00")
    whole = live(kept)["resolution"]
    kept.refresh_from_db()
    assert (kept.status, whole.state) == ("open", "running")
    assert whole.started_at == at("2026-03-04 09:00"), "18 h with 3 h of pause come before 18 h from twelve"
    assert whole.due_at == at("2026-03-06 12:00")


def test_a_solved_ticket_merged_brings_no_promise_back_to_life(office, sara, ana):
    kept = opened(office, sara, "2026-03-04 09:00")
    second = opened(office, sara, "2026-03-04 10:00")
    tickets.reply(second, author=ana, text="Done", then="solved", at=at("2026-03-04 10:30"))
    merge(second, kept, ana, "2026-03-04 11:00")
    assert set(live(kept)) == {"resolution"}
    assert Clock.objects.filter(ticket=kept, state="met", metric="first_response").count() == 2


def test_undoing_gives_each_its_own_promises_again(office, sara, ana):
    early = opened(office, sara, "2026-03-04 10:00")
    kept = opened(office, sara, "2026-03-04 12:00")
    row = merge(early, kept, ana, "2026-03-04 12:30")
    tickets.undo_merge(row, actor=ana, at=at("2026-03-04 13:00"))
    for ticket, start in ((early, "2026-03-04 10:00"), (kept, "2026-03-04 12:00")):
        running = live(ticket)
        assert {clock.started_at for clock in running.values()} == {at(start)}
        assert set(running) == {"first_response", "resolution"}
        ticket.refresh_from_db()
        assert ticket.next_due_at == running["first_response"].due_at
    assert live(early)["first_response"].history[-1]["what"] == "came_back"


def test_split_words_are_promised_an_answer_from_when_they_were_written(office, sara, ana):
    ticket = opened(office, sara, "2026-03-04 09:00")
    tickets.reply(ticket, author=ana, text="Yes", at=at("2026-03-04 10:00"))
    said = tickets.add_message(ticket, author=sara, text="The hall?", via="portal", at=at("2026-03-04 11:00"))
    new = tickets.split(ticket, messages=[said], subject="The hall", actor=ana, at=at("2026-03-04 12:00"))
    running = live(new)
    assert {clock.started_at for clock in running.values()} == {at("2026-03-04 11:00")}
    assert running["first_response"].due_at == at("2026-03-04 15:00")
    assert "next_response" not in live(ticket), "nobody waits for it there any more"
    left = Clock.objects.get(ticket=ticket, metric="next_response")
    assert (left.state, left.history[-1]["what"], left.history[-1]["ticket"]) == (
        "cancelled", "words_left", new.reference,
    )  # fmt: skip
    ticket.refresh_from_db()
    assert ticket.next_due_metric == "resolution"


def test_an_answer_that_goes_along_has_kept_the_promise(office, sara, ana):
    ticket = opened(office, sara, "2026-03-04 09:00")
    tickets.reply(ticket, author=ana, text="Yes", at=at("2026-03-04 10:00"))
    said = tickets.add_message(ticket, author=sara, text="The hall?", via="portal", at=at("2026-03-04 11:00"))
    answer = tickets.reply(ticket, author=ana, text="It is free", at=at("2026-03-04 11:30"))
    new = tickets.split(ticket, messages=[said, answer], subject="The hall", actor=ana, at=at("2026-03-04 12:00"))
    first = Clock.objects.get(ticket=new, metric="first_response")
    assert (first.state, first.ended_at, first.used_seconds) == ("met", at("2026-03-04 11:30"), 1800)
    assert Clock.objects.get(ticket=ticket, metric="next_response").state == "met", "what was kept stays kept"


def test_what_still_waits_on_the_old_ticket_is_owed_from_its_own_moment(office, sara, ana):
    ticket = opened(office, sara, "2026-03-04 09:00")
    tickets.reply(ticket, author=ana, text="Yes", at=at("2026-03-04 10:00"))
    said = tickets.add_message(ticket, author=sara, text="The hall?", via="portal", at=at("2026-03-04 11:00"))
    tickets.add_message(ticket, author=sara, text="And the loan?", via="portal", at=at("2026-03-04 11:30"))
    tickets.split(ticket, messages=[said], subject="The hall", actor=ana, at=at("2026-03-04 12:00"))
    assert live(ticket)["next_response"].started_at == at("2026-03-04 11:30")


def test_another_office_promises_by_its_own_policy_from_the_same_start(office, sara, ana):
    branch = OfficeFactory(parent=office)
    calendar = CalendarFactory(office=branch, week=[((10 * 60, 12 * 60),)] * 5 + [(), ()])
    PolicyFactory(
        office=branch, calendar=calendar, targets={("first_response", None): HOUR, ("resolution", None): HOUR}
    )
    ticket = opened(office, sara, "2026-03-04 09:00")
    with_the_time = at("2026-03-04 09:30")
    from apps.core import clock as time

    with time.told(with_the_time):
        tickets.move_to_office(ticket, office=branch, actor=ana)
    first = live(ticket)["first_response"]
    assert (first.started_at, first.due_at) == (at("2026-03-04 09:00"), at("2026-03-04 11:00"))
    assert first.history == [
        {
            "at": with_the_time.isoformat(),
            "what": "new_length",
            "policy": first.history[0]["policy"],
            "seconds": 4 * HOUR,
            "due": at("2026-03-04 13:00").astimezone(ZoneInfo("UTC")).isoformat(),
        }
    ]
