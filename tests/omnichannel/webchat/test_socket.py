"""The promises of the chat's socket, kept whatever happens to the connection."""

import asyncio
import json

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from apps.omnichannel.models import ThreadMessage
from apps.omnichannel.webchat import consumers, tokens
from apps.omnichannel.webchat.models import Visitor
from apps.tickets import services as tickets
from apps.tickets.models import Message, Ticket
from tests.factories.accounts import user_in

pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async
def in_database(work, *args, **kwargs):
    return work(*args, **kwargs)


def answer(text, ticket=None):
    ticket = ticket or Ticket.objects.get()
    return tickets.reply(ticket, author=user_in(ticket.office, full_name="Ana Silva"), text=text)


async def test_a_message_is_stored_before_it_is_accepted_and_opens_a_ticket(window):
    visitor = await window()
    welcome = await visitor.arrive()
    await visitor.say("Can I renew a loan?", name="first-message")
    accepted = await visitor.hear("accepted")

    ticket = await in_database(Ticket.objects.select_related("requester").get)
    assert welcome["messages"] == []
    assert accepted["id"] == "first-message"
    assert accepted["messages"][0]["sequence"] == 1
    assert (ticket.via, ticket.subject, ticket.language) == ("webchat", "Can I renew a loan?", "en")


async def test_an_answer_reaches_the_open_window_with_its_author(window):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("Hello")
    await visitor.hear("accepted")
    await in_database(answer, "Good morning")

    heard = await visitor.hear("messages")
    said = heard["messages"][-1]
    assert (said["from"], said["author"], said["text"]) == ("desk", "Ana Silva", "Good morning")


async def test_who_only_looks_leaves_no_row(window):
    visitor = await window()
    await visitor.arrive()

    assert await in_database(Visitor.objects.count) == 0


async def test_r_16_the_same_message_sent_again_is_answered_with_the_first_result(window):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("Only once", name="the-same-name")
    first = await visitor.hear("accepted")
    await visitor.leave()

    again = await window(visitor.token)
    await again.arrive()
    await again.say("Only once", name="the-same-name")
    second = await again.hear("accepted")

    assert second["messages"] == first["messages"]
    assert await in_database(Message.objects.filter(direction="in").count) == 1


async def test_r_16_fifty_cut_connections_between_commit_and_answer_double_nothing(window):
    visitor = await window()
    for number in range(50):
        again = await window(visitor.token)
        await again.arrive()
        await again.say(f"word {number}", name=f"message-{number:04}")
        if number % 2:
            await again.leave()  # without waiting for the answer
            again = await window(visitor.token)
            await again.arrive()
            await again.say(f"word {number}", name=f"message-{number:04}")
        await again.hear("accepted")
        await again.leave()

    texts = await in_database(lambda: list(Message.objects.filter(direction="in").values_list("text", flat=True)))
    assert texts == [f"word {number}" for number in range(50)]


async def test_r_17_a_window_that_was_away_gets_everything_after_its_number_once_and_in_order(window):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("Hello")
    accepted = await visitor.hear("accepted")
    await visitor.leave()
    for number in range(250):
        await in_database(answer, f"answer {number}")

    again = await window(visitor.token)
    again.conversation, again.after = accepted["conversation"], 1
    heard = await again.arrive()
    got = list(heard["messages"])
    assert await in_database(lambda: Message.objects.filter(direction="out").count()) >= 250
    while heard["more"]:
        await again.socket.send_json_to({"t": "got", "sequence": got[-1]["sequence"]})
        heard = await again.hear("messages")
        got += heard["messages"]

    numbers = [message["sequence"] for message in got]
    assert numbers == list(range(2, 2 + len(numbers)))
    assert [m["text"] for m in got if not m["automatic"]] == [f"answer {number}" for number in range(250)]


async def test_r_17_numbers_have_no_gap_and_notes_have_none(window):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("Hello")
    await visitor.hear("accepted")
    ticket = await in_database(Ticket.objects.get)
    author = await in_database(user_in, await in_database(lambda: ticket.office))
    await in_database(tickets.add_note, ticket, author=author, text="secret-canary")
    await in_database(answer, "Public")

    heard = []
    while not heard or heard[-1]["text"] != "Public":
        heard += (await visitor.hear("messages"))["messages"]

    stored = await in_database(lambda: list(ThreadMessage.objects.values_list("sequence", flat=True)))
    assert stored == list(range(1, len(stored) + 1))
    assert "secret-canary" not in json.dumps(heard)


async def test_r_17_a_lost_bell_is_made_good_from_the_database(window, monkeypatch):
    monkeypatch.setattr(consumers, "LOOK_ANYWAY_EVERY", 0.2)
    visitor = await window()
    await visitor.arrive()
    await visitor.say("Hello")
    await visitor.hear("accepted")

    async def deaf(group, message):
        return None

    monkeypatch.setattr(get_channel_layer(), "group_send", deaf)
    await in_database(answer, "Nobody rang")

    heard = []
    while not any(m["text"] == "Nobody rang" for m in heard):
        heard += (await visitor.hear("messages"))["messages"]


