"""One gate for everything that a machine of ours might answer by itself."""

import pytest

from apps.omnichannel.email import parsing
from apps.omnichannel.email.adapter import EmailAdapter
from apps.omnichannel.ports import ChannelFacts, RawInput
from tests.omnichannel.email.conftest import mail


def read(raw, **settings):
    facts = ChannelFacts(1, "email", "c_1", "help", "Help", "help@desk.olmo.example", "es", "Olmo", settings)
    return next(iter(EmailAdapter(facts).parse(RawInput(raw, "command"))))


BY_MACHINES = [
    {"auto_submitted": "auto-replied"},
    {"auto_submitted": "auto-generated (failure)"},
    {"precedence": "bulk"},
    {"precedence": "auto_reply"},
    {"precedence": "junk"},
    {"precedence": "list"},
    {"list_id": "<news.example.org>"},
    {"list_unsubscribe": "<https://example.org/out>"},
    {"feedback_id": "1:2:3"},
    {"x_autoreply": "yes"},
    {"x_autorespond": "Vacation"},
    {"x_auto_reply_from": "ana@example.org"},
    {"x_loop": "ana@example.org"},
    {"x_acudo_loop": "anything"},
    {"return_path": "<>"},
    {"sender": "no-reply@example.org"},
    {"sender": "MAILER-DAEMON@example.org"},
    {"sender": "news-request@example.org"},
    {"sender": "owner-news@example.org"},
    {"sender": "postmaster@example.org"},
    {"subject": "Respuesta automática: Horario"},
    {"subject": "Risposta automatica: Orario"},
    {"subject": "Out of office: Hours"},
]


@pytest.mark.parametrize("headers", BY_MACHINES, ids=str)
def test_s_08_what_a_machine_wrote_is_known_and_never_answered(headers):
    message = read(mail(**headers))
    assert message.is_automatic
    assert not message.may_be_answered


@pytest.mark.parametrize(
    "headers",
    [
        {"x_auto_response_suppress": "DR, OOF, AutoReply"},
        {"to": "someone-else@example.org"},
        {"sender": "help@desk.olmo.example"},
    ],
    ids=str,
)
def test_s_08_a_persons_mail_may_still_be_one_that_gets_no_automatic_answer(headers):
    message = read(mail(**headers))
    assert not message.is_automatic
    assert not message.may_be_answered


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"auto_submitted": "no"},
        {"x_auto_response_suppress": "DR, RN, NRN"},
        {"subject": "Fuera de la oficina hay una farola rota"},
        {"subject": "Auto mal estacionado"},
        {"sender": "norepina@example.org"},
    ],
    ids=str,
)
def test_a_persons_mail_is_a_persons(headers):
    message = read(mail(**headers))
    assert not message.is_automatic
    assert message.may_be_answered


def test_a_mailbox_behind_a_group_takes_no_offence_at_its_marks():
    raw = mail(list_id="<desk.olmo.example>", precedence="list")
    assert not read(raw, is_behind_list=True).is_automatic
    assert read(raw, is_behind_list=True).may_be_answered


def test_an_alias_counts_as_our_address():
    raw = mail(to="info@olmo.example")
    assert not read(raw).may_be_answered
    assert read(raw, aliases=["info@olmo.example"]).may_be_answered


def test_s_11_control_headers_from_outside_do_nothing():
    plain = read(mail("Hola"))
    controlled = read(mail("Hola", x_priority="1", x_status="closed", x_owner="staff", x_visibility="internal"))
    assert (plain.text, plain.thread_key, plain.is_automatic) == (
        controlled.text,
        controlled.thread_key,
        controlled.is_automatic,
    )
    assert "staff" not in str(controlled.details)


@pytest.mark.parametrize(
    ("top", "verdict"),
    [
        (["Authentication-Results: mx.olmo.example; dmarc=pass header.from=example.org"], (True, False)),
        (["Received: by mx", "Authentication-Results: mx.olmo.example; dmarc=pass"], (True, False)),
        (["Authentication-Results: mx.olmo.example; dmarc=fail"], (False, True)),
        (["Authentication-Results: mx.evil.example; dmarc=pass"], (False, False)),
        (
            ["Received: by mx", "Received: from evil", "Authentication-Results: mx.olmo.example; dmarc=pass"],
            (False, False),
        ),
        ([], (False, False)),
        (
            ["Authentication-Results: mx.olmo.example; dmarc=none; spf=pass smtp.mailfrom=ana@example.org"],
            (True, False),
        ),
        (["Authentication-Results: mx.olmo.example; dkim=pass (2048 bit; good) header.d=example.org"], (True, False)),
        (["Authentication-Results: mx.olmo.example; dkim=pass header.d=evil.example"], (False, False)),
        (["Authentication-Results: mx.olmo.example; dkim=pass header.d=org"], (False, False)),
        (["Authentication-Results: mx.olmo.example; spf=pass smtp.mailfrom=x@notexample.org"], (False, False)),
        (["Authentication-Results: mx.olmo.example; dmarc=fail; dkim=pass header.d=example.org"], (False, True)),
        (["Authentication-Results: mx.olmo.example; x=y (dkim=pass header.d=example.org); spf=none"], (False, False)),
    ],
)
def test_s_04_the_check_of_our_own_server_counts_and_no_other(top, verdict):
    raw = ("\n".join([*top, ""])).encode() + mail()
    sender = read(raw, authserv_id="mx.olmo.example").sender
    assert (sender.is_verified, sender.is_ambiguous) == verdict


def test_s_04_who_did_not_pass_our_servers_check_gets_no_automatic_answer():
    passed = b"Authentication-Results: mx.olmo.example; dmarc=pass\n" + mail()
    assert read(passed, authserv_id="mx.olmo.example").may_be_answered
    assert not read(mail(), authserv_id="mx.olmo.example").may_be_answered
    assert read(mail()).may_be_answered


@pytest.mark.parametrize("second", ["From: rosa@example.org", "From: rosa@example.org, x@example.org"])
def test_s_03_a_mail_with_several_authors_is_answered_to_nobody(second):
    assert not read(f"{second}\n".encode() + mail()).may_be_answered


def test_without_a_name_for_our_server_no_check_counts():
    raw = b"Authentication-Results: ; dmarc=pass\n" + mail()
    assert not read(raw).sender.is_verified
    assert parsing.parse(raw).author.address == "ana@example.org"
