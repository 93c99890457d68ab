"""What the window says about us: who is there, who waits before you, and how long it usually takes."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import translation

from apps.core import clock
from apps.hours import presence
from apps.omnichannel.models import Channel
from apps.omnichannel.webchat import coming, services, staffing, tokens, waiting
from apps.omnichannel.webchat.desk import desk_for
from apps.omnichannel.webchat.models import Visitor
from apps.omnichannel.webchat.waiting import Wait, spread
from apps.tickets import services as tickets
from apps.tickets.models import Ticket
from tests.factories.accounts import TeamFactory, user_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(office_chat):
    return office_chat


def write(chat, text="Hello", token=None):
    token = token or tokens.mint(chat.key)
    return services.write(chat, token=token, text=text, client_id=tokens.mint(chat.key)[:40], address="192.0.2.1")


def desk(chat, ticket=None, **more):
    cache.clear()
    with translation.override("en"):
        return desk_for(Channel.objects.get(pk=chat.pk), ticket=ticket and Ticket.objects.get(pk=ticket.pk), **more)


def test_where_nobody_keeps_a_state_the_calendar_alone_decides(chat):
    user_in(chat.office)

    assert desk(chat).state == "open"


def test_000_27_after_the_last_agent_has_left_the_window_says_closed(chat, clock_at):
    moment = clock_at("2026-03-02 10:00")
    ana = user_in(chat.office)
    presence.set_state(ana, to="available")
    assert desk(chat).state == "open"
    presence.set_state(ana, to="away")
    assert desk(chat).state == "open", "a change of shift is no closing (000-07)"
    moment.shift(timedelta(minutes=6))

    assert desk(chat).state == "closed"
    assert "leave a message" in desk(chat).text


def test_only_the_team_that_gets_what_comes_in_counts(chat):
    team = TeamFactory(office=chat.office)
    chat.team = team
    chat.save()
    presence.set_state(user_in(chat.office), to="available")
    reader = user_in(chat.office)
    team.members.add(reader)
    presence.set_state(reader, to="busy")

    assert desk(chat).state == "busy"


def test_full_hands_are_busy_and_a_free_one_is_open(chat):
    ana = user_in(chat.office)
    presence.set_state(ana, to="available")
    presence.set_capacity(ana, capacity={"webchat": 1})
    written = write(chat)[1]
    tickets.assign(written.thread.ticket, to=ana, actor=ana)

    assert desk(chat).state == "busy"
    presence.set_capacity(ana, capacity={"webchat": 2})
    assert desk(chat).state == "open"


def test_who_waits_hears_its_place_and_moves_up(chat):
    one, two, three = (write(chat)[1].thread.ticket for _n in range(3))

    assert (desk(chat, three).state, desk(chat, three).position) == ("queue", 3)
    assert desk(chat, one).text == "You are next."
    tickets.reply(one, author=user_in(chat.office), text="Good morning")
    assert desk(chat, three).text == "You are number 2."
    assert desk(chat, one).state == "open"
    assert desk(chat, two).position == 1


def test_who_has_closed_the_window_stands_in_nobodys_way(chat):
    visitor, _written = write(chat)
    mine = write(chat)[1].thread.ticket
    coming.left(visitor)

    assert desk(chat, mine).position == 1


def test_a_taken_question_waits_no_longer(chat):
    ana = user_in(chat.office)
    ticket = write(chat)[1].thread.ticket
    tickets.assign(ticket, to=ana, actor=ana)

    assert desk(chat, ticket).state == "open"
    assert "has taken" in desk(chat, ticket).text


def test_the_range_is_read_from_what_happened_and_nothing_is_claimed_before(chat, clock_at):
    moment = clock_at("2026-03-02 10:00")
    ana = user_in(chat.office)
    for minutes in (1, 2, 2, 3, 4):
        ticket = write(chat)[1].thread.ticket
        moment.shift(timedelta(minutes=minutes))
        tickets.reply(ticket, author=ana, text="Good morning")
    mine = write(chat)[1].thread.ticket

    assert desk(chat, mine).text == "You are next. Usually 2 to 4 min."


@pytest.mark.parametrize(
    ("seconds", "wait"),
    [
        ([60] * 4, None),
        ([30] * 5, Wait(1, 1)),
        ([60, 120, 180, 240, 300, 360, 420, 480, 540, 6000], Wait(3, 9)),
        ([5000] * 9, None),
    ],
)
def test_a_range_is_honest_or_absent(seconds, wait):
    assert spread(seconds) == wait


def test_a_blocked_browser_is_told(chat):
    assert desk(chat, visitor=Visitor(blocked_at=clock.now())).state == "blocked"


def test_what_is_asked_for_every_window_is_kept_a_moment(chat, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(staffing, "KEPT_SECONDS", 60)  # a moment that a busy machine cannot outlast
    monkeypatch.setattr(waiting, "KEPT_SECONDS", 60)
    presence.set_state(user_in(chat.office), to="available")
    ticket = Ticket.objects.get(pk=write(chat)[1].thread.ticket_id)
    chat = Channel.objects.select_related("calendar", "office__calendar").get(pk=chat.pk)
    desk_for(chat, ticket=ticket)

    with django_assert_num_queries(0):
        desk_for(chat, ticket=ticket)


def test_where_the_window_stands_is_kept_for_whoever_answers(chat):
    said = {"url": "https://www.olmo.example/mapas", "title": "Mapas\x00", "referrer": "javascript:alert(1)"}
    facts = coming.page_facts(said)

    assert facts == {"page_url": "https://www.olmo.example/mapas", "page_title": "Mapas"}
    assert coming.page_facts("nonsense") == coming.page_facts({"url": 7}) == {}


def test_a_window_that_stays_open_gives_a_sign_of_life_now_and_then(chat, clock_at, django_assert_num_queries):
    moment = clock_at("2026-03-02 10:00")
    visitor, _written = write(chat)
    with django_assert_num_queries(0):
        coming.arrived(visitor, {})
    moment.shift(timedelta(minutes=5))
    with django_assert_num_queries(1):
        coming.arrived(visitor, {})
    assert visitor.is_here(clock.now())
    coming.left(visitor)
    assert not visitor.is_here(clock.now())
