"""Ana writes a mail, the desk acknowledges and answers, she replies; all of it over real mail servers."""

import smtplib
from email import message_from_bytes, policy

import pytest

from apps.omnichannel import services
from apps.omnichannel.email.listener import MailListener
from apps.omnichannel.models import Delivery, Envelope
from apps.tickets import services as tickets
from apps.tickets.models import Ticket
from tests.factories.accounts import user_in
from tests.factories.omnichannel import ChannelFactory
from tests.omnichannel.email.conftest import Sink, free_port, mail, sink  # noqa: F401  a fixture


@pytest.fixture
def mailbox(transactional_db):
    return ChannelFactory(kind="email", slug="help", address="help@desk.olmo.example")


@pytest.fixture
def door(mailbox):
    listener = MailListener(host="127.0.0.1", port=free_port(), must_open=True)
    listener.start()
    yield listener
    listener.stop()


def write(door: MailListener, raw: bytes, to: str) -> None:
    with smtplib.SMTP(door.host, door.port, timeout=10) as server:
        server.sendmail("ana@example.org", [to], raw)
    work()


def work() -> None:
    """What the worker does behind."""
    for envelope in Envelope.objects.filter(state="waiting"):
        services.process(envelope.pk)
    for delivery in Delivery.objects.filter(state="waiting"):
        services.deliver(delivery.pk)


def taken(sink: Sink):  # noqa: F811
    return [message_from_bytes(envelope.content, policy=policy.default) for envelope in sink.received]


def test_a_question_by_mail_is_acknowledged_answered_and_goes_on(door, sink):  # noqa: F811
    write(
        door, mail("Buenos días, ¿a qué hora abren el sábado?", message_id="<q1@example.org>"), "help@desk.olmo.example"
    )
    ticket = Ticket.objects.get()
    (acknowledgement,) = taken(sink)
    assert acknowledgement["Auto-Submitted"] == "auto-replied"
    assert acknowledgement["In-Reply-To"] == "<q1@example.org>"
    assert ticket.reference in acknowledgement["Subject"]
    assert sink.received[0].mail_from in ("", "<>")  # nothing shall answer it

    tickets.reply(ticket, author=user_in(ticket.office), text="A las nueve.")
    work()
    answer = taken(sink)[-1]
    assert answer["To"] == "Ana Prueba <ana@example.org>"
    assert "<q1@example.org>" in answer["References"]
    assert answer.get_body(("plain",)).get_content().startswith("A las nueve.")
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}

    reply = mail(
        "¡Gracias! ¿Y el domingo?\n\nEl sáb, 23 may 2026 a las 9:00, Biblioteca (<help@desk.olmo.example>) escribió:\n"
        "> A las nueve.",
        to=answer["Reply-To"],
        subject=answer["Subject"],
        in_reply_to=answer["Message-ID"],
        references=f"{answer['References']} {answer['Message-ID']}",
    )
    write(door, reply, answer["Reply-To"])
    assert Ticket.objects.count() == 1
    last = ticket.messages.order_by("pk").last()
    assert last.text == "¡Gracias! ¿Y el domingo?"
    assert "A las nueve." in last.quoted_text
    assert [m.direction for m in ticket.messages.order_by("pk")] == ["in", "out", "out", "in"]
    assert len(sink.received) == 2  # one acknowledgement a ticket
