"""Every verb: one thing done, one event recorded, and what it refuses."""

from datetime import timedelta

import pytest

from apps.activity.models import Activity
from apps.core import clock
from apps.core.errors import Invalid
from apps.tickets import services, states
from apps.tickets.errors import AnsweredMeanwhile, MoveNotAllowed, TicketClosed
from apps.tickets.models import LastSeen, Message, Ticket
from apps.tickets.states import MOVES, Status
from tests.factories.accounts import OfficeFactory, TeamFactory, UserFactory, user_in
from tests.factories.people import PersonFactory
from tests.factories.tickets import TagFactory, TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return OfficeFactory()


@pytest.fixture
def ana(office):
    return user_in(office, full_name="Ana")


@pytest.fixture
def ticket(office):
    return TicketFactory(office=office)


def happened(ticket):
    """The verbs on record since the ticket was opened."""
    rows = Activity.objects.about("ticket", ticket.pk).exclude(verb__in=["ticket_opened", "delivery_given_up"])
    return [row.verb for row in rows if not row.data.get("is_first") and not row.data.get("is_automatic")]


# Opening and writing


def test_a_ticket_opens_with_the_persons_words_and_its_row_says_so(office):
    ticket = TicketFactory(office=office, subject=" A \r\nbook\t ", text="Do you  have it?", language="")
    assert (ticket.subject, ticket.status, ticket.message_count) == ("A book", "new", 1)
    assert (ticket.last_text, ticket.last_direction) == ("Do you have it?", "in")
    assert ticket.language == ticket.requester.language
    verbs = list(Activity.objects.about("ticket", ticket.pk).values_list("verb", flat=True))
    assert verbs[:2] == ["ticket_opened", "message_written"]


def test_s_33_nobody_opens_a_ticket_here_for_a_person_of_another_body(office):
    with pytest.raises(Invalid) as refused:
        TicketFactory(office=office, requester=PersonFactory())
    assert refused.value.code == "foreign_person"
    assert not Ticket.objects.exists()


def test_a_subject_never_carries_a_line_break_into_a_header(ticket, ana):
    services.set_subject(ticket, to="Re: x\r\nBcc: evil@example.org\x00", actor=ana)
    assert ticket.subject == "Re: x Bcc: evil@example.org"


@pytest.mark.parametrize("status", [Status.WAITING, Status.ON_HOLD, Status.SOLVED])
def test_the_persons_word_reopens_what_waits_or_is_solved(ticket, ana, status):
    services.change_status(ticket, to=status, actor=ana)
    services.add_message(ticket, author=ticket.requester, text="Still?", via="email")
    assert ticket.status == "open" and ticket.solved_at is None


def test_a_robots_word_reopens_nothing_and_wakes_nobody(ticket, ana):
    services.change_status(ticket, to=Status.SOLVED, actor=ana)
    services.add_message(ticket, author=ticket.requester, text="I am away", via="email", is_automatic=True)
    assert ticket.status == "solved"


def test_the_persons_word_wakes_what_sleeps(ticket, ana):
    services.snooze(ticket, until=clock.now() + timedelta(days=1), actor=ana)
    services.add_message(ticket, author=ticket.requester, text="Hello?", via="email")
    assert ticket.snoozed_until is None and "ticket_woken" in happened(ticket)


def test_nothing_is_added_to_a_closed_ticket(ticket, ana):
    services.change_status(ticket, to=Status.SOLVED, actor=ana)
    services.change_status(ticket, to=Status.CLOSED, actor=ana)
    for act in (
        lambda: services.add_message(ticket, author=ticket.requester, text="x", via="email"),
        lambda: services.reply(ticket, author=ana, text="x"),
    ):
        with pytest.raises(TicketClosed):
            act()


def test_an_answer_opens_a_new_ticket_and_may_leave_it_waiting(ticket, ana):
    services.reply(ticket, author=ana, text="At nine.")
    assert (ticket.status, ticket.last_direction, ticket.last_text) == ("open", "out", "At nine.")
    services.reply(ticket, author=ana, text="Or ten.", then=Status.WAITING)
    assert ticket.status == "waiting"
    assert happened(ticket) == ["status_changed", "message_written"] * 2


def test_an_automatic_answer_changes_no_status(ticket):
    services.reply(ticket, author=None, text="We have it.", is_automatic=True)
    assert ticket.status == "new"


