"""winmail.dat, messages passed on, faxes."""

import io
import struct
from email.message import EmailMessage

import pytest
from PIL import Image

from apps.core import children
from apps.omnichannel.email import fax, forwards, parsing, tnef
from apps.omnichannel.models import Envelope
from apps.tickets.models import Ticket
from tests.omnichannel.email.conftest import mail


def attribute(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*rows: tuple[int, int, bytes]) -> bytes:
    out = struct.pack("<I", len(rows))
    for identifier, kind, value in rows:
        out += (
            struct.pack("<HH", kind, identifier) + struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)
        )
    return out


def parcel(name: str = "plano de obra.txt", content: bytes = b"plano", body: bytes = b"Adjunto el plano\0") -> bytes:
    return (
        struct.pack("<IH", tnef.SIGNATURE, 1)
        + attribute(1, tnef.CODEPAGE, struct.pack("<II", 1252, 0))
        + attribute(1, tnef.BODY, body)
        + attribute(2, tnef.BEGINS, b"\1\0" * 7)
        + attribute(2, tnef.TITLE, b"PLANOD~1.TXT\0")
        + attribute(2, tnef.DATA, content)
        + attribute(2, tnef.PROPERTIES, properties((tnef.P_LONG_FILE, tnef.UNICODE, (name + "\0").encode("utf-16-le"))))
    )


def with_parcel(data: bytes, text: str = "") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ana@example.org", "Plano"
    if text:
        message.set_content(text)
    message.add_attachment(data, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    return message.as_bytes()


def test_outlooks_parcel_is_unpacked():
    found = parsing.parse(with_parcel(parcel()))
    assert [(file.name, file.content_type, file.content) for file in found.attachments] == [
        ("plano de obra.txt", "text/plain", b"plano")
    ]
    assert found.text == "Adjunto el plano"
    assert parsing.parse(with_parcel(parcel(), "Lo escrito")).text.strip() == "Lo escrito"


def test_s_18_a_name_in_a_parcel_is_a_label():
    (file,) = parsing.parse(with_parcel(parcel("../../x\u202etxt.exe"))).attachments
    assert "\u202e" not in file.name


@pytest.mark.parametrize("cut", [4, 6, 10, 40, 90, -3])
def test_a_parcel_that_breaks_off_loses_only_its_end(cut):
    found = parsing.parse(with_parcel(parcel()[:cut], "Lo escrito"))
    assert found.text.strip() == "Lo escrito"
    assert found.attachments


def test_s_59_a_parcel_of_rubbish_costs_little():
    tnef.unpack(struct.pack("<IH", tnef.SIGNATURE, 1) + attribute(1, tnef.BODY, b"") * 1_000_000)
    tnef.unpack(parcel() + attribute(1, tnef.MESSAGE_PROPERTIES, b"\xff" * 1_000_000))
    rows = struct.pack("<I", 0xFFFFFFFF) + struct.pack("<HHI", 0x101F, 0x3001, 0xFFFFFFFF) + b"\0" * 1_000_000
    tnef.unpack(parcel() + attribute(1, tnef.MESSAGE_PROPERTIES, rows))


FORWARDS = {
    "gmail": "Mirad esto.\n\n---------- Forwarded message ---------\nFrom: Luis Prueba <luis@example.net>\n"
    "Date: Mon, 3 Nov 2025\nSubject: Ruido\nTo: ana@example.org\n\nHay ruido.",
    "apple": "Begin forwarded message:\n\n> From: Luis Prueba <luis@example.net>\n> Subject: Ruido\n"
    "> To: x@y.example\n>\n> Hay.",
    "spanish": "---------- Mensaje reenviado ---------\nDe: Luis Prueba <luis@example.net>\nDate: lun, 3 nov 2025\n"
    "Subject: Ruido\n\nHay ruido.",
    "italian": "-------- Messaggio inoltrato --------\nOggetto: Ruido\nData: 3 nov 2025\nMittente: Luis Prueba "
    "<luis@example.net>\nA: x@y.example\n\nRumore.",
    "portuguese": "---------- Mensagem encaminhada ----------\nDe: Luis Prueba <luis@example.net>\nData: 3 nov\n"
    "Assunto: Ruido\n\nRuído.",
    "outlook": "Para vosotros.\n\nDe: Luis Prueba [mailto:luis@example.net]\nEnviado: lunes, 3 de noviembre de 2025\n"
    "Para: Ana\nAsunto: Ruido\n\nHay ruido.",
}


@pytest.mark.parametrize("program", FORWARDS)
def test_who_wrote_what_was_passed_on_is_named(program):
    found = parsing.parse(mail(FORWARDS[program], subject="Fwd: Ruido"))
    assert found.forwarded == forwards.Forwarded("Luis Prueba", "luis@example.net", "Ruido")
    assert found.author.address == "ana@example.org"
    assert "luis@example.net" in found.reply.text


def test_a_mail_passed_on_as_an_attachment_is_read_and_kept():
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "ana@example.org", "Para vosotros"
    outer.set_content("Mirad.")
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "Luis Prueba <luis@example.net>", "Ruido"
    inner.set_content("Hay ruido.")
    outer.add_attachment(inner)
    found = parsing.parse(outer.as_bytes())
    assert found.forwarded == forwards.Forwarded("Luis Prueba", "luis@example.net", "Ruido")
    assert found.attachments[0].name == "Ruido.eml"


def test_an_answer_with_a_quotation_is_nothing_passed_on():
    quoted = "-----Mensaje original-----\nDe: Luis <luis@example.net>\nEnviado: lunes\nPara: Ana\nAsunto: x\n\nHola"
    text = f"Gracias.\n\n{quoted}"
    assert parsing.parse(mail(text, subject="RE: x")).forwarded is None


@pytest.mark.django_db
def test_s_03_who_is_named_in_a_forward_is_shown_and_becomes_nobody(arrive):
    arrive(mail(FORWARDS["gmail"], subject="Fwd: Ruido"))
    message = Ticket.objects.get().messages.get(direction="in")
    assert message.details["forwarded_from"]["address"] == "luis@example.net"
    assert Ticket.objects.get().requester.handle("email") == "ana@example.org"


def tiff(pages: int = 2, size: tuple[int, int] = (864, 1100)) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("1", size, n % 2) for n in range(pages)]
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], compression="group4")
    return out.getvalue()


