"""Who waits in the chat rings at the desks that may answer, until somebody takes them."""

from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts.viewers import for_user
from apps.core import live
from apps.hours import presence
from apps.omnichannel.webchat import coming, ringing, services, tokens
from apps.omnichannel.webchat.models import Visitor
from apps.tickets import services as tickets
from apps.tickets.models import Ticket
from tests.factories.accounts import TeamFactory, user_in
from tests.factories.omnichannel import ChannelFactory

pytestmark = pytest.mark.django_db
PARTIAL = {"HX-Request": "true"}


@pytest.fixture
def chat(office_chat):
    return office_chat


@pytest.fixture
def ana(chat):
    return user_in(chat.office, full_name="Ana Silva")


def write(chat, text="Do you have maps?"):
    token = tokens.mint(chat.key)
    told = {"token": token, "text": text, "client_id": token[:40], "address": "192.0.2.1", "name": "María"}
    return services.write(chat, **told)[1].thread.ticket


def waiting(user):
    return [one.public_id for one in ringing.waiting_for(for_user(user))]


def piece(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get("/desk/chats/", headers=PARTIAL).content.decode()


def test_000_19_000_20_who_waits_rings_until_somebody_takes_them(chat, ana):
    first, second = write(chat), write(chat)
    assert waiting(ana) == [first.public_id, second.public_id]
    assert 'data-total="2"' in piece(ana) and 'data-rings="yes"' in piece(ana)
    assert ringing.take(first, user=ana) == ""
    tickets.mark_seen(first, user=ana, message_id=first.messages.get().pk)
    assert waiting(ana) == [second.public_id]
    tickets.reply(second, author=ana, text="Yes")

    assert waiting(ana) == []


def test_of_two_who_press_the_second_is_told_whose_it_is(chat, ana):
    luis, ticket = user_in(chat.office, full_name="Luis Sosa"), write(chat)
    assert ringing.take(ticket, user=ana) == ""
    client = Client(headers={"accept-language": "en"})
    client.force_login(luis, backend="django.contrib.auth.backends.ModelBackend")
    page = client.post(f"/desk/chats/{ticket.public_id}/take/", follow=True)

    assert "Ana Silva has taken this chat already." in page.content.decode()
    ticket.refresh_from_db()
    assert ticket.assignee == ana


def test_who_closed_the_window_wrote_at_night_or_is_blocked_rings_nowhere(chat, ana, clock_at):
    moment = clock_at("2026-03-02 10:00")
    left, night, rude = write(chat), write(chat), write(chat)
    visitors = {v.public_id: v for v in Visitor.objects.all()}
    coming.left(visitors[left.threads.get().key])
    Ticket.objects.filter(pk=night.pk).update(is_outside_hours=True)
    services.block(visitors[rude.threads.get().key], rude.threads.get())
    assert waiting(ana) == []
    write(chat)
    assert len(waiting(ana)) == 1
    moment.shift(timedelta(minutes=11))

    assert waiting(ana) == [], "no sign of life"


def test_another_office_and_another_team_do_not_hear_it(chat, ana):
    stranger = user_in(ChannelFactory(kind="webchat", address="").office)
    team = TeamFactory(office=chat.office)
    member = user_in(chat.office)
    team.members.add(member)
    chat.team = team
    chat.save()
    write(chat)

    assert (len(waiting(member)), len(waiting(ana)), len(waiting(stranger))) == (1, 0, 0)


def test_who_is_away_or_has_all_hands_full_sees_it_and_hears_nothing(chat, ana, clock_at):
    clock_at("2026-03-02 10:00")
    presence.set_state(ana, to="available")
    presence.set_capacity(ana, capacity={"webchat": 1})
    taken = write(chat)
    ringing.take(taken, user=ana)
    tickets.reply(taken, author=ana, text="One moment")
    write(chat)
    assert 'data-rings=""' in piece(ana) and 'data-total="1"' in piece(ana)
    presence.set_capacity(ana, capacity={"webchat": 2})
    assert 'data-rings="yes"' in piece(ana)
    presence.set_state(ana, to="away")

    assert 'data-rings=""' in piece(ana)


def test_to_ask_who_waits_costs_one_query(chat, ana, django_assert_num_queries):
    for _n in range(5):
        write(chat)
    viewer = for_user(ana)
    viewer.offices_with("ticket.reply")
    with django_assert_num_queries(1):
        assert len(ringing.waiting_for(viewer)) == 5


def test_the_desks_are_rung_when_somebody_comes_is_taken_or_given_back(chat, ana, commits, monkeypatch):
    rung = []
    monkeypatch.setattr(live, "_send", lambda group, message: rung.append((group, message["type"])))
    bell = (f"office.{chat.office_id}", "chat.waiting")
    with commits():
        ticket = write(chat)
    assert bell in rung
    for act in (
        lambda: tickets.assign(ticket, to=ana, actor=ana),
        lambda: tickets.assign(ticket, to=None, actor=ana),
        lambda: tickets.change_status(ticket, to="solved", actor=ana),
    ):
        rung.clear()
        with commits():
            act()
        assert bell in rung


def test_what_was_given_by_itself_rings_at_that_desk_alone_until_it_is_looked_at(chat, ana):
    luis, ticket = user_in(chat.office), write(chat)
    tickets.assign(ticket, to=ana, actor=None)
    assert (waiting(ana), waiting(luis)) == ([ticket.public_id], [])
    tickets.mark_seen(ticket, user=ana, message_id=ticket.messages.get().pk)

    assert waiting(ana) == []
