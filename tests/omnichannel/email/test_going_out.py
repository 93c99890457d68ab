"""From a row that is owed to a real mail server and back: what R-10 to R-14 and S-05, S-06 promise."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.db import transaction

from apps.core import clock
from apps.omnichannel import services as doors
from apps.omnichannel.email import transport
from apps.omnichannel.models import Channel, Delivery, DeliveryAttempt, Signature, Thread
from apps.omnichannel.ports import DeliveryNews
from apps.omnichannel.services import delivering
from apps.tickets import services
from apps.tickets.models import Ticket
from tests.factories.accounts import user_in
from tests.factories.omnichannel import ChannelFactory
from tests.factories.people import PersonFactory
from tests.factories.tickets import TicketFactory

CANARY = "canario-5521"


@pytest.fixture
def ticket(mailbox):
    person = PersonFactory(body=mailbox.office, full_name="Ana Prueba", email="ana@example.org")
    ticket = TicketFactory(office=mailbox.office, requester=person, via="email", text="¿A qué hora abren?")
    doors.door_for(ticket)
    return ticket


@pytest.fixture
def leo(mailbox):
    return user_in(mailbox.office, full_name="Leo Paz", email="leo@olmo.example")


def answer(ticket, leo, text="A las nueve.", **how):
    with doors.addressed(doors.Addressing(**how)):
        return services.reply(ticket, author=leo, text=text)


def work(*, again=False):
    if again:
        Delivery.objects.filter(state="waiting").update(next_at=clock.now())
    for pk in Delivery.objects.filter(state="waiting").order_by("pk").values_list("pk", flat=True):
        doors.deliver(pk)


def heads(sink):
    return {
        envelope.rcpt_tos[0]: message_from_bytes(envelope.content, policy=policy.default) for envelope in sink.received
    }


def plain(envelope):
    return message_from_bytes(envelope.content, policy=policy.default).get_body(("plain",)).get_content()


def test_r_10_what_is_rolled_back_is_not_owed(ticket, leo, sink):
    with pytest.raises(RuntimeError), transaction.atomic():
        answer(ticket, leo)
        raise RuntimeError
    work()
    assert not Delivery.objects.exists() and not sink.received


def test_r_10_the_row_alone_is_enough(ticket, leo, sink):
    """No broker, no nudge: the sweep finds the row."""
    answer(ticket, leo)
    assert Delivery.objects.due(clock.now()).count() == 1
    work()
    assert Delivery.objects.get().state == "sent"


def test_r_11_a_line_dropped_after_the_text_means_one_repeat_under_the_same_name_and_no_third(ticket, leo, sink):
    sink.hang_up_after_data = True
    answer(ticket, leo)
    for _ in range(5):
        work(again=True)
    assert Delivery.objects.get().state == "uncertain"
    names = [message_from_bytes(envelope.content)["Message-ID"] for envelope in sink.received]
    assert len(names) == 2 and len(set(names)) == 1


@pytest.mark.parametrize("refusal", ["421 4.3.2 Shutting down", "450 4.2.1 Greylisted"])
def test_r_12_a_passing_refusal_is_tried_again_ever_later_and_then_succeeds(ticket, leo, sink, refusal):
    sink.refuse["RCPT"] = refusal
    answer(ticket, leo)
    work()
    row = Delivery.objects.get()
    first = row.next_at - clock.now()
    assert row.state == "waiting" and refusal.split()[0] in row.error_text
    work(again=True)
    row.refresh_from_db()
    assert row.next_at - clock.now() > first
    sink.refuse.clear()
    work(again=True)
    row.refresh_from_db()
    assert (row.state, row.error_text) == ("sent", "")


@pytest.mark.parametrize("refusal", ["550 5.1.1 No such user", "552 5.2.2 Mailbox full"])
def test_r_12_a_lasting_refusal_is_not_repeated_and_is_seen_on_the_message(ticket, leo, sink, client, refusal):
    sink.refuse["RCPT"] = refusal
    answer(ticket, leo)
    work()
    work(again=True)
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == ("dead", 1)
    client.force_login(leo, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/desk/t/{ticket.public_id}/").content.decode()
    assert refusal.split()[0] in page and 'name="delivery"' in page


def test_r_12_patience_ends(ticket, leo, sink):
    sink.refuse["RCPT"] = "450 4.2.1 Greylisted"
    answer(ticket, leo)
    Delivery.objects.update(created_at=clock.now() - delivering.PATIENCE - timedelta(minutes=1))
    work()
    assert Delivery.objects.get().state == "dead"


def test_r_12_a_way_out_that_is_shut_rests_and_loses_nothing(ticket, leo, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = transport.SMTP_BACKEND, "127.0.0.1", 1
    for number in range(delivering.SHUT_AFTER + 2):
        answer(TicketFactory(office=ticket.office, requester=ticket.requester), leo, text=str(number))
    work()
    channel = Channel.objects.get()
    assert channel.resting_until > clock.now()
    assert DeliveryAttempt.objects.count() == delivering.SHUT_AFTER
    assert set(Delivery.objects.values_list("state", flat=True)) == {"waiting"}


def test_r_12_a_server_that_hangs_is_cut_off_at_the_deadline(ticket, leo, sink, monkeypatch):
    import asyncio

    async def slowly(*_args):
        await asyncio.sleep(5)
        return "250 OK"

    monkeypatch.setattr(transport, "DEADLINE", 0.3)
    monkeypatch.setattr(type(sink), "handle_RCPT", slowly)
    answer(ticket, leo)
    work()
    row = Delivery.objects.get()
    assert (row.state, row.error_kind) == ("waiting", "temporary")


def test_r_13_of_three_the_refused_one_alone_is_reported(ticket, leo, sink, monkeypatch):
    async def rcpt(_self, _server, _session, envelope, address, _options):
        if address == "bea@example.org":
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    monkeypatch.setattr(type(sink), "handle_RCPT", rcpt)
    answer(ticket, leo, cc=["bea@example.org", "eva@example.org"])
    work()
    assert dict(Delivery.objects.values_list("recipient", "state")) == {
        "ana@example.org": "sent",
        "bea@example.org": "dead",
        "eva@example.org": "sent",
    }


def test_r_14_a_later_answer_waits_for_an_earlier_one_and_a_dead_one_blocks_nobody(ticket, leo, sink):
    sink.refuse["RCPT"] = "450 4.2.1 Greylisted"
    answer(ticket, leo, "one")
    answer(ticket, leo, "two")
    work()
    sink.refuse.clear()
    first, second = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk=second.pk).update(next_at=clock.now())
    doors.deliver(second.pk)
    assert not sink.received
    Delivery.objects.filter(pk=first.pk).update(state="dead", next_at=None)
    Delivery.objects.filter(pk=second.pk).update(next_at=clock.now())
    doors.deliver(second.pk)
    assert len(sink.received) == 1


def test_each_has_a_mail_of_their_own_whose_head_names_the_open_copies_and_never_the_hidden_ones(ticket, leo, sink):
    answer(ticket, leo, cc=["bea@example.org"], bcc=["boss@example.org"])
    work()
    mails = heads(sink)
    assert set(mails) == {"ana@example.org", "bea@example.org", "boss@example.org"}
    for mail in mails.values():
        assert "ana@example.org" in mail["To"] and mail["Cc"] == "bea@example.org"
        assert "boss@example.org" not in mail.as_string()
    assert len({mail["Message-ID"] for mail in mails.values()}) == 3
    assert mails["boss@example.org"]["Reply-To"] == "help@desk.olmo.example"  # no way into the conversation
    assert mails["bea@example.org"]["Reply-To"] != mails["ana@example.org"]["Reply-To"]


def test_s_05_whom_a_stranger_names_gets_nothing_until_one_of_us_lets_them_in(arrive, mailbox, leo, sink):
    from tests.omnichannel.email.conftest import mail

    arrive(mail("Hola", cc="x@evil.example", message_id="<q@example.org>"))
    ticket = Ticket.objects.get()
    answer(ticket, leo)
    work()
    assert "x@evil.example" not in heads(sink)
    assert not Thread.objects.filter(role="cc").exists()


def test_s_05_s_06_who_joins_later_gets_what_follows_and_nothing_of_the_past(ticket, leo, sink):
    services.add_note(ticket, author=leo, text=f"note {CANARY}")
    answer(ticket, leo, f"before {CANARY}", bcc=["boss@example.org"])
    work()
    sink.received.clear()
    answer(ticket, leo, "Now with Bea.", cc=["bea@example.org"])
    answer(ticket, leo, "And again.")
    work(again=True)
    work(again=True)
    to_bea = [e for e in sink.received if e.rcpt_tos == ["bea@example.org"]]
    texts = [message_from_bytes(e.content, policy=policy.default).as_string() for e in to_bea]
    assert len(texts) == 2 and not any(CANARY in text for text in texts)
    assert (
        "> Now with Bea."
        in message_from_bytes(to_bea[1].content, policy=policy.default).get_body(("plain",)).get_content()
    )
    assert not any("note" in text or "boss@" in text for text in texts)


def test_s_06_a_forward_holds_what_was_ticked_and_the_third_party_stands_apart(ticket, leo, sink):
    services.add_note(ticket, author=leo, text=f"note {CANARY}")
    third = PersonFactory(body=ticket.office, full_name="Provider", email="provider@example.org")
    other = services.reach_out(ticket, to=third, subject="Fwd", text="Please look.", author=leo, reason="forward")
    work()
    assert CANARY not in heads(sink)["provider@example.org"].as_string()
    assert other.linked_to == ticket and other.requester == third
    assert not ticket.messages.filter(text="Please look.").exists()


def test_the_closest_signature_stands_below(ticket, leo, sink):
    Signature.objects.create(office=ticket.office, text="The office")
    answer(ticket, leo, "one")
    work()
    Signature.objects.create(user=leo, text="{{name}}, {{office}}")
    answer(ticket, leo, "two")
    work()
    work(again=True)
    texts = [plain(envelope) for envelope in sink.received]
    assert "-- \nThe office" in texts[0].replace("\r", "")
    assert f"-- \nLeo Paz, {ticket.office.name}" in texts[1].replace("\r", "")


def test_an_answer_leaves_from_the_address_that_was_chosen(ticket, leo, sink):
    loans = ChannelFactory(kind="email", office=ticket.office, name="Loans", address="loans@desk.olmo.example")
    answer(ticket, leo, channel=loans)
    work()
    assert "loans@desk.olmo.example" in heads(sink)["ana@example.org"]["From"]


def test_what_waits_can_be_taken_back_whole_and_what_has_begun_cannot(ticket, leo, sink):
    before = (ticket.status, ticket.message_count)
    message = answer(ticket, leo, cc=["bea@example.org"], waits=True)
    work()
    assert not sink.received
    taken = doors.undo_send(message, actor=leo)
    assert (taken.text, taken.recipient, list(taken.cc)) == ("A las nueve.", "ana@example.org", ["bea@example.org"])
    ticket.refresh_from_db()
    assert ticket.message_count == before[1] and not Delivery.objects.exists()
    again = answer(ticket, leo, waits=True)
    Delivery.objects.update(attempts=1)
    with pytest.raises(doors.NotUndoable):
        doors.undo_send(again, actor=leo)


@pytest.mark.parametrize("order", [["delivered", "opened", "bounced"], ["bounced", "opened", "delivered"]])
def test_provider_news_count_by_weight_not_by_order_and_once(ticket, leo, sink, order):
    answer(ticket, leo)
    work()
    row = Delivery.objects.get()
    news = [DeliveryNews(name=f"n:{word}", outcome=word, mark=row.public_id, reason="550") for word in order]
    assert doors.hear(row.channel, news) == 3
    assert doors.hear(row.channel, news) == 0
    row.refresh_from_db()
    assert (row.outcome, row.state) == ("bounced", "dead")


def test_news_that_comes_before_the_receipt_waits_for_it(ticket, leo, sink):
    answer(ticket, leo)
    row = Delivery.objects.get()
    doors.hear(row.channel, [DeliveryNews(name="early", outcome="delivered", provider_id="esp-1")])
    work()
    Delivery.objects.update(provider_id="esp-1")
    row.refresh_from_db()
    from apps.omnichannel.services.outcomes import adopt

    adopt(row)
    row.refresh_from_db()
    assert row.outcome == "delivered"


def test_colleagues_who_watch_are_told_that_and_not_what_unless_they_switched_it_off(ticket, leo, sink, mailbox):
    from apps.inbox import watching

    eva = user_in(mailbox.office, full_name="Eva", email="eva@olmo.example")
    for user in (leo, eva):
        watching.watch(ticket, user)
    watching.choose(eva, by_mail=False)
    services.add_message(ticket, author=ticket.requester, text=CANARY, via="email")
    work()
    (mail,) = heads(sink).values()
    assert list(heads(sink)) == ["leo@olmo.example"]
    assert mail["Auto-Submitted"] == "auto-generated" and CANARY not in mail.as_string()
    assert f"/desk/t/{ticket.public_id}/" in mail.get_body(("plain",)).get_content()
