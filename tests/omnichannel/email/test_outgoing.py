"""What leaves: the headers that thread, the ones that warn robots, and none that somebody typed."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.utils import getaddresses

import pytest

from apps.omnichannel.email import outgoing, threads
from apps.omnichannel.ports import ChannelFacts, DeliveryFailed, OutboundAttachment, OutboundMessage

FACTS = ChannelFacts(
    1, "email", "c_1", "help", "Help", "help@desk.olmo.example", "es", "Biblioteca Olmo", {"signature": "Olmo\nPlaza 1"}
)
MESSAGE = OutboundMessage(
    external_id=threads.message_id("t4711.993", "Pub1", "desk.olmo.example"),
    thread_key="t4711.993",
    recipient="ana@example.org",
    recipient_name="Ana Pérez",
    subject="Horario",
    reference="2026-004711",
    text="A las nueve.",
    html="",
    language="es",
    author_name="Leo",
    is_automatic=False,
    earlier_ids=["first@example.org", "<second@example.org>"],
)


def built(message=MESSAGE, facts=FACTS):
    return message_from_bytes(outgoing.build(facts, message).message.message().as_bytes(), policy=policy.default)


def test_a_persons_answer_carries_what_threads_it_in_both_directions():
    mail = built()
    assert mail["Message-ID"] == MESSAGE.external_id
    assert mail["In-Reply-To"] == "<second@example.org>"
    assert mail["References"] == "<first@example.org> <second@example.org>"
    assert mail["Reply-To"] == threads.reply_address("t4711.993", "help@desk.olmo.example")
    assert mail["From"] == "Biblioteca Olmo <help@desk.olmo.example>"
    assert mail["To"] == "Ana Pérez <ana@example.org>"
    assert mail["Subject"] == "Re: Horario [2026-004711]"
    assert mail["Content-Language"] == "es"
    assert mail["X-Acudo-Loop"]
    assert mail["Auto-Submitted"] is None
    assert threads.key_in([mail["Message-ID"]]) == threads.key_in([mail["Reply-To"]]) == "t4711.993"


def test_it_is_readable_as_text_and_as_a_page_that_loads_nothing():
    mail = built(
        replace(MESSAGE, html='<p>A las <b>nueve</b>.</p><img src="https://spy.example/x.png"><script>x</script>')
    )
    text, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
    assert text.startswith("A las nueve.")
    assert "\n-- \nOlmo\nPlaza 1\n" in text
    assert '<html lang="es">' in html
    assert "<b>nueve</b>" in html
    assert "<script" not in html
    assert 'src="http' not in html


def test_text_is_not_taken_for_markup():
    assert "&lt;b&gt;" in built(replace(MESSAGE, text="<b>A & B</b>")).get_body(("html",)).get_content()
    assert "<b>A & B</b>" in built(replace(MESSAGE, text="<b>A & B</b>")).get_body(("plain",)).get_content()


def test_s_08_an_automatic_mail_says_so_and_leaves_without_a_way_back():
    automatic = replace(MESSAGE, is_automatic=True)
    mail = built(automatic)
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Precedence"] == "bulk"
    assert outgoing.build(FACTS, automatic).envelope_sender == ""


def test_s_09_an_automatic_mail_repeats_nothing_that_the_stranger_chose():
    mail = built(replace(MESSAGE, is_automatic=True, subject="MARKER buy now", recipient_name="MARKER"))
    assert "MARKER" not in mail.as_string()


@pytest.mark.parametrize("style", ["plus", "dash", "domain"])
def test_the_address_for_replies_follows_the_mailboxs_style(style):
    mail = built(facts=replace(FACTS, settings={"reply_style": style}))
    assert threads.key_in([mail["Reply-To"]]) == "t4711.993"


def test_an_address_too_long_for_mail_servers_is_not_used():
    assert (
        built(facts=replace(FACTS, address=f"{'a' * 40}@desk.olmo.example"))["Reply-To"]
        == f"{'a' * 40}@desk.olmo.example"
    )


SINGULAR = ("From", "To", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References", "MIME-Version")
HOSTILE = [
    f"x{bend}{rest}"
    for bend in ("\r\n", "\n", "\r", "\r\n\r\n", "\n\n", "\x00", "\u2028", "\x85", "=?utf-8?q?=0D=0A?=", "\x0b")
    for rest in ("Bcc: x@evil.example", "From: staff@evil.example", "Content-Type: text/html")
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    "field", ["subject", "recipient_name", "reference", "from_name", "office_name", "file", "language"]
)
def test_s_10_nothing_typed_forms_a_header(field, value):
    message, facts = MESSAGE, FACTS
    if field == "from_name":
        facts = replace(FACTS, settings={"from_name": value})
    elif field == "office_name":
        facts = replace(FACTS, office_name=value)
    elif field == "file":
        message = replace(MESSAGE, attachments=[OutboundAttachment(value, "text/plain", 1, lambda: b"x", value)])
    elif field == "language":
        pass  # a language comes from our own list
    else:
        message = replace(MESSAGE, **{field: value})
    plain = sorted(name.lower() for name in built())
    mail = built(message, facts)
    expected = plain if field != "file" else sorted({*plain})
    assert sorted(name.lower() for name in mail) == expected
    for name in SINGULAR:
        assert len(mail.get_all(name)) == 1
    assert [address for _name, address in getaddresses(mail.get_all("To"))] == ["ana@example.org"]


@pytest.mark.parametrize("recipient", ["", "ana", "ana@example.org\nBcc: x@evil.example", "a@b.example, c@d.example"])
def test_s_10_a_recipient_that_is_no_address_gets_nothing(recipient):
    with pytest.raises(DeliveryFailed) as failure:
        built(replace(MESSAGE, recipient=recipient))
    assert failure.value.kind == "recipient_unavailable"


def test_s_10_a_foreign_id_that_is_none_is_left_out():
    mail = built(replace(MESSAGE, earlier_ids=["a b", "x\r\nBcc: y@z.example", "<ok@example.org>"]))
    assert mail["References"] == "<ok@example.org>"


def test_files_go_along_with_their_names():
    file = OutboundAttachment("fotografía.png", "image/png", 4, lambda: b"\x89PNG", "")
    (part,) = built(replace(MESSAGE, attachments=[file])).iter_attachments()
    assert (part.get_filename(), part.get_content_type(), part.get_content()) == (
        "fotografía.png",
        "image/png",
        b"\x89PNG",
    )


def test_files_beyond_the_channels_limit_are_not_even_read():
    file = OutboundAttachment("x", "image/png", 21 * 1024 * 1024, lambda: pytest.fail("read"), "")
    with pytest.raises(DeliveryFailed) as failure:
        built(replace(MESSAGE, attachments=[file]))
    assert failure.value.kind == "invalid"


def test_a_long_conversation_keeps_its_beginning_and_its_end():
    names = [f"<{n}@example.org>" for n in range(50)]
    mail = built(replace(MESSAGE, earlier_ids=names))
    kept = mail["References"].split()
    assert (len(kept), kept[0], kept[-1]) == (20, names[0], names[-1])
