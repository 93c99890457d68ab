"""What strangers try at the socket."""

import json

import pytest
from channels.db import database_sync_to_async

from apps.omnichannel.models import Thread
from apps.omnichannel.webchat import consumers, guarded, tokens
from apps.omnichannel.webchat.models import Visitor
from apps.tickets.models import Message, Ticket
from tests.omnichannel.webchat.conftest import new_chat

pytestmark = pytest.mark.django_db(transaction=True)

FOREIGN_ORIGINS = [
    b"http://evil.example",
    b"https://testserver",
    b"http://testserver:81",
    b"http://testserver.evil.example",
    b"http://evil.example#http://testserver",
    b"http://eviltestserver",
    b"http://testserver@evil.example",
    b"https://www.olmo.example",
    b"null",
    b"",
    b"file://",
    b"http://testserver/path",
]


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
async def test_s_47_a_handshake_from_a_foreign_origin_is_refused(window, origin):
    visitor = await window(origin=(b"origin", origin))

    assert not await visitor.open()


async def test_s_47_a_handshake_without_origin_is_refused(window):
    assert not await (await window(origin=None)).open()


async def test_an_unknown_or_closed_channel_is_refused(window, chat):
    visitor = await window()
    chat.is_active = False
    await database_sync_to_async(chat.save)()

    assert not await visitor.open()


MALFORMED = [
    " ",
    "{",
    "[]",
    "null",
    '"hello"',
    "{}",
    '{"t": null}',
    '{"t": "drop"}',
    '{"t": "__init__"}',
    '{"t": "websocket.disconnect"}',
    '{"t": "disconnect"}',
    '{"t": "say"}',
    '{"t": "say", "id": "short"}',
    '{"t": "read"}',
    '{"t": "read", "sequence": -1}',
    '{"t": "read", "sequence": true}',
    '{"t": "read", "sequence": 1e99}',
    '{"t": "got", "sequence": "1; drop table"}',
    "[" * 5000,
]


@pytest.mark.parametrize("text", MALFORMED)
async def test_s_48_what_cannot_be_understood_gets_one_fixed_answer(window, text):
    visitor = await window()
    await visitor.arrive()
    await visitor.socket.send_to(text_data=text)

    assert json.loads(await visitor.socket.receive_from(5)) == {"t": "error", "code": "unreadable"}


async def test_s_48_the_third_malformed_message_closes_the_socket(window):
    visitor = await window()
    await visitor.arrive()
    for _ in range(3):
        await visitor.socket.send_to(text_data="nonsense")
        assert await visitor.socket.receive_from(5) == guarded.UNREADABLE

    assert (await visitor.socket.receive_output(5))["code"] == guarded.NO_SENSE


async def test_s_48_nothing_but_hello_is_understood_before_hello(window):
    visitor = await window()
    await visitor.open()
    await visitor.say("too early")

    assert (await visitor.hear())["t"] == "error"
    assert await database_sync_to_async(Message.objects.count)() == 0


async def test_s_48_a_channel_switched_off_delivers_nothing_more(window, chat, monkeypatch):
    monkeypatch.setattr(consumers, "LOOK_ANYWAY_EVERY", 0.1)
    visitor = await window()
    await visitor.arrive()
    await visitor.say("Hello")
    await visitor.hear("accepted")
    chat.is_active = False
    await database_sync_to_async(chat.save)()

    while (heard := await visitor.socket.receive_output(5))["type"] != "websocket.close":
        pass
    assert heard["code"] == consumers.NOT_HERE


async def test_s_49_a_message_over_64_kib_closes_the_socket(window):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("ñ" * 33_000)

    assert (await visitor.socket.receive_output(5))["code"] == guarded.TOO_LARGE
    assert await database_sync_to_async(Message.objects.count)() == 0


async def test_s_49_a_burst_of_twenty_is_taken_and_the_next_one_asked_to_wait(window):
    visitor = await window()
    await visitor.arrive()
    for number in range(30):
        await visitor.socket.send_json_to(
            {"t": "typing"} if number < 22 else {"t": "say", "id": f"m-{number:08}", "text": "x"}
        )

    refused = await visitor.hear("refused")
    assert (refused["code"], refused["retry_after"]) == ("too_fast", 2)


async def test_s_49_a_flood_is_cut_off(window):
    visitor = await window()
    await visitor.arrive()
    for _ in range(150):
        await visitor.socket.send_json_to({"t": "typing"})

    assert (await visitor.socket.receive_output(5))["code"] == guarded.TOO_MANY


async def test_s_49_a_browser_has_at_most_five_sockets(window):
    token = tokens.mint((await window()).chat.key)
    for _ in range(5):
        await (await window(token)).arrive()
    sixth = await window(token)
    await sixth.open()
    await sixth.socket.send_json_to({"t": "hello", "after": 0})

    assert (await sixth.socket.receive_output(5))["code"] == guarded.TOO_MANY


async def test_s_49_a_socket_that_leaves_makes_room(window):
    token = tokens.mint((await window()).chat.key)
    for _ in range(7):
        one = await window(token)
        await one.arrive()
        await one.leave()

    assert consumers.sockets_of_visitor[tokens.crypto.digest(token)] == 0