def test_000_13_what_we_say_by_ourselves_leaves_the_person_waiting_for_a_word(ticket, ana):
    asked = ticket.last_text
    services.reply(ticket, author=None, text="We have it.", is_automatic=True)
    ticket.refresh_from_db()

    assert (ticket.last_direction, ticket.last_text, ticket.message_count) == ("in", asked, 2)
    assert Ticket.objects.waiting_for_us().filter(pk=ticket.pk).exists()
    sent = services.reply(ticket, author=ana, text="At nine")
    assert not Ticket.objects.waiting_for_us().filter(pk=ticket.pk).exists()
    services.take_back(sent, actor=ana)
    assert Ticket.objects.waiting_for_us().filter(pk=ticket.pk).exists()


@pytest.mark.parametrize("words", ["", "  \n "])
def test_an_answer_or_note_of_nothing_is_refused(ticket, ana, words):
    for verb in (services.reply, services.add_note):
        with pytest.raises(Invalid):
            verb(ticket, author=ana, text=words)
    assert happened(ticket) == []


def test_s_29_a_note_leaves_no_trace_on_what_the_person_sees(ticket, ana):
    seen = ("last_message_at", "last_direction", "last_text", "message_count", "status")
    before = Ticket.objects.values(*seen).get(pk=ticket.pk)
    services.add_note(ticket, author=ana, text="canary")
    assert Ticket.objects.values(*seen).get(pk=ticket.pk) == before


#


def test_r_19_an_answer_written_past_anothers_is_held_and_names_who_wrote(ticket, ana, office):
    seen = ticket.messages.latest("pk").pk
    luis = user_in(office, full_name="Luis")
    services.reply(ticket, author=luis, text="Already answered.")
    with pytest.raises(AnsweredMeanwhile) as held:
        services.reply(ticket, author=ana, text="Me too", last_seen_message_id=seen)
    assert "Luis" in str(held.value) and len(held.value.detail["newer"]) == 1
    assert not Message.objects.filter(text="Me too").exists()


def test_r_19_the_persons_new_words_hold_it_too_and_ones_own_do_not(ticket, ana):
    seen = ticket.messages.latest("pk").pk
    services.reply(ticket, author=ana, text="First", last_seen_message_id=seen)
    services.reply(ticket, author=ana, text="Second", last_seen_message_id=seen)
    services.add_message(ticket, author=ticket.requester, text="Wait", via="email")
    with pytest.raises(AnsweredMeanwhile):
        services.reply(ticket, author=ana, text="Third", last_seen_message_id=seen)


def test_r_19_an_automatic_answer_holds_nobody(ticket, ana):
    seen = ticket.messages.latest("pk").pk
    services.reply(ticket, author=None, text="We have it.", is_automatic=True)
    assert services.reply(ticket, author=ana, text="At nine.", last_seen_message_id=seen)


# States


@pytest.mark.parametrize("old", Status.values)
@pytest.mark.parametrize("new", Status.values)
def test_the_table_of_moves_is_the_only_way_from_status_to_status(ticket, ana, old, new):
    Ticket.objects.filter(pk=ticket.pk).update(status=old)
    if new == old or new in MOVES[old]:
        services.change_status(ticket, to=new, actor=ana)
        assert ticket.status == new
    else:
        with pytest.raises(MoveNotAllowed):
            services.change_status(ticket, to=new, actor=ana)
        assert Ticket.objects.get(pk=ticket.pk).status == old


def test_every_status_has_a_row_and_every_move_leads_to_a_status():
    assert set(MOVES) == set(Status)
    assert all(target in Status.values and target != old for old, targets in MOVES.items() for target in targets)
    assert set(states.UNSOLVED) | set(states.ENDED) == set(Status)


def test_solving_and_closing_keep_their_moments_and_reopening_forgets_them(ticket, ana):
    services.change_status(ticket, to=Status.SOLVED, actor=ana)
    solved_at = ticket.solved_at
    services.change_status(ticket, to=Status.CLOSED, actor=ana)
    assert ticket.solved_at == solved_at and ticket.closed_at
    services.change_status(ticket, to=Status.OPEN, actor=ana)
    assert ticket.solved_at is None and ticket.closed_at is None


def test_the_same_status_again_records_nothing(ticket, ana):
    services.change_status(ticket, to=Status.NEW, actor=ana)
    assert happened(ticket) == []


# Whose, where, how urgent


def test_a_ticket_is_given_taken_back_and_each_is_on_record(ticket, ana):
    services.assign(ticket, to=ana, actor=ana)
    services.assign(ticket, to=ana, actor=ana)
    services.assign(ticket, to=None, actor=ana)
    assert ticket.assignee is None and happened(ticket) == ["ticket_assigned"] * 2


@pytest.mark.parametrize("stranger", [UserFactory, lambda: user_in(OfficeFactory(), "admin")])
def test_s_31_nobody_is_given_a_ticket_they_may_not_see(ticket, ana, stranger):
    with pytest.raises(Invalid) as refused:
        services.assign(ticket, to=stranger(), actor=ana)
    assert refused.value.code == "foreign_assignee"
    assert Ticket.objects.get(pk=ticket.pk).assignee is None


