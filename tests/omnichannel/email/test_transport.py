"""A real mail server takes it, refuses it or falls silent; each has its word."""

import socket

import pytest

from apps.omnichannel.email import outgoing, transport
from apps.omnichannel.ports import DeliveryFailed
from tests.omnichannel.email.test_outgoing import FACTS, MESSAGE


def send(facts=FACTS, message=MESSAGE):
    return transport.send(facts, outgoing.build(facts, message), external_id=message.external_id)


def test_a_mail_arrives_with_its_id_and_its_envelope(sink):
    receipt = send()
    (taken,) = sink.received
    assert receipt.external_id == MESSAGE.external_id
    assert (taken.mail_from, taken.rcpt_tos) == ("help@desk.olmo.example", ["ana@example.org"])
    assert MESSAGE.external_id.encode() in taken.content


@pytest.mark.parametrize(
    ("step", "answer", "kind"),
    [
        ("RCPT", "421 4.3.2 Shutting down", "temporary"),
        ("RCPT", "450 4.2.1 Greylisted", "temporary"),
        ("RCPT", "550 5.1.1 No such user", "recipient_unavailable"),
        ("RCPT", "552 5.2.2 Mailbox full", "recipient_unavailable"),
        ("RCPT", "550 5.7.1 Blocked", "policy"),
        ("MAIL", "530 5.7.0 Sign in first", "auth"),
        ("MAIL", "550 5.7.30 Basic authentication is not supported", "auth"),
        ("DATA", "451 4.3.0 Later", "temporary"),
        ("DATA", "552 5.3.4 Too large", "invalid"),
        ("DATA", "554 5.7.1 Spam", "policy"),
    ],
)
def test_r_12_a_refusal_says_whether_another_try_makes_sense(sink, step, answer, kind):
    sink.refuse[step] = answer
    with pytest.raises(DeliveryFailed) as failure:
        send()
    assert failure.value.kind == kind
    assert answer.split()[0] in failure.value.reason
    assert not failure.value.is_outcome_unknown


def test_r_11_a_line_that_drops_after_the_text_leaves_the_outcome_unknown(sink):
    sink.hang_up_after_data = True
    with pytest.raises(DeliveryFailed) as failure:
        send()
    assert failure.value.is_outcome_unknown


def test_r_12_nobody_there_is_temporary(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = transport.SMTP_BACKEND
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taken.getsockname()[1]
        with pytest.raises(DeliveryFailed) as failure:
            send()
    assert failure.value.kind == "temporary"
    assert not failure.value.is_outcome_unknown


def test_a_mailbox_may_have_a_server_of_its_own(sink, settings):
    from dataclasses import replace

    host = {"smtp_host": "127.0.0.1", "smtp_port": settings.EMAIL_PORT, "smtp_security": "none"}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send(replace(FACTS, settings=host))
    assert len(sink.received) == 1


def test_any_backend_of_djangos_will_do(mailoutbox):
    send()
    assert mailoutbox[0].to == ["Ana Pérez <ana@example.org>"] or "ana@example.org" in mailoutbox[0].to[0]