async def test_r_18_a_message_committed_between_listening_and_reading_arrives_once(window, monkeypatch):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("Hello")
    accepted = await visitor.hear("accepted")
    await visitor.leave()

    again = await window(visitor.token)
    again.conversation, again.after = accepted["conversation"], 1
    read, moments = consumers.VisitorConsumer._load, []

    def read_late(self, *args):
        if not moments:
            moments.append(answer("before the reading"))
            loaded = read(self, *args)
            moments.append(answer("after the reading"))
            return loaded
        return read(self, *args)

    monkeypatch.setattr(consumers.VisitorConsumer, "_load", read_late)
    heard = list((await again.arrive())["messages"])
    while not any(m["text"] == "after the reading" for m in heard):
        heard += (await again.hear("messages"))["messages"]

    numbers = [message["sequence"] for message in heard]
    assert numbers == sorted(set(numbers))
    assert [m["text"] for m in heard if not m["automatic"]] == ["before the reading", "after the reading"]


async def test_r_05_twenty_first_messages_at_once_are_one_person_and_one_ticket(window):
    token = tokens.mint((await window()).chat.key)
    windows = [await window(token) for _ in range(5)]
    for one in windows:
        await one.arrive()
    for number in range(20):
        await windows[number % 5].say(f"word {number}", name=f"message-{number:04}")
    for one in windows:
        for _ in range(4):
            await one.hear("accepted", timeout=20)

    ticket = await in_database(Ticket.objects.get)
    assert await in_database(Visitor.objects.count) == 1
    assert await in_database(ticket.messages.filter(direction="in").count) == 20


async def test_two_windows_of_one_browser_show_the_same(window):
    one = await window()
    other = await window(one.token)
    await one.arrive()
    await other.arrive()
    await one.say("From the first")
    await one.hear("accepted")

    heard = await other.hear("messages")
    assert heard["messages"][0]["text"] == "From the first"


async def test_how_far_the_visitor_has_read_is_kept_and_never_goes_back(window):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("Hello")
    await visitor.hear("accepted")
    for sequence in (1, 0, 99999):
        await visitor.socket.send_json_to({"t": "read", "sequence": sequence})
    await visitor.hello(conversation=visitor.conversation, after=1)

    thread = await in_database(lambda: ThreadMessage.objects.select_related("thread").first().thread)
    assert 1 <= thread.read_sequence <= thread.last_sequence


async def test_an_agent_who_is_writing_is_named(window):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("Hello")
    await visitor.hear("accepted")
    thread = await in_database(lambda: ThreadMessage.objects.first().thread_id)
    topic = f"visitor.{thread}"
    await get_channel_layer().group_send(topic, {"type": "agent.typing", "topic": topic, "name": "Ana"})

    assert await visitor.hear("typing") == {"t": "typing", "on": True, "name": "Ana"}


async def test_a_visitor_who_is_writing_is_shown_at_the_desk_as_a_colleague_would_be(window):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("Hello", name="message-0001")
    await visitor.hear("accepted")
    ticket = await in_database(Ticket.objects.get)
    layer = get_channel_layer()
    await layer.group_add(f"ticket.{ticket.pk}", "desk")
    await visitor.socket.send_json_to({"t": "typing"})

    heard = await layer.receive("desk")
    while heard["t"] != "here":
        heard = await layer.receive("desk")
    assert (heard["mode"], heard["ticket"], heard["office"]) == ("write", ticket.public_id, ticket.office_id)
    assert heard["name"]


async def test_a_solved_ticket_is_said_and_writing_again_takes_it_up(window):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("Hello")
    await visitor.hear("accepted")
    ticket = await in_database(Ticket.objects.get)
    await in_database(tickets.change_status, ticket, to="solved", actor=None)
    while (await visitor.hear("desk"))["state"] != "ended":
        pass
    await visitor.say("One more thing", name="message-0002")
    await visitor.hear("accepted")

    assert (await in_database(Ticket.objects.get)).status == "open"


async def test_a_refused_message_says_why(window):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("   ")
    refused = await visitor.hear("refused")

    assert (refused["id"], refused["code"]) == ("message-0001", "empty")


@pytest.mark.parametrize("wrong", [{"text": "x" * 10_001}, {"email": "no address"}, {"name": "x" * 500}])
async def test_a_message_that_cannot_be_read_is_refused_by_its_name_and_does_not_stand_in_the_way(window, wrong):
    visitor = await window()
    await visitor.arrive()
    for number in range(5):
        words = {"t": "say", "id": f"message-{number:04}", "text": "Hello", **wrong}
        await visitor.socket.send_json_to(words)
        assert (await visitor.hear("refused"))["id"] == f"message-{number:04}"
    await visitor.say("Readable")
    await visitor.hear("accepted")


async def test_nothing_is_accepted_that_is_not_stored(window, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("disk full")

    visitor = await window()
    await visitor.arrive()
    monkeypatch.setattr("apps.omnichannel.services.receive", broken)
    await visitor.say("Hello")
    refused = await visitor.hear("refused")

    assert refused["retry_after"] > 0
    assert "disk" not in json.dumps(refused)
    await asyncio.sleep(0)


async def test_half_a_character_is_stored_as_a_sign_and_holds_nothing_up(window):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("\ud83d corte\x00", name="surrogate1")
    accepted = await visitor.hear("accepted")
    await visitor.say("And now this", name="what-follows")

    assert accepted["messages"][0]["text"] == "\ufffd corte"
    assert (await visitor.hear("accepted"))["id"] == "what-follows"


async def test_a_text_that_is_too_long_is_refused_with_what_to_do(window):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("x" * 10_001, name="a-long-text")

    refused = await visitor.hear("refused")
    assert (refused["id"], refused["code"]) == ("a-long-text", "too_long")
    assert "Shorten it" in refused["text"]