async def test_s_49_an_address_holds_at_most_twenty_strangers(window):
    for _ in range(20):
        assert await (await window()).open()

    assert not await (await window()).open()
    assert await (await window(address="192.0.2.2")).open()


async def test_s_49_who_has_written_is_no_stranger(window, settings):
    settings.ACUDO_CHAT_SOCKETS_PER_ADDRESS = 1
    first = await window()
    await first.arrive()
    await first.say("Hello")
    await first.hear("accepted")

    assert await (await window()).open()


async def test_s_49_a_silent_socket_is_closed(window, monkeypatch):
    monkeypatch.setattr(consumers, "HELLO_WITHIN", 0.1)
    visitor = await window()
    await visitor.open()

    assert (await visitor.socket.receive_output(5))["code"] == consumers.NO_HELLO


async def test_s_49_a_slow_reader_is_sent_no_more_than_it_has_taken(window, monkeypatch):
    monkeypatch.setattr(consumers, "PAGE", 1)
    visitor = await window()
    await visitor.arrive()
    await visitor.say("Hello")
    await visitor.hear("accepted")
    thread = await database_sync_to_async(Thread.objects.get)()
    reads = []
    monkeypatch.setattr(consumers.VisitorConsumer, "_load", lambda self, *args: reads.append(args))
    await consumers._ring(f"visitor.{thread.pk}", {"type": "thread.grew"})

    assert await visitor.socket.receive_nothing(0.3)
    assert reads == []


async def test_s_50_one_browser_never_sees_the_conversation_of_another(window):
    ana, eva = await window(), await window()
    await ana.arrive()
    await ana.say("ana-canary")
    accepted = await ana.hear("accepted")
    eva.conversation = accepted["conversation"]
    welcome = await eva.arrive()
    await eva.say("eva-canary", name="message-0009")
    await eva.hear("accepted")

    assert welcome["messages"] == []
    assert await database_sync_to_async(Ticket.objects.count)() == 2
    assert await database_sync_to_async(Visitor.objects.count)() == 2


@pytest.mark.parametrize("token", ["none", "short", "x" * 43, "a" * 43 + "." + "b" * 26, "…" * 70, "a.b.c"])
async def test_s_50_a_token_we_did_not_make_is_no_token(window, token):
    visitor = await window(token)
    await visitor.open()
    welcome = await visitor.hello(token=token)

    assert tokens.is_genuine(visitor.chat.key, welcome["token"])
    assert welcome["token"] != token


async def test_s_50_a_token_of_one_chat_opens_nothing_at_another(window):
    ana = await window()
    await ana.arrive()
    await ana.say("Hello")
    await ana.hear("accepted")
    other = await database_sync_to_async(new_chat)()
    there = await window(ana.token, on=other)
    await there.open()
    welcome = await there.hello(token=ana.token)

    assert welcome["messages"] == []
    assert welcome["token"] not in (None, ana.token)


async def test_s_50_a_browser_without_cookies_keeps_its_conversation_by_the_token_it_was_given(window):
    visitor = await window("none")
    token = (await visitor.arrive())["token"]
    await visitor.say("Hello")
    await visitor.hear("accepted")
    await visitor.leave()

    again = await window("none")
    await again.open()
    welcome = await again.hello(token=token)
    assert [m["text"] for m in welcome["messages"] if m["from"] == "me"] == ["Hello"]
    assert welcome["token"] is None


async def test_s_50_what_is_stored_of_a_token_cannot_be_used(window):
    visitor = await window()
    await visitor.arrive()
    await visitor.say("Hello")
    await visitor.hear("accepted")

    row = await database_sync_to_async(Visitor.objects.get)()
    assert visitor.token not in (row.token_digest, row.public_id)
    assert len(visitor.token.partition(".")[0]) == 43


async def test_s_50_a_claimed_address_leads_to_nobodys_record(window):
    from tests.factories.people import PersonFactory

    def setup(office):
        return PersonFactory(body=office.body, full_name="Ana Silva", email="ana@olmo.example")

    visitor = await window()
    known = await database_sync_to_async(setup)(visitor.chat.office)
    await visitor.arrive()
    await visitor.say("I am Ana", name="message-0001", email="ana@olmo.example")
    await visitor.hear("accepted")
    await visitor.say("My name", name="message-0002")
    await visitor.hear("accepted")

    ticket = await database_sync_to_async(Ticket.objects.select_related("requester").get)()
    assert ticket.requester_id != known.pk
    assert await database_sync_to_async(ticket.requester.handle)("email") == ""
    assert await database_sync_to_async(known.tickets.count)() == 0
    assert await database_sync_to_async(known.identities.count)() == 1


async def test_s_29_no_byte_of_a_note_reaches_the_visitor(window):
    from apps.tickets import services as tickets
    from tests.factories.accounts import user_in

    def note():
        ticket = Ticket.objects.select_related("office").get()
        tickets.add_note(ticket, author=user_in(ticket.office, full_name="Note Canary"), text="note-canary")

    visitor = await window()
    await visitor.arrive()
    await visitor.say("Hello")
    await visitor.hear("accepted")
    before = await visitor.hello(conversation=visitor.conversation, after=0)
    await database_sync_to_async(note)()
    after = await visitor.hello(conversation=visitor.conversation, after=0)

    assert after == before
