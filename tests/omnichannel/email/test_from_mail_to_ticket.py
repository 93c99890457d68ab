"""A mail arrives: whose ticket does it become part of, and what is said back?"""

import contextlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import trans_real

from apps.omnichannel import services
from apps.omnichannel.email import threads
from apps.omnichannel.models import Delivery, Thread
from apps.omnichannel.ports import RawInput
from apps.tickets import services as tickets
from apps.tickets.models import Message, Ticket
from tests.factories.accounts import user_in
from tests.factories.omnichannel import ChannelFactory
from tests.omnichannel.email.conftest import mail
from tests.omnichannel.email.test_bounces import report

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(arrive):
    """Ana has written and was answered: her thread, whose token only she has."""
    arrive(mail("¿A qué hora abren?", subject="Horario"))
    ticket = Ticket.objects.get()
    tickets.reply(ticket, author=user_in(ticket.office), text="A las nueve. CANARIO")
    return Thread.objects.get()


def token_address(thread: Thread) -> str:
    return threads.reply_address(thread.key, "help@desk.olmo.example")


def test_a_first_mail_opens_a_ticket_with_the_new_words_the_files_and_the_sender(arrive, mailbox):
    arrive(mail("Buenos días, ¿a qué hora abren ustedes los sábados por la tarde?\n\n-- \nAna", subject="Horario"))
    ticket = Ticket.objects.get()
    message = ticket.messages.get(direction="in")
    assert (ticket.subject, ticket.requester.full_name, ticket.via) == ("Horario", "Ana Prueba", "email")
    assert ticket.requester.handle("email") == "ana@example.org"
    assert message.text == "Buenos días, ¿a qué hora abren ustedes los sábados por la tarde?"
    assert ticket.language == "es"


@pytest.mark.parametrize("way", ["address", "in_reply_to", "references"])
def test_a_reply_joins_by_token_in_the_address_or_in_the_ids(arrive, conversation, way):
    sent = Delivery.objects.get(message__is_automatic=False).external_id
    headers = {
        "address": {"to": token_address(conversation)},
        "in_reply_to": {"in_reply_to": sent},
        "references": {"references": f"<x@y.example> {sent}"},
    }[way]
    arrive(mail("¿Y el domingo?", subject="Otra cosa", **headers))
    assert Ticket.objects.count() == 1
    assert conversation.ticket.messages.filter(direction="in").count() == 2


def test_s_01_a_number_or_a_spoilt_token_joins_nothing(arrive, conversation):
    ticket = conversation.ticket
    good = token_address(conversation)
    bad = [
        mail("a", subject=f"Re: Horario [{ticket.reference}]"),
        mail("b", to=good.replace("@", "x@")),
        mail("c", to=f"{good.partition('@')[0][:-1]}@desk.olmo.example"),
        mail("d", to=good.upper()),
        mail("e", to=good.replace(f"t{ticket.pk}.", f"t{ticket.pk + 1}.")),
    ]
    for raw in bad:
        arrive(raw)
    assert Ticket.objects.count() == 1 + len(bad)
    assert ticket.messages.filter(direction="in").count() == 1


def test_s_07_a_stranger_with_the_token_opens_a_ticket_of_their_own_linked_for_staff(arrive, conversation):
    arrive(mail("Your code is 123456", sender="Shop <codes@shop.example>", to=token_address(conversation)))
    own = Ticket.objects.exclude(pk=conversation.ticket_id).get()
    assert (own.linked_to_id, own.link_reason) == (conversation.ticket_id, "unverified")
    assert not conversation.ticket.messages.filter(text__contains="123456").exists()
    assert not Message.objects.filter(ticket=own, text__contains="CANARIO").exists()
    assert not Delivery.objects.filter(recipient="codes@shop.example", message__text__contains="CANARIO").exists()


def test_s_03_an_ambiguous_author_is_never_taken_for_the_person(arrive, conversation):
    raw = mail("Soy yo", to=token_address(conversation)).replace(
        b"From: Ana Prueba <ana@example.org>", b'From: "ana@example.org" <ana@example.org>, x@evil.example'
    )
    arrive(raw)
    other = Ticket.objects.exclude(pk=conversation.ticket_id).get()
    assert other.requester_id != conversation.person_id
    assert other.messages.get(direction="in").verdict == "unverified"


def test_a_vacation_note_is_filed_on_its_ticket_and_answered_by_nobody(arrive, conversation):
    tickets.change_status(conversation.ticket, to="waiting", actor=None)
    owed = Delivery.objects.count()
    arrive(mail("Vuelvo el lunes", to=token_address(conversation), auto_submitted="auto-replied"))
    conversation.ticket.refresh_from_db()
    assert conversation.ticket.status == "waiting"
    assert conversation.ticket.messages.order_by("pk").last().is_automatic
    assert Delivery.objects.count() == owed


def test_a_bounce_is_filed_on_the_ticket_of_the_mail_that_bounced(arrive, conversation):
    sent = Delivery.objects.get(message__is_automatic=False).external_id
    owed = Delivery.objects.count()
    arrive(report().replace(b"<m1@desk.olmo.example>", sent.encode()))
    message = conversation.ticket.messages.order_by("pk").last()
    assert Ticket.objects.count() == 1
    assert message.is_automatic
    assert "5.1.1" in message.text
    assert message.details["report"]["recipients"] == ["ana@example.org"]
    assert Delivery.objects.count() == owed


