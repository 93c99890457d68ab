"""The agent's socket: what it says, to whom, and what it does not put up with."""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser

from apps.accounts import services as accounts
from apps.accounts.models import Membership
from apps.inbox import consumers
from apps.inbox.consumers import DeskConsumer
from apps.omnichannel.models import Thread
from apps.tickets import services
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.omnichannel import ChannelFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db(transaction=True)
do = sync_to_async


async def socket_of(user):
    socket = WebsocketCommunicator(DeskConsumer.as_asgi(), "/ws/desk/")
    socket.scope["user"] = user
    await socket.connect(timeout=20)
    return socket


async def ready(user):
    socket = await socket_of(user)
    assert json.loads(await socket.receive_from())["t"] == "ready"
    return socket


async def heard(socket, seconds=0.4):
    frames = []
    try:
        while True:
            frames.append(json.loads(await socket.receive_from(timeout=seconds)))
    except TimeoutError:
        return frames


def house():
    office = OfficeFactory()
    return user_in(office, full_name="Ana Prieto"), user_in(office, full_name="Luis Sosa"), TicketFactory(office=office)


async def test_lists_hear_that_a_ticket_changed_and_nothing_of_what_it_says():
    ana, luis, ticket = await do(house)()
    socket = await ready(ana)

    await do(services.add_note)(ticket, author=luis, text="secret words")

    frames = await heard(socket)
    assert [f["t"] for f in frames] == ["list.changed"]
    assert frames[0]["id"] == ticket.pk
    assert "secret" not in json.dumps(frames)


async def test_who_looks_at_a_ticket_hears_of_it_and_who_else_is_there():
    ana, luis, ticket = await do(house)()
    hers, his = await ready(ana), await ready(luis)
    for socket in (hers, his):
        await socket.send_to(json.dumps({"t": "watch", "ticket": ticket.public_id}))
    await asyncio.sleep(0.2)

    await his.send_to(json.dumps({"t": "here", "ticket": ticket.public_id, "mode": "view"}))

    frames = await heard(hers)
    assert [(f["t"], f["name"], f["mode"]) for f in frames] == [("here", "Luis", "view")]


async def test_s_29_the_person_sees_that_an_answer_is_written_and_of_a_note_nothing():
    _ana, luis, ticket = await do(house)()
    channel = await do(ChannelFactory)(office=ticket.office)
    thread = await do(Thread.objects.create)(channel=channel, key="k", ticket=ticket, person=ticket.requester)
    his, layer = await ready(luis), get_channel_layer()
    window = await layer.new_channel()
    await layer.group_add(f"visitor.{thread.pk}", window)
    await his.send_to(json.dumps({"t": "watch", "ticket": ticket.public_id}))
    await his.send_to(json.dumps({"t": "here", "ticket": ticket.public_id, "mode": "write"}))
    await his.send_to(json.dumps({"t": "here", "ticket": ticket.public_id, "mode": "write", "to": "person"}))
    await heard(his)

    said = await asyncio.wait_for(layer.receive(window), 2)
    assert (said["type"], said["name"]) == ("agent.typing", "Luis")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(layer.receive(window), 0.2)


async def test_s_48_a_ticket_of_another_body_is_not_watched_and_not_betrayed():
    _ana, luis, ticket = await do(house)()
    otto, _other, _theirs = await do(house)()
    socket = await ready(otto)

    await socket.send_to(json.dumps({"t": "watch", "ticket": ticket.public_id}))
    await socket.send_to(json.dumps({"t": "here", "ticket": ticket.public_id, "mode": "write"}))
    await do(services.add_note)(ticket, author=luis, text="among us")

    assert await heard(socket) == []


async def test_s_48_who_loses_their_rights_hears_nothing_more(monkeypatch):
    monkeypatch.setattr(consumers, "RIGHTS_FOR", 0.0)
    ana, luis, ticket = await do(house)()
    socket = await ready(ana)
    await do(Membership.objects.filter(user=ana).delete)()

    await do(services.add_note)(ticket, author=luis, text="among us")

    assert await heard(socket) == []


async def test_s_48_who_may_no_longer_sign_in_is_put_out(monkeypatch):
    monkeypatch.setattr(consumers, "RIGHTS_FOR", 0.0)
    ana, luis, ticket = await do(house)()
    socket = await ready(ana)
    ana.is_active = False
    await do(ana.save)()

    await do(services.add_note)(ticket, author=luis, text="among us")

    assert (await socket.receive_output())["code"] == consumers.SIGNED_OUT


async def test_nobody_signed_in_is_told_so_and_closed():
    socket = await socket_of(AnonymousUser())

    assert (await socket.receive_output())["code"] == consumers.SIGNED_OUT


TOO_LONG = '{"t":"watch","ticket":"' + "x" * 70_000 + '"}'
NONSENSE = [
    " ",
    "{",
    "[]",
    '{"t": 1}',
    '{"t": "office.1"}',
    '{"t": "watch"}',
    '{"t": "ticket.changed"}',
    "[" * 5000,
    TOO_LONG,
]


@pytest.mark.parametrize("text", NONSENSE, ids=range(len(NONSENSE)))
async def test_s_48_a_malformed_message_gets_one_fixed_error_and_the_third_closes(text):
    ana, _luis, _ticket = await do(house)()
    socket = await ready(ana)
    for _ in range(3):
        await socket.send_to(text)
        assert json.loads(await socket.receive_from()) == {"t": "error"}

    assert (await socket.receive_output())["code"] == consumers.MISTAKEN


async def test_s_49_a_flood_is_cut_off():
    ana, _luis, _ticket = await do(house)()
    socket = await ready(ana)
    for _ in range(consumers.BURST + 5):
        await socket.send_to('{"t": "ping"}')

    assert (await socket.receive_output())["code"] == consumers.TOO_FAST


async def test_s_40_a_changed_password_closes_open_sockets():
    ana, luis, _ticket = await do(house)()
    hers, his = await ready(ana), await ready(luis)

    await do(accounts.set_password)(ana, password="nueve perros duermen")

    assert (await hers.receive_output(timeout=2))["code"] == consumers.COME_AGAIN
    assert await his.receive_nothing(timeout=0.3)
