"""Who leaves without reading is written to, who falls silent is asked, who is left alone is passed on; and blocks."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from apps.core.errors import Invalid
from apps.hours import presence
from apps.omnichannel.models import Delivery, Thread
from apps.omnichannel.services import deliver
from apps.omnichannel.webchat import attention, services, tasks, tokens
from apps.omnichannel.webchat.models import Block, Visitor
from apps.tickets import services as tickets
from apps.tickets.models import Message, Ticket
from tests.factories.accounts import user_in
from tests.factories.omnichannel import ChannelFactory
from tests.factories.people import PersonFactory
from tests.omnichannel.webchat.test_views import open_window, talk
from tests.omnichannel.webchat.test_wishes import answer, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True, headers={"accept-language": "en"})


@pytest.fixture
def chat(office_chat):
    return office_chat


@pytest.fixture
def agent(chat):
    return user_in(chat.office, full_name="Ana Silva")


@pytest.fixture
def mailbox(chat):
    return ChannelFactory(office=chat.office, kind="email", slug="mail", address="sala@olmo.example")


@pytest.fixture
def now(clock_at):
    return clock_at("2026-03-02 10:00")


def poll(visitor, chat, **query):
    return visitor.get(f"/widget/{chat.key}/messages/", {"lang": "en", **query}).json()


def pass_by(now, **time):
    """Minute after minute, as the beat does."""
    for _minute in range(int(timedelta(**time).total_seconds() // 60)):
        now.shift(timedelta(minutes=1))
        with translation.override(None):
            tasks.look_at_windows()


# -- written but not read --


def test_000_15_an_answer_not_read_before_the_visitor_left_is_mailed_afterwards_and_exactly_once(
    visitor, chat, agent, mailbox, now
):
    ChannelFactory(office=chat.office.body, kind="email", slug="first", address="portada@olmo.example")
    talk(visitor, chat, "Do you have maps?", email="maria@people.example")
    answer(agent, "Three of them.")
    answer(agent, "From 1911.")
    assert not Delivery.objects.exists(), "they sat at the window"
    now.shift(timedelta(minutes=11))
    row = Visitor.objects.get()
    for _again in range(3):
        Visitor.objects.update(look_at=row.look_at)  # a second beat that had seen the same row
        tasks.look_at_windows()
        for delivery in Delivery.objects.all():
            deliver(delivery.pk)

    assert [letter.to for letter in mail.outbox] == [["maria@people.example"]] * 2
    assert all("sala@olmo.example" in letter.from_email for letter in mail.outbox)
    assert Ticket.objects.count() == 1


def test_what_was_read_or_nobody_of_us_wrote_or_has_no_address_is_not_mailed(visitor, chat, agent, mailbox, now):
    talk(visitor, chat, "Do you have maps?", email="maria@people.example")
    tickets.reply(Ticket.objects.get(), author=None, text="By itself", is_automatic=True)
    answer(agent, "Three of them.")
    seen = poll(visitor, chat, read=3)
    answer(agent, "From 1911.")
    now.shift(timedelta(minutes=11))
    tasks.look_at_windows()
    assert seen["messages"][-1]["sequence"] == 3
    assert [row.message.text for row in Delivery.objects.all()] == ["From 1911."]
    nobody = Client(headers={"accept-language": "en"})
    talk(nobody, chat, "No address")
    answer(agent, "At nine.")
    now.shift(timedelta(minutes=11))
    tasks.look_at_windows()

    assert Delivery.objects.count() == 1


def test_000_17_the_tag_comes_with_the_letter_that_leaves_afterwards(visitor, chat, agent, mailbox, now):
    talk(visitor, chat, "Do you have maps?", email="maria@people.example")
    Ticket.objects.update(is_outside_hours=True)
    answer(agent)
    now.shift(timedelta(minutes=11))
    tasks.look_at_windows()
    deliver(Delivery.objects.get().pk)

    assert [tag.key for tag in Ticket.objects.get().tags.all()] == ["answered"]


def test_nobody_is_looked_at_any_more_once_they_have_left(visitor, chat, agent, mailbox, now):
    talk(visitor, chat, "Do you have maps?")
    now.shift(timedelta(minutes=11))
    tasks.look_at_windows()
    assert Visitor.objects.get().look_at is None
    poll(visitor, chat)

    assert Visitor.objects.get().look_at is not None, "who comes back is"


def test_a_look_at_somebody_with_whom_all_is_well_costs_little(
    visitor, chat, agent, mailbox, now, django_assert_max_num_queries
):
    talk(visitor, chat, "Do you have maps?")
    now.shift(timedelta(minutes=2))
    (due,) = attention.due()
    with django_assert_max_num_queries(5):
        attention.look(due)


# -- silence --


def test_after_eight_minutes_the_window_asks_and_after_thirteen_the_chat_ends_with_a_word(visitor, chat, agent, now):
    talk(visitor, chat, "Do you have maps?")
    Visitor.objects.update(language="en")
    answer(agent, "Which year?")
    pass_by(now, minutes=7)
    assert poll(visitor, chat)["desk"]["state"] == "open"
    pass_by(now, minutes=2)
    asked = poll(visitor, chat)["desk"]
    assert asked["state"] == "idle" and "Are you still there?" in asked["text"] and "10:13" in asked["text"]
    pass_by(now, minutes=5)
    over = poll(visitor, chat)

    assert over["desk"]["state"] == "ended" and over["desk"]["survey"]
    assert over["messages"][-1]["automatic"] and "nobody wrote for a while" in over["messages"][-1]["text"]
    assert Ticket.objects.get().status == "solved"
    assert "<button" in open_window(visitor, chat).content.decode()
    talk(visitor, chat, "1911", id="message-0002")
    assert Ticket.objects.get().status == "open", "writing takes it up again"


def test_one_press_begins_the_silence_anew_as_often_as_one_likes(visitor, chat, agent, now):
    talk(visitor, chat, "Do you have maps?")
    answer(agent, "Which year?")
    for _time in range(11):
        pass_by(now, minutes=9)
        assert poll(visitor, chat)["desk"]["state"] == "idle"
        assert wish(visitor, chat, wish="stay").json()["t"] == "done"
        assert poll(visitor, chat)["desk"]["state"] == "open"

    assert Ticket.objects.get().status == "open"


@pytest.mark.parametrize("minutes", [0, 30])
def test_how_long_silence_may_last_is_a_setting_of_the_chat(visitor, chat, agent, now, minutes):
    chat.settings = {**chat.settings, "idle_minutes": minutes}
    chat.save()
    talk(visitor, chat, "Do you have maps?")
    answer(agent, "Which year?")
    for _time in range(4):
        pass_by(now, minutes=5)
        poll(visitor, chat)

    assert Ticket.objects.get().status == "open"


def test_nobody_is_sent_away_while_we_owe_them_a_word(visitor, chat, agent, now):
    talk(visitor, chat, "Do you have maps?")
    answer(agent, "One moment")
    talk(visitor, chat, "I wait", id="message-0002")
    for _time in range(4):
        pass_by(now, minutes=5)
        poll(visitor, chat)

    assert Ticket.objects.get().status == "open"


# -- nobody is left with an absent colleague --


def test_who_waits_for_a_colleague_who_went_away_is_everybodys_again(visitor, chat, agent, now):
    presence.set_state(agent, to="available")
    presence.set_state(user_in(chat.office), to="available")
    talk(visitor, chat, "Do you have maps?")
    ticket = Ticket.objects.get()
    tickets.assign(ticket, to=agent, actor=agent)
    answer(agent, "One moment")
    presence.set_state(agent, to="away")
    pass_by(now, minutes=3)
    assert Ticket.objects.get().assignee == agent, "the person has the word"
    talk(visitor, chat, "Are you there?", id="message-0002")
    poll(visitor, chat)
    pass_by(now, minutes=1)

    assert Ticket.objects.get().assignee is None
    assert "Somebody will write here" in poll(visitor, chat)["desk"]["text"]


def test_a_colleague_without_a_sign_of_life_for_five_minutes_counts_as_absent(visitor, chat, agent, now):
    presence.set_state(agent, to="available")
    talk(visitor, chat, "Do you have maps?")
    tickets.assign(Ticket.objects.get(), to=agent, actor=agent)
    pass_by(now, minutes=4)
    presence.seen(agent)
    pass_by(now, minutes=4)
    assert Ticket.objects.get().assignee == agent
    poll(visitor, chat)
    pass_by(now, minutes=3)

    assert Ticket.objects.get().assignee is None


# -- the line --


def test_who_waits_may_leave_the_queue_and_nobody_behind_waits_for_them(visitor, chat, agent):
    talk(visitor, chat, "Do you have maps?")
    assert 'data-when="queue"' in open_window(visitor, chat).content.decode()
    assert wish(visitor, chat, wish="leave").json()["text"].startswith("You have left the queue.")

    assert Ticket.objects.get().status == "solved"


def test_who_was_just_answered_is_told_so_instead_of_being_thrown_out(visitor, chat, agent):
    talk(visitor, chat, "Do you have maps?")
    answer(agent)

    assert wish(visitor, chat, wish="leave").json()["code"] == "answered_meanwhile"
    assert Ticket.objects.get().status == "open"


# -- blocks --


def begin(chat, address="192.0.2.1"):
    token = tokens.mint(chat.key)
    return services.write(chat, token=token, text="Hello", client_id="message-0001", address=address)[0]


def test_a_block_of_the_network_keeps_new_chats_out_for_hours_and_lets_others_talk_on(chat, now):
    rude, neighbour = begin(chat), begin(chat)
    services.block(rude, Thread.objects.get(key=rude.public_id), hours_for_network=4)
    with pytest.raises(Invalid, match=r"channel|canal"):
        begin(chat)
    assert begin(chat, "198.51.100.7")
    told = {"client_id": "message-0002", "address": "192.0.2.1", "visitor": neighbour}
    assert services.write(chat, token="unused", text="Still here", **told)
    now.shift(timedelta(hours=4, minutes=1))
    tasks.sweep()

    assert begin(chat) and not Block.objects.exists()


def test_to_let_them_write_again_opens_the_network_too(chat):
    rude = begin(chat)
    services.block(rude, Thread.objects.get(key=rude.public_id), hours_for_network=4)
    services.unblock(Visitor.objects.get(pk=rude.pk))

    assert begin(chat)


def test_s_50_whom_the_site_proves_is_blocked_in_every_browser_and_a_typed_address_blocks_nobody(chat):
    person = PersonFactory(body=chat.office.body)
    rude = begin(chat)
    Visitor.objects.filter(pk=rude.pk).update(person=person, email="maria@people.example")
    rude.refresh_from_db()
    services.block(rude, Thread.objects.get(key=rude.public_id))

    assert services.is_blocked(chat, Block.Kind.PERSON, str(person.pk))
    assert list(Block.objects.values_list("kind", flat=True)) == ["person"]


def test_addresses_are_not_kept_as_they_are(chat):
    assert "192.0.2.1" not in str(list(Visitor.objects.values())) + begin(chat).source


def test_a_message_of_ours_by_itself_never_goes_by_mail_from_here(visitor, chat, agent, mailbox, now):
    talk(visitor, chat, "Hello", email="maria@people.example")
    Visitor.objects.update(email="")
    answer(agent)
    pass_by(now, minutes=9)
    poll(visitor, chat)
    pass_by(now, minutes=6)

    assert Message.objects.latest("pk").is_automatic and not Delivery.objects.exists()
