"""Documents are looked at as pictures that we drew: a fax as its pages, a hostile file as "no preview"."""

import io
import struct
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from fpdf import FPDF
from PIL import Image, ImageDraw

from apps.core import children, drawing
from apps.omnichannel import services
from apps.omnichannel.ports import RawInput
from apps.tickets import previews
from apps.tickets.files import NewFile, keep
from apps.tickets.models import Attachment, PagePicture, Preview, Ticket
from tests.factories.omnichannel import ChannelFactory
from tests.factories.tickets import TicketFactory
from tests.inbox.conftest import HTMX, signed_in


def tiff(pages=3, size=(432, 275), dpi=(51, 24.5)):
    """As a fax machine makes it: one bit a pixel, group 4, and at ordinary resolution pixels twice as high as wide."""
    sheets = []
    for number in range(1, pages + 1):
        sheet = Image.new("1", size, 1)
        ImageDraw.Draw(sheet).text((40, 40), f"Sheet {number}", fill=0)
        sheets.append(sheet)
    out = io.BytesIO()
    sheets[0].save(out, "TIFF", save_all=True, append_images=sheets[1:], compression="group4", dpi=dpi)
    return out.getvalue()


def pdf(pages=3, **more):
    document = FPDF(**more)
    for number in range(1, pages + 1):
        document.add_page()
        document.set_font("Helvetica", size=24)
        document.cell(text=f"Sheet {number}")
    return bytes(document.output())


def locked_pdf():
    document = FPDF()
    document.add_page()
    document.set_encryption(owner_password="owner", user_password="secret")
    return bytes(document.output())


def pixel_bomb():
    """A TIFF whose header claims 60,000 by 60,000 pixels."""
    entries = [(256, 4, 60_000), (257, 4, 60_000), (258, 3, 1), (259, 3, 1), (262, 3, 0), (273, 4, 8), (278, 4, 60_000)]
    rows = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in [*entries, (279, 4, 8)])
    return b"II*\0" + struct.pack("<IH", 8, len(entries) + 1) + rows + struct.pack("<I", 0)


HOSTILE = {
    "rubbish": b"not a document",
    "cut.pdf": pdf()[:300],
    "locked.pdf": locked_pdf(),
    "empty.pdf": b"",
    "bomb.tif": pixel_bomb(),
    "cut.tif": tiff()[:80],
    "page.pdf": b"<html><script>alert(1)</script></html>",
}


@pytest.fixture
def with_file(library):
    def make(name, content, content_type):
        ticket = TicketFactory(office=library, attachments=keep([NewFile(name, content, content_type)]))
        return Attachment.objects.get(message__ticket=ticket)

    return make


def look(desk, file, **more):
    return desk.get(reverse("inbox:pages", args=[file.public_id]), **more)


def sheet(desk, file, number=1):
    return desk.get(reverse("inbox:page", args=[file.public_id, number]))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("letter.pdf", pdf(), "application/pdf"),
        ("fax.tif", tiff(), "image/tiff"),
        ("LETTER.PDF", pdf(), "application/octet-stream"),
    ],
)
def test_s_17_pages_are_shown_as_pictures_that_we_drew(desk, with_file, name, content, kind):
    file = with_file(name, content, kind)

    piece = look(desk, file, **HTMX).content.decode()
    assert f"Page 1 of 3: {name}" in piece and f"Page 2 of 3: {name}" in piece and "Page 3" not in piece
    assert "All 3 pages" in piece

    answer = sheet(desk, file, 3)
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")
    drawn = Image.open(io.BytesIO(answer.content))
    assert drawn.height > drawn.width and max(drawn.size) <= drawing.LONGEST_SIDE

    whole = look(desk, file).content.decode()
    assert all(f'id="page-{n}"' in whole for n in (1, 2, 3)) and "Back to the ticket" in whole
    assert sheet(desk, file, 4).status_code == sheet(desk, file, 0).status_code == 404


