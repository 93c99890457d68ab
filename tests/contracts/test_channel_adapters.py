"""Promises every channel keeps, run over all that are registered, and over the fake that other tests lean on."""

import dataclasses
import inspect

import pytest

from apps.omnichannel import registry, services
from apps.omnichannel.models import Envelope
from apps.omnichannel.ports import (
    ChannelAdapter,
    ChannelFacts,
    DeliveryFailed,
    Forged,
    InboundMessage,
    OutboundMessage,
    RawInput,
    Receipt,
    Unreadable,
)
from apps.tickets.models import Message
from tests.factories.omnichannel import ChannelFactory
from tests.fakes import FakeAdapter

KINDS = [*sorted(registry._adapters), "fake"]
FACTS = ChannelFacts(
    id=1, kind="", key="c_1", slug="door", name="Door", address="desk@olmo.example", language="es", office_name="Olmo"
)
NOISE = [b"", b"\x00\xff\xfe", b"{", b"{}", b'{"type": "something new"}', b"From: \r\n\r\n", "ñ".encode("utf-16")]


@pytest.fixture(autouse=True)
def with_the_fake(monkeypatch):
    monkeypatch.setitem(registry._adapters, "fake", FakeAdapter)
    monkeypatch.setattr(FakeAdapter, "sent", [])


def adapter(kind):
    return registry.adapter_class(kind)(dataclasses.replace(FACTS, kind=kind))


@pytest.mark.parametrize("kind", KINDS)
def test_it_speaks_the_port(kind):
    assert isinstance(adapter(kind), ChannelAdapter)
    for name in ("verify", "parse", "send", "name_thread", "name_message"):
        ours = inspect.signature(getattr(registry.adapter_class(kind), name))
        assert list(ours.parameters) == list(inspect.signature(getattr(ChannelAdapter, name)).parameters), name


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("noise", NOISE)
def test_s_53_a_call_that_proves_nothing_is_refused(kind, noise):
    """Without a secret nothing is genuine. The fake has a word of its own for it."""
    with pytest.raises(Forged):
        adapter(kind).verify(RawInput(noise + (b"forged" if kind == "fake" else b""), "webhook"))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "fake"])
@pytest.mark.parametrize("noise", NOISE)
def test_noise_is_a_message_or_unreadable_and_never_a_surprise(kind, noise):
    try:
        found = list(adapter(kind).parse(RawInput(noise, "smtp")))
    except Unreadable as error:
        assert str(error)
    else:
        assert all(isinstance(message, InboundMessage) for message in found)


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_fixed_and_differ(kind):
    """The same message bears the same name each time it is asked; two messages never share one (R-11)."""
    door = adapter(kind)
    key = door.name_thread(7, 9)
    assert door.name_message(key, "a" * 22) == door.name_message(key, "a" * 22)
    assert door.name_message(key, "a" * 22) != door.name_message(key, "b" * 22)
    assert len(key) <= 200 and len(door.name_message(key, "a" * 22)) <= 250


@pytest.mark.parametrize("kind", KINDS)
def test_send_gives_a_receipt_or_says_why_not(kind):
    door = adapter(kind)
    message = OutboundMessage(
        external_id=door.name_message(door.name_thread(7, 9), "a" * 22),
        thread_key=door.name_thread(7, 9),
        recipient="ana@correo.olmo.example",
        recipient_name="Ana",
        subject="Hours",
        reference="2026-000007",
        text="At eight.",
        html="",
        language="es",
        author_name="Luis",
        is_automatic=False,
    )
    try:
        assert isinstance(door.send(message), Receipt)
    except DeliveryFailed as error:
        assert error.kind in DeliveryFailed.KINDS
        assert error.reason


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_r_04_the_same_envelope_twice_is_one(kind):
    channel = ChannelFactory(kind=kind)
    raw = RawInput(b"From: ana@correo.olmo.example\r\nSubject: hi\r\n\r\nana: hello", "command")
    for _ in range(3):
        envelope = services.store(channel, raw)
        services.process(envelope.pk)
    assert Envelope.objects.count() == 1
    assert Message.objects.from_person().count() <= 1
    channel.refresh_from_db()
    assert channel.received_count == 1


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "fake"])
def test_every_channel_has_a_form_and_a_page(kind):
    from pathlib import Path

    assert registry.form_class(kind)
    assert (Path(__file__).resolve().parents[2] / "docs" / "channels" / f"{kind}.md").exists()