@pytest.mark.parametrize("role", ["observer", "editor"])
def test_s_31_nobody_is_given_a_ticket_they_may_not_answer(ticket, ana, office, role):
    with pytest.raises(Invalid) as refused:
        services.assign(ticket, to=user_in(office, role), actor=ana)
    assert refused.value.code == "foreign_assignee"


def test_another_team_lets_go_of_an_assignee_who_does_not_belong_to_it(ticket, ana, office):
    first, second = TeamFactory(office=office), TeamFactory(office=office)
    first.members.add(ana)
    services.assign(ticket, to=ana, actor=ana)
    services.move_to_team(ticket, team=first, actor=ana)
    assert ticket.assignee == ana
    services.move_to_team(ticket, team=second, actor=ana)
    assert ticket.assignee is None and happened(ticket)[-2:] == ["team_changed"] * 2


def test_s_33_a_team_of_another_body_gets_no_ticket_of_ours(ticket, ana):
    with pytest.raises(Invalid) as refused:
        services.move_to_team(ticket, team=TeamFactory(), actor=ana)
    assert refused.value.code == "foreign_team"


def test_priority_and_subject_change_once_and_refuse_nonsense(ticket, ana):
    services.set_priority(ticket, to=4, actor=ana)
    services.set_priority(ticket, to=4, actor=ana)
    services.set_subject(ticket, to="Other", actor=ana)
    assert happened(ticket) == ["priority_changed", "subject_changed"]
    for act in (
        lambda: services.set_priority(ticket, to=9, actor=ana),
        lambda: services.set_subject(ticket, to=" \n", actor=ana),
    ):
        with pytest.raises(Invalid):
            act()


def test_s_33_only_the_bodys_own_tags_are_set(ticket, ana, office):
    TagFactory(body=office.body, key="loans")
    TagFactory(key="theirs")
    services.tag(ticket, key="loans", actor=ana)
    services.tag(ticket, key="loans", actor=ana)
    services.untag(ticket, key="loans", actor=ana)
    services.untag(ticket, key="loans", actor=ana)
    assert happened(ticket) == ["tags_changed"] * 2
    with pytest.raises(Invalid):
        services.tag(ticket, key="theirs", actor=ana)


def test_a_ticket_sleeps_until_a_moment_to_come_and_wakes_once(ticket, ana):
    with pytest.raises(Invalid):
        services.snooze(ticket, until=clock.now() - timedelta(seconds=1), actor=ana)
    services.snooze(ticket, until=clock.now() + timedelta(hours=1), actor=ana)
    assert ticket.is_snoozed
    services.wake(ticket)
    services.wake(ticket)
    assert happened(ticket) == ["ticket_snoozed", "ticket_woken"]
    services.change_status(ticket, to=Status.SOLVED, actor=ana)
    with pytest.raises(MoveNotAllowed):
        services.snooze(ticket, until=clock.now() + timedelta(hours=1), actor=ana)


def test_r_24_the_sweep_that_wakes_may_run_twice(ticket, ana, clock_at):
    from apps.tickets.tasks import wake_due

    services.snooze(ticket, until=clock.now() + timedelta(hours=1), actor=ana)
    clock_at(clock.now() + timedelta(hours=2))
    wake_due()
    wake_due()
    assert happened(ticket) == ["ticket_snoozed", "ticket_woken"]


def test_every_change_counts_one_version(ticket, ana):
    before = ticket.version
    services.set_priority(ticket, to=3, actor=ana)
    services.add_note(ticket, author=ana, text="x")
    assert Ticket.objects.get(pk=ticket.pk).version == before + 2


def test_what_was_read_never_becomes_unread(ticket, ana):
    for message_id in (5, 3, 9, 1):
        services.mark_seen(ticket, user=ana, message_id=message_id)
    assert LastSeen.objects.get().message_id == 9


def test_a_verb_works_on_the_row_as_it_is_now_and_not_as_it_was_read(ticket, ana):
    stale = Ticket.objects.get(pk=ticket.pk)
    services.change_status(ticket, to=Status.SOLVED, actor=ana)
    with pytest.raises(MoveNotAllowed):
        services.change_status(stale, to=Status.ON_HOLD, actor=ana)
    assert stale.status == "solved"


def test_a_reference_is_a_label_read_out_and_found_again(ticket):
    assert Ticket.pk_from_reference(f" {ticket.reference} ") == ticket.pk
    for text in ("", "2026-", "x-1", "2026-1;drop", "2026-1234567890123"):
        assert Ticket.pk_from_reference(text) is None
