"""The raw bytes are kept, understood, numbered and answered; each exactly once."""

import dataclasses
import hashlib

import pytest

from apps.notifications.models import Notice
from apps.omnichannel import services
from apps.omnichannel.models import Delivery, Envelope
from apps.omnichannel.ports import DeliveryFailed, InboundAttachment, RawInput
from apps.omnichannel.services import fetching
from apps.tickets import services as tickets
from apps.tickets.models import Message, Ticket
from tests.factories.accounts import user_in
from tests.factories.omnichannel import ChannelFactory

pytestmark = pytest.mark.django_db


def arrive(channel, text):
    envelope = services.store(channel, RawInput(text.encode(), "webhook"))
    services.process(envelope.pk)
    envelope.refresh_from_db()
    return envelope


def test_a_message_becomes_a_ticket_and_is_acknowledged(channel, fake_kind):
    envelope = arrive(channel, "ana: When do you open?")
    ticket = Ticket.objects.get()
    assert envelope.state == "processed"
    assert (ticket.subject, ticket.requester.full_name, ticket.via) == ("When do you open?", "Ana", "fake")
    assert [(m.direction, m.is_automatic) for m in ticket.messages.all()] == [("in", False), ("out", True)]
    assert ticket.status == "new"


def test_r_04_the_same_input_twice_is_one_row_and_one_message(channel):
    first = arrive(channel, "ana: Hello")
    again = arrive(channel, "ana: Hello")
    assert first.pk == again.pk
    assert Message.objects.from_person().count() == 1


def test_r_04_processing_twice_changes_nothing(channel):
    envelope = arrive(channel, "ana: Hello")
    Envelope.objects.update(next_at=envelope.received_at)
    services.process(envelope.pk)
    assert Ticket.objects.count() == 1


def test_r_04_who_reads_the_same_at_once_and_comes_second_undoes_all_of_it(channel, monkeypatch):
    envelope = services.store(channel, RawInput(b"ana: Hello", "webhook"))

    def overtaken(inbound):
        Envelope.objects.filter(pk=envelope.pk).update(state="processed", next_at=None, reason="by another")
        return []

    monkeypatch.setattr(fetching, "keep_files", overtaken)
    services.process(envelope.pk)
    envelope.refresh_from_db()
    assert (envelope.state, envelope.reason, envelope.attempts) == ("processed", "by another", 1)
    assert not Ticket.objects.exists()
    assert not Delivery.objects.exists()


def test_r_02_what_a_broken_parser_left_is_read_after_the_mending(channel, fake_kind, monkeypatch):
    good = fake_kind.parse
    monkeypatch.setattr(fake_kind, "parse", lambda self, raw: 1 / 0)
    bodies = [f"ana: question {n} \u00f1".encode() for n in range(20)]
    kept = [services.store(channel, RawInput(body, "webhook")) for body in bodies]
    for envelope in kept:
        for _ in range(3):
            Envelope.objects.update(next_at=envelope.received_at)
            services.process(envelope.pk)
    waiting = Envelope.objects.filter(state="quarantined").order_by("pk")
    assert [bytes(row.raw) for row in waiting] == bodies
    assert [row.digest for row in waiting] == [hashlib.sha256(body).hexdigest() for body in bodies]

    monkeypatch.setattr(fake_kind, "parse", good)
    for envelope in waiting:
        services.process_again(envelope)
        services.process(envelope.pk)
    texts = Message.objects.from_person().order_by("pk").values_list("text", flat=True)
    assert list(texts) == [f"question {n} \u00f1" for n in range(20)]
    assert [bytes(row.raw) for row in Envelope.objects.order_by("pk")] == bodies


def test_r_03_to_receive_is_to_store_nothing_is_read_before_the_answer(channel, fake_kind, client, monkeypatch):
    monkeypatch.setattr(fake_kind, "parse", lambda self, raw: pytest.fail("read in the receiving path"))
    response = client.post(f"/hooks/{channel.key}/", b"ana: Hello", content_type="text/plain")
    assert response.status_code == 200
    assert Envelope.objects.get().state == "waiting"
    assert not Ticket.objects.exists()


def test_r_07_poison_is_set_aside_after_three_tries_and_can_be_processed_again(channel, fake_kind, monkeypatch):
    envelope = services.store(channel, RawInput(b"ana: boom", "webhook"))
    for _ in range(3):
        Envelope.objects.update(next_at=envelope.received_at)
        services.process(envelope.pk)
    envelope.refresh_from_db()
    assert (envelope.state, envelope.attempts) == ("quarantined", 3)
    assert "boom" in envelope.reason
    assert bytes(envelope.raw) == b"ana: boom"

    arrive(channel, "eva: behind it")
    assert Ticket.objects.get().requester.full_name == "Eva"

    good = fake_kind.parse
    monkeypatch.setattr(fake_kind, "parse", lambda self, raw: good(self, RawInput(b"ana: mended", "webhook")))
    services.process_again(envelope)
    services.process(envelope.pk)
    assert Ticket.objects.filter(subject="mended").exists()


def test_r_07_a_message_that_kills_its_worker_is_set_aside_by_the_fourth_who_looks(channel):
    envelope = services.store(channel, RawInput(b"ana: hello", "webhook"))
    Envelope.objects.update(attempts=3)
    services.process(envelope.pk)
    envelope.refresh_from_db()
    assert envelope.state == "quarantined"