def test_our_own_mail_coming_back_is_answered_by_nobody(arrive, conversation, mailoutbox):
    from apps.omnichannel import services

    for delivery in Delivery.objects.all():
        services.deliver(delivery.pk)
    owed = Delivery.objects.count()
    for sent in mailoutbox:
        arrive(sent.message().as_bytes())
    assert Delivery.objects.count() == owed


def test_r_04_the_same_mail_twice_is_one_message_and_different_mails_of_one_id_are_two(arrive):
    arrive(mail("uno", message_id="<same@example.org>"))
    arrive(mail("uno", message_id="<same@example.org>"))
    arrive(mail("dos", message_id="<same@example.org>"))
    assert Message.objects.filter(direction="in").count() == 2


def statements(mailbox, raw):
    """How many a mail takes from the door to its end, without the savepoints that only a test has."""
    with CaptureQueriesContext(connection) as asked:
        services.process(services.store(mailbox, RawInput(raw, "command")).pk)
    return len([query for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]])


def test_p_1_a_mail_costs_few_statements(mailbox, monkeypatch):
    """SQLite keeps the words apart from the document and cannot write two tables at once. Whether a rule waits is asked
    every few seconds, and not counted here."""
    monkeypatch.setattr("apps.automation.rules.is_waited_for", lambda when: False)
    is_lite = connection.vendor == "sqlite"
    assert statements(mailbox, mail("¿A qué hora abren?")) == (28 if is_lite else 24)
    assert statements(mailbox, mail("¿Y el sábado?", to=token_address(Thread.objects.get()))) == (19 if is_lite else 17)


def test_r_04_one_mail_to_two_mailboxes_is_kept_in_each(arrive, mailbox):
    other = ChannelFactory(kind="email", address="info@olmo.example", office=mailbox.office)
    arrive(mail("a las dos"))
    arrive(mail("a las dos"), channel=other)
    assert Ticket.objects.count() == 2


def test_r_07_a_mail_that_cannot_be_read_waits_in_quarantine_with_its_reason_and_holds_nobody_up(arrive):
    bad = arrive(b"From: ana@example.org\n" + b"X-A: b\n" * 1001 + b"\nx")
    good = arrive(mail("detrás"))
    assert (bad.state, bad.reason) == ("quarantined", "it has too many header lines")
    assert good.state == "processed"


def test_a_mail_without_author_or_words_is_still_a_ticket(arrive):
    assert arrive(b"\n\n").state == "processed"
    assert arrive(b"Subject: x\n\nwithout a From").state == "processed"
    assert Ticket.objects.count() == 2


def test_what_no_database_takes_is_taken_out(arrive):
    envelope = arrive(b"From: ana@example.org\nSubject: a\x00b\nContent-Type: text/plain; charset=utf-7\n\nx\x00+2AA-y")
    assert envelope.state == "processed"
    assert "\x00" not in Message.objects.get(direction="in").text


@contextlib.contextmanager
def saying(language, words):
    """The catalogue with these words in it, whatever it holds otherwise."""
    catalogue = trans_real.translation(language)._catalog
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "_catalogs", [words, *catalogue._catalogs])
        yield


def test_the_quarantine_tells_its_reason_in_the_readers_language(arrive, mailbox, client):
    boss = user_in(mailbox.office, role="admin", language="es")
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    bad = arrive(b"From: ana@example.org\n" + b"X-A: b\n" * 1001 + b"\nx")
    with saying("es", {bad.reason: "demasiadas cabeceras"}):
        page = client.get("/desk/admin/quarantine/").content.decode()
    assert "demasiadas cabeceras" in page and bad.reason not in page


def sent_name() -> str:
    return Delivery.objects.get(message__is_automatic=False).external_id


def test_a_hard_bounce_is_told_on_the_message_that_failed_and_marks_the_address(arrive, conversation):
    raw = report().replace(b"<m1@desk.olmo.example>", sent_name().encode())
    arrive(raw)
    arrive(raw + b"\n")  # the same report twice is one piece of news
    delivery = Delivery.objects.get(message__is_automatic=False)
    assert (delivery.state, delivery.outcome) == ("dead", "bounced")
    assert "5.1.1" in delivery.error_text
    identity = conversation.person.identities.get()
    assert identity.unreachable_since is not None
    assert "5.1.1" in identity.unreachable_reason


def test_a_delay_says_so_and_marks_nobody(arrive, conversation):
    arrive(report(b"delayed", b"4.4.1").replace(b"<m1@desk.olmo.example>", sent_name().encode()))
    delivery = Delivery.objects.get(message__is_automatic=False)
    assert (delivery.state == "dead", delivery.outcome) == (False, "deferred")
    assert conversation.person.identities.get().unreachable_since is None


def test_a_forged_report_without_the_secret_name_changes_nothing(arrive, conversation):
    address = token_address(conversation).encode()  # who has the address had a mail of ours, but not this report's
    arrive(
        report()
        .replace(b"<m1@desk.olmo.example>", b"<made@up.example>")
        .replace(b"Subject:", b"To: " + address + b"\nSubject:", 1)
    )
    delivery = Delivery.objects.get(message__is_automatic=False)
    assert delivery.outcome == ""
    assert conversation.person.identities.get().unreachable_since is None
