"""One mail, from raw bytes to plain data, however broken it comes."""

from email.message import EmailMessage

import pytest

from apps.omnichannel.email import parsing
from tests.omnichannel.email.conftest import mail


def body(text: bytes, content_type: str = "text/plain", *more: bytes) -> bytes:
    return b"\n".join([b"From: ana@example.org", b"Content-Type: " + content_type.encode(), *more, b"", text])


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        ("Mañana a las 9 €".encode(), "text/plain; charset=utf-8"),
        ("Mañana a las 9 €".encode("cp1252"), "text/plain; charset=iso-8859-1"),
        ("Mañana a las 9 €".encode("cp1252"), "text/plain; charset=no-such-thing"),
        ("Mañana a las 9 €".encode(), "text/plain; charset=iso-8859-1"),
        ("Mañana a las 9 €".encode(), "text/plain; charset=Big5"),
        ("Mañana a las 9 €".encode(), "text/plain"),
        ("Mañana a las 9 €".encode("utf-7"), "text/plain; charset=unicode-1-1-utf-7"),
        ("Mañana a las 9 €".encode("cp1252"), "text/plain; charset=us-ascii"),
    ],
)
def test_text_is_read_whatever_its_label_says(content, content_type):
    assert parsing.parse(body(content, content_type)).text == "Mañana a las 9 €"


def test_the_plain_form_is_read_and_the_html_kept():
    message = EmailMessage()
    message["From"] = "ana@example.org"
    message.set_content("Hola")
    message.add_alternative("<p>Hola <b>todos</b></p>", subtype="html")
    found = parsing.parse(message.as_bytes())
    assert found.text == "Hola"
    assert "<b>todos</b>" in found.html
    assert found.attachments == ()


def test_html_alone_becomes_text():
    found = parsing.parse(body(b"<style>x</style><p>Uno</p><ul><li>Dos</li></ul>", "text/html"))
    assert found.text == "Uno\n\n* Dos"


def test_attachments_keep_name_type_and_bytes_and_inline_pictures_their_content_id():
    message = EmailMessage()
    message["From"] = "ana@example.org"
    message.set_content("Va la foto")
    message.add_attachment(
        b"\x89PNG", maintype="image", subtype="png", filename="fotografía año.png", cid="<p1@x>", disposition="inline"
    )
    message.add_attachment(b"%PDF-1", maintype="application", subtype="pdf", filename="d.pdf")
    picture, document = parsing.parse(message.as_bytes()).attachments
    assert (picture.name, picture.content_id, picture.is_inline) == ("fotografía año.png", "p1@x", True)
    assert (document.name, document.content_type, document.content) == ("d.pdf", "application/pdf", b"%PDF-1")


@pytest.mark.parametrize(
    "disposition",
    [
        b'attachment; filename="=?utf-8?b?YcOxbw==?=.txt"',
        b"attachment; filename*=utf-8''a%C3%B1o.txt",
        b"attachment; filename*0*=utf-8''a%C3; filename*1*=%B1o.txt",
        'attachment; filename="año.txt"'.encode(),
        'attachment; filename="año.txt"'.encode("latin-1"),
    ],
)
def test_a_file_name_is_read_in_every_way_it_is_written(disposition):
    raw = b"From: a@b.example\nContent-Type: text/plain\nContent-Disposition: " + disposition + b"\n\nx"
    (file,) = parsing.parse(raw).attachments
    assert file.name == "año.txt"


def test_a_mail_within_a_mail_is_a_file():
    message = EmailMessage()
    message["From"] = "ana@example.org"
    message.set_content("Mire")
    inner = EmailMessage()
    inner["Subject"] = "Cuenta"
    inner.set_content("dentro")
    message.add_attachment(inner)
    (file,) = parsing.parse(message.as_bytes()).attachments
    assert (file.name, file.content_type) == ("Cuenta.eml", "message/rfc822")
    assert b"dentro" in file.content


def test_an_invitation_is_known_as_one():
    message = EmailMessage()
    message["From"] = "ana@example.org"
    message.set_content("Reunión")
    message.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="invite.ics")
    assert parsing.parse(message.as_bytes()).calendars[0].startswith("BEGIN:VCALENDAR")


def test_a_file_written_into_the_text_is_taken_out_of_it():
    found = parsing.parse(body(b"Va:\n\nbegin 644 hola.txt\n%:&]L80H \n \nend\n"))
    assert found.text.strip() == "Va:"
    assert [(file.name, file.content) for file in found.attachments] == [("hola.txt", b"hola\n")]


@pytest.mark.parametrize("prefix", [b"From ana@example.org Wed May 20 11:54:00 2026\n", b"\xef\xbb\xbf", b"\r\n\r\n"])
def test_what_stands_before_the_headers_is_passed_over(prefix):
    assert parsing.parse(prefix + mail(subject="Horario")).subject == "Horario"


def test_a_mail_without_any_header_is_all_text():
    found = parsing.parse(b"Hola, sin cabecera alguna\n")
    assert (found.author.address, found.text) == ("", "Hola, sin cabecera alguna")


def test_flowed_lines_are_joined():
    found = parsing.parse(body(b"Una \nsola frase.\n\n> citada \n> entera", "text/plain; format=flowed"))
    assert found.text == "Una sola frase.\n\n> citada entera"


def test_subjects_and_ids_are_read_as_people_and_programs_need_them():
    found = parsing.parse(
        b"From: a@b.example\nSubject: =?utf-8?q?Pr=C3=A9stamo?= =?utf-8?q?_vencido?=\nMessage-ID: <a@b>\n"
        b"In-Reply-To: <c@d>\nReferences: <e@f>\n <c@d>\nDate: Wed, 20 May 2026 11:54:00 -0300\n\nx"
    )
    assert found.subject == "Préstamo vencido"
    assert (found.message_id, found.in_reply_to, found.references) == ("a@b", "c@d", ("e@f", "c@d"))
    assert found.claimed_at.isoformat() == "2026-05-20T14:54:00+00:00"


@pytest.mark.parametrize("date", [b"yesterday", b"Wed, 99 Foo 2026", b"", b"Thu, 01 Jan 99999 00:00:00 +9999"])
def test_r_06_a_senseless_date_is_no_date(date):
    assert parsing.parse(b"From: a@b.example\nDate: " + date + b"\n\nx").claimed_at is None


def test_an_answer_goes_where_the_writer_asks_unless_that_line_is_broken():
    assert parsing.parse(mail(reply_to="luz@example.org")).answer_to == "luz@example.org"
    assert parsing.parse(b'From: Ana <ana@example.org>\nReply-To: <"">\n\nx').answer_to == "ana@example.org"
