"""Capacity of presence routes work: who can take one more, and chats that are given to them."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from apps.accounts.models import Membership
from apps.core import clock
from apps.hours import duty, presence
from apps.hours.models import Presence, Shift
from apps.hours.routing import free_hands
from apps.omnichannel.models import Channel
from apps.omnichannel.webchat import services as webchat
from apps.omnichannel.webchat import sharing, tasks, tokens
from apps.omnichannel.webchat.desk import desk_for
from apps.tickets.models import Ticket
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.omnichannel import ChannelFactory

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 3, 4)


@pytest.fixture
def office(clock_at):
    clock_at("2026-03-04 10:00")
    return OfficeFactory()


@pytest.fixture
def chat(office):
    settings = {"allowed_domains": ["https://www.olmo.example"], "shares_out": True}
    return ChannelFactory(office=office, kind="webchat", settings=settings)


def available(office, **capacity):
    user = user_in(office)
    presence.set_state(user, to="available")
    if capacity:
        presence.set_capacity(user, capacity=capacity)
    return user


def hands(office, *people, **loads):
    found = free_hands(
        [user.pk for user in people],
        channel="webchat",
        office=office,
        loads={int(pk.removeprefix("u")): n for pk, n in loads.items()},
        at=clock.now(),
    )
    return [hand.user_id for hand in found]


def write(chat, text="Hello"):
    token = tokens.mint(chat.key)
    said = webchat.write(chat, token=token, text=text, client_id=tokens.mint(chat.key)[:40], address="192.0.2.1")
    cache.clear()
    return said


def assignees():
    return list(Ticket.objects.order_by("pk").values_list("assignee", flat=True))


def test_only_the_available_with_a_free_hand_can_take_one_more(office):
    free, full, none, busy = (
        available(office),
        available(office, webchat=1),
        available(office, webchat=0),
        user_in(office),
    )
    presence.set_state(busy, to="busy")
    nobody = user_in(office)
    assert hands(office, free, full, none, busy, nobody, **{f"u{full.pk}": 1}) == [free.pk]


def test_who_has_gone_silent_or_is_noted_as_away_gets_nothing(office, clock_at):
    silent, ill = available(office), available(office)
    duty.note_absence(office, user=ill, first_on=WEDNESDAY, last_on=WEDNESDAY, reason="ill", actor=None)
    assert hands(office, silent, ill) == [silent.pk]
    Presence.objects.filter(user=silent).update(seen_at=clock.now() - presence.AWAY_AFTER)
    assert hands(office, silent, ill) == []


def test_those_on_duty_come_first_then_who_has_least_of_what_they_can_hold(office):
    extra, few, much = available(office), available(office, webchat=2), available(office, webchat=6)
    shift = Shift.objects.create(office=office, name="Mañana", opens_minute=480, closes_minute=810)
    duty.set_roster(shift, users=[few, much], head=None, weekday=2, actor=None)
    assert hands(office, extra, few, much, **{f"u{few.pk}": 1, f"u{much.pk}": 2}) == [much.pk, few.pk, extra.pk]


def test_a_new_chat_goes_to_the_freest_hand_and_the_next_to_another(office, chat):
    first, second = available(office), available(office)
    write(chat)
    assert sharing.share_out(chat.pk) == 1
    write(chat)
    assert sharing.share_out(chat.pk) == 1
    assert sorted(assignees()) == sorted([first.pk, second.pk])
    assert sharing.share_out(chat.pk) == 0, "a second run finds nobody waiting"


def test_full_hands_let_the_line_wait_until_one_is_free(office, chat):
    ana = available(office, webchat=1)
    write(chat)
    write(chat)
    assert sharing.share_out(chat.pk) == 1
    assert assignees() == [ana.pk, None], "who waited longest came first"
    presence.set_capacity(ana, capacity={"webchat": 2})
    assert sharing.share_out(chat.pk) == 1
    assert assignees() == [ana.pk, ana.pk]


def test_writing_asks_at_once_and_only_where_chats_are_shared_out(office, chat, monkeypatch, commits):
    asked = []
    monkeypatch.setattr(tasks.share_out, "apply_async", lambda args, **_more: asked.append(args[0]))
    with commits():
        write(chat)
    assert asked == [chat.pk]
    chat.settings = {}
    chat.save()
    with commits():
        write(Channel.objects.get(pk=chat.pk))
    assert asked == [chat.pk]
    assert sharing.sharing_channels() == []


def test_whoever_may_not_answer_is_passed_over(office, chat):
    observer, agent = user_in(office, "observer"), available(office)
    presence.set_state(observer, to="available")
    Presence.objects.filter(user=observer).update(since=clock.now() - timedelta(hours=1))
    write(chat)
    assert sharing.share_out(chat.pk) == 1
    assert assignees() == [agent.pk] and Membership.objects.filter(user=observer).exists()


def test_where_everybody_takes_no_chats_the_window_says_that_nobody_is_there(office, chat, clock_at):
    available(office, webchat=0)
    clock_at("2026-03-04 10:06")
    cache.clear()
    assert desk_for(chat).state == "closed"


def test_the_planner_sets_how_much_at_once_and_a_wrong_number_loses_nothing(office, client):
    ana, admin = user_in(office, full_name="Ana"), user_in(office, "admin")
    client.force_login(admin)
    wrong = client.post(reverse("hours:capacity"), {f"{ana.pk}-webchat": "lots", f"{ana.pk}-phone": "2"})
    assert wrong.status_code == 422
    assert 'value="lots"' in wrong.content.decode() and 'value="2"' in wrong.content.decode()
    assert not Presence.objects.filter(user=ana).exists()
    client.post(reverse("hours:capacity"), {f"{ana.pk}-webchat": "5", f"{ana.pk}-phone": ""})
    assert Presence.objects.get(user=ana).capacity == {"webchat": 5}