def test_they_are_drawn_once_and_kept(desk, with_file, monkeypatch):
    file = with_file("letter.pdf", pdf(), "application/pdf")
    asked = []
    ask = children.ask
    monkeypatch.setattr(children, "ask", lambda *a, **k: asked.append(a) or ask(*a, **k))
    for _ in range(2):
        look(desk, file, **HTMX)
        assert sheet(desk, file, 1).status_code == sheet(desk, file, 2).status_code == 200
    assert len(asked) == 1
    sheet(desk, file, 3), sheet(desk, file, 3)
    assert len(asked) == 2


def test_looking_costs_the_same_queries_for_any_number_of_pages(desk, with_file, django_assert_max_num_queries):
    few, many = (with_file(f"{n}.pdf", pdf(n), "application/pdf") for n in (3, 12))
    look(desk, few), look(desk, many)
    for file in (few, many):
        with django_assert_max_num_queries(7):
            look(desk, file)


def test_two_readers_at_once_leave_one_picture(with_file, monkeypatch):
    file = with_file("letter.pdf", pdf(1), "application/pdf")
    preview = previews.preview_of(file)
    thrown = []
    monkeypatch.setattr(default_storage, "delete", thrown.append)
    previews._keep(preview, 1, [(b"\x89PNG\r\n", 1, 1)])
    assert PagePicture.objects.count() == 1 and len(thrown) == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_s_21_what_cannot_be_drawn_shows_no_preview_and_costs_nothing_else(desk, with_file, name):
    kind = "image/tiff" if name.endswith("tif") else "application/pdf"
    file = with_file(name, HOSTILE[name], kind)

    assert "No preview" in look(desk, file, **HTMX).content.decode()
    assert "No preview" in look(desk, file).content.decode()
    assert sheet(desk, file).status_code == 404
    assert desk.get(f"/desk/a/{file.public_id}/").content == HOSTILE[name]
    assert desk.get(f"/desk/t/{file.message.ticket.public_id}/").status_code == 200


def test_s_21_a_document_that_stops_its_reader_is_not_read_again_for_a_day(desk, with_file, monkeypatch):
    file = with_file("letter.pdf", pdf(), "application/pdf")
    asked = []

    def stopped(*args, **kwargs):
        asked.append(args)
        raise children.Stopped

    with monkeypatch.context() as patched:
        patched.setattr(children, "ask", stopped)
        for _ in range(3):
            assert "No preview" in look(desk, file, **HTMX).content.decode()
    assert len(asked) == 1
    Preview.objects.update(made_at=timezone.now() - timedelta(hours=25))
    assert "Page 1 of 3" in look(desk, file, **HTMX).content.decode()


def test_s_21_when_too_many_wait_it_is_said_and_nothing_is_remembered(desk, with_file, monkeypatch):
    file = with_file("letter.pdf", pdf(), "application/pdf")

    def busy(*args, **kwargs):
        raise children.Busy

    with monkeypatch.context() as patched:
        patched.setattr(children, "ask", busy)
        assert "not ready" in look(desk, file, **HTMX).content.decode()
        assert sheet(desk, file).status_code == 503
    assert not Preview.objects.exists()
    assert "Page 1 of 3" in look(desk, file, **HTMX).content.decode()


def test_s_21_what_the_reader_answers_is_not_believed(with_file, monkeypatch):
    """Whoever broke the decoder writes the answer: it may be no picture, and it may have no shape."""
    file = with_file("letter.pdf", pdf(), "application/pdf")
    page = {"picture": b"<svg onload=alert(1)>", "width": 1, "height": 1}
    for answer in ({"total": 1, "pages": [page]}, {"total": "many", "pages": []}, [], None, {"pages": 5}):
        monkeypatch.setattr(children, "ask", lambda *a, _answer=answer, **k: _answer)
        Preview.objects.all().delete()
        assert previews.preview_of(file).pages == 0
    assert not PagePicture.objects.exists()