def fax_mail(
    sender: str = "Fax <no-reply@fax.example>", subject: str = "Fax from +49 30 999888 (2 pages)", **headers: str
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "help@desk.olmo.example", subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("You received a fax.")
    message.add_attachment(tiff(), maintype="image", subtype="tiff", filename="fax-20251009-104500.tif")
    return message.as_bytes()


@pytest.fixture
def gateway(mailbox):
    mailbox.settings = {"fax_gateways": ["@fax.example"]}
    mailbox.save()
    return mailbox


@pytest.mark.django_db
def test_a_fax_is_a_ticket_of_who_owns_the_number_with_pages_to_look_at(arrive, gateway):
    arrive(fax_mail())
    ticket = Ticket.objects.get()
    message = ticket.messages.get()  # and no acknowledgement to the gateway
    assert (ticket.via, message.via, message.details["fax"]) == ("fax", "fax", {"number": "+4930999888", "pages": 2})
    assert ticket.requester.handle("fax") == "+4930999888"
    files = {file.name: file.content_type for file in message.attachments.all()}
    assert files == {"fax-20251009-104500.pdf": "application/pdf", "fax-20251009-104500.tif": "image/tiff"}
    arrive(fax_mail(subject="Fax from +49 30 999888 (1 page)"))
    assert {ticket.requester_id for ticket in Ticket.objects.all()} == {ticket.requester_id}


@pytest.mark.django_db
def test_from_elsewhere_it_is_a_mail_like_any_other(arrive, gateway):
    arrive(fax_mail("Fax <no-reply@fax.example.evil.example>"))
    assert Ticket.objects.get().via == "email"
    assert Envelope.objects.get().state == "processed"


@pytest.mark.parametrize(
    ("headers", "subject", "names", "text", "number"),
    [
        ({"x-fax-sender": "+4930999888"}, "Fax 1", [], "", "+4930999888"),
        ({}, "Fax de 0034 91 123 45 67", [], "", "0034911234567"),
        ({}, "Fax", ["fax-20251009-104500-4930999888.pdf"], "", "4930999888"),
        ({}, "Fax", ["fax.pdf"], "Da +39 (06) 1234-567, 3 pagine", "+39061234567"),
        ({}, "Fax anónimo 20251009104500", ["fax-20251009.pdf"], "el 2025-10-09", ""),
    ],
)
def test_the_number_is_looked_for_where_gateways_write_it(headers, subject, names, text, number):
    assert fax.read(headers, subject, names, text).number == number


def test_s_21_pages_too_many_or_too_large_are_left_as_they_are(monkeypatch):
    assert fax.as_pdf(tiff()).startswith(b"%PDF")
    assert fax.as_pdf(b"II*\0rubbish") is None

    def stopped(*args, **kwargs):
        raise children.Stopped

    monkeypatch.setattr(children, "ask", stopped)
    assert fax.as_pdf(tiff()) is None


@pytest.mark.parametrize(
    ("name", "kind", "is_one"),
    [
        ("fax.pdf", "application/pdf", True),
        ("fax.bin", "image/tiff", True),
        ("FAX.TIF", "application/octet-stream", True),
        ("fax.exe", "application/octet-stream", False),
        ("fax.pdf", "text/html", False),
    ],
)
def test_a_document_is_known_by_its_kind_or_where_that_is_untold_by_its_name(name, kind, is_one):
    assert fax.is_document(name, kind) is is_one