def test_the_unreadable_is_set_aside_at_once_with_its_reason(channel):
    envelope = arrive(channel, "gibberish")
    assert (envelope.state, envelope.reason, envelope.attempts) == ("quarantined", "not to be understood", 1)


def test_s_07_a_stranger_with_a_key_opens_a_ticket_of_their_own(channel):
    arrive(channel, "ana: Hello")
    ticket = Ticket.objects.get()
    key = ticket.threads.get().key
    arrive(channel, f"{key}@eva: your code is 123456")
    ticket.refresh_from_db()
    other = Ticket.objects.exclude(pk=ticket.pk).get()
    assert ticket.messages.from_person().count() == 1
    assert (other.linked_to, other.link_reason) == (ticket, "unverified")


def test_the_answer_leaves_through_the_door_the_person_used(channel, fake_kind, django_capture_on_commit_callbacks):
    arrive(channel, "ana: Hello")
    ticket = Ticket.objects.get()
    ana = user_in(channel.office)
    tickets.reply(ticket, author=ana, text="At eight.")
    for delivery in Delivery.objects.all():
        services.deliver(delivery.pk)
    assert [m.text for m in fake_kind.sent][-1] == "At eight."
    assert fake_kind.sent[-1].recipient == "ana"
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    entries = ticket.threads.get().entries.values_list("sequence", flat=True)
    assert list(entries) == [1, 2, 3]


def test_r_10_nothing_is_owed_when_the_change_is_rolled_back(channel):
    from django.db import transaction

    arrive(channel, "ana: Hello")
    ticket = Ticket.objects.get()
    owed = Delivery.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        tickets.reply(ticket, author=user_in(channel.office), text="At eight.")
        raise RuntimeError
    assert Delivery.objects.count() == owed


def test_r_11_a_crash_in_the_unknowable_moment_costs_one_repeat_and_no_third(channel, fake_kind):
    arrive(channel, "ana: Hello")
    delivery = Delivery.objects.get()
    fake_kind.fail_with = [DeliveryFailed("temporary", "cut", is_outcome_unknown=True)] * 5
    for _ in range(4):
        Delivery.objects.update(next_at=delivery.created_at)
        services.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == "uncertain"
    assert delivery.tries.count() == 2


def test_a_refusal_for_good_is_dead_and_on_record(channel, fake_kind):
    arrive(channel, "ana: Hello")
    ticket = Ticket.objects.get()
    Delivery.objects.all().delete()
    tickets.reply(ticket, author=user_in(channel.office), text="At eight.")
    fake_kind.fail_with = [DeliveryFailed("recipient_unavailable", "no such mailbox")]
    delivery = Delivery.objects.get()
    services.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_text) == ("dead", "no such mailbox")
    assert ticket.requester.identities.get().unreachable_reason == "no such mailbox"
    told = Notice.objects.get()
    assert (told.user, told.kind, told.wants_mail) == (delivery.message.author_user, "undelivered", True)
    assert told.url.endswith(f"/{ticket.public_id}/")


def test_r_14_a_later_answer_does_not_overtake(channel, fake_kind):
    arrive(channel, "ana: Hello")
    ticket, agent = Ticket.objects.get(), user_in(channel.office)
    Delivery.objects.all().delete()
    tickets.reply(ticket, author=agent, text="first")
    tickets.reply(ticket, author=agent, text="second")
    first, second = Delivery.objects.all()
    services.deliver(second.pk)
    assert fake_kind.sent == []
    services.deliver(first.pk)
    Delivery.objects.filter(pk=second.pk).update(next_at=second.created_at)
    services.deliver(second.pk)
    assert [m.text for m in fake_kind.sent] == ["first", "second"]


def test_who_writes_long_after_the_end_gets_a_new_ticket_linked_to_the_old(channel, settings):
    arrive(channel, "ana: Hello")
    old = Ticket.objects.get()
    key = old.threads.get().key
    tickets.change_status(old, to="solved", actor=None)
    arrive(channel, f"{key}@ana: still there?")
    old.refresh_from_db()
    assert old.status == "open"

    tickets.change_status(old, to="solved", actor=None)
    tickets.change_status(old, to="closed", actor=None)
    arrive(channel, f"{key}@ana: me again")
    new = Ticket.objects.exclude(pk=old.pk).get()
    assert (new.linked_to, new.link_reason) == (old, "earlier")


def test_a_key_that_comes_to_another_door_of_the_body_goes_on_with_its_ticket(channel):
    arrive(channel, "ana: Hello")
    ticket = Ticket.objects.get()
    key = ticket.threads.get().key
    other = ChannelFactory(office=channel.office)
    arrive(other, f"{key}@ana: and one thing more")
    assert Ticket.objects.count() == 1
    assert ticket.messages.from_person().count() == 2

    foreign = ChannelFactory()
    arrive(foreign, f"{key}@ana: at another body")
    assert Ticket.objects.exclude(pk=ticket.pk).get().office == foreign.office


def test_a_message_that_breaks_a_rule_is_set_aside_at_once(channel, fake_kind, monkeypatch, settings):
    settings.ACUDO_MAX_FILES = 1
    good = fake_kind.parse
    files = (InboundAttachment("a.txt", b"a"), InboundAttachment("b.txt", b"b"))
    monkeypatch.setattr(
        fake_kind, "parse", lambda self, raw: [dataclasses.replace(m, attachments=files) for m in good(self, raw)]
    )
    envelope = arrive(channel, "ana: two files")
    assert (envelope.state, envelope.attempts) == ("quarantined", 1)
    assert envelope.reason