def test_s_21_pages_beyond_the_limits_are_left_out(monkeypatch):
    monkeypatch.setattr(drawing, "MOST_PAGES", 2)
    assert len(drawing.pages(tiff(), 1, 3)["pages"]) == len(drawing.pages(pdf(), 1, 3)["pages"]) == 2
    assert drawing.as_pdf(tiff()) is None
    monkeypatch.setattr(drawing, "MOST_PAGES", 10)
    monkeypatch.setattr(drawing, "MOST_PIXELS", 1000)
    assert drawing.pages(tiff(), 1, 1)["pages"] == [None]
    assert drawing.as_pdf(tiff()) is None


def test_s_21_a_page_of_any_shape_is_drawn_within_the_limit():
    for size in ((10, 10_000), (10_000, 10), (1, 1)):
        (page,) = drawing.pages(pdf(1, unit="pt", format=size), 1, 1)["pages"]
        assert 1 <= page["width"] <= drawing.LONGEST_SIDE and 1 <= page["height"] <= drawing.LONGEST_SIDE


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/zip", "image/png"])
def test_only_documents_have_pages(desk, with_file, kind):
    file = with_file("letter.pdf", pdf(), kind)
    assert look(desk, file).status_code == sheet(desk, file).status_code == 404


def test_s_19_a_page_is_seen_by_who_may_see_the_ticket(desk, otto, with_file):
    file = with_file("letter.pdf", pdf(), "application/pdf")
    assert sheet(desk, file).status_code == 200
    assert look(signed_in(otto), file).status_code == sheet(signed_in(otto), file).status_code == 404
    assert sheet(signed_in(otto), file, 99).status_code == 404


# A fax


@pytest.fixture
def gateway(library):
    settings = {"fax_gateways": ["@fax.example"]}
    return ChannelFactory(office=library, kind="email", slug="fax", address="fax@olmo.example", settings=settings)


def fax_mail(*files):
    message = EmailMessage()
    message["From"], message["To"] = "Fax <no-reply@fax.example>", "fax@olmo.example"
    message["Subject"] = "Fax from +49 30 999888 (3 pages)"
    message.set_content("You received a fax.")
    for name, content, kind in files:
        main, _slash, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


@pytest.mark.parametrize(
    "file",
    [
        ("fax-20251009-104500.tif", tiff(), "image/tiff"),
        ("fax-20251009-104500.pdf", pdf(), "application/pdf"),
        ("fax-20251009-104500.pdf", pdf(), "application/octet-stream"),
    ],
    ids=["tiff", "pdf", "untold"],
)
def test_a_fax_is_a_ticket_marked_fax_whose_pages_are_seen_in_it(desk, gateway, file):
    envelope = services.store(gateway, RawInput(fax_mail(file), "command"))
    services.process(envelope.pk)
    ticket = Ticket.objects.get()
    assert ticket.via == "fax" and ticket.requester.handle("fax") == "+4930999888"

    page = desk.get(f"/desk/t/{ticket.public_id}/").content.decode()
    shown = [f for f in Attachment.objects.all() if reverse("inbox:pages", args=[f.public_id]) in page]
    assert len(shown) == 1  # the TIFF and the PDF made of it show the same pages: once is enough
    assert page.count('class="attachment"') == Attachment.objects.count()
    assert "Page 1 of 3" in look(desk, shown[0], **HTMX).content.decode()
    drawn = Image.open(io.BytesIO(sheet(desk, shown[0]).content))
    assert drawn.height > drawn.width  # upright, however the machine's pixels were stretched


def test_s_21_a_fax_that_is_a_bomb_is_a_ticket_all_the_same(desk, gateway):
    services.process(services.store(gateway, RawInput(fax_mail(("fax.tif", pixel_bomb(), "image/tiff")), "command")).pk)
    assert [file.name for file in Attachment.objects.all()] == ["fax.tif"]
    assert "No preview" in look(desk, Attachment.objects.get(), **HTMX).content.decode()
