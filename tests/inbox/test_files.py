"""What others sent is handed out so that it cannot run (S-12, S-17)."""

import io

import pytest
from PIL import Image

from apps.core.redrawing import redraw
from apps.tickets.files import NewFile, keep
from apps.tickets.models import Attachment, Message
from tests.factories.tickets import TicketFactory
from tests.inbox.conftest import signed_in


def png(size=(40, 30)):
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def with_file(library):
    def make(name, content, content_type, **more):
        ticket = TicketFactory(office=library, attachments=keep([NewFile(name, content, content_type, **more)]))
        return Attachment.objects.get(message__ticket=ticket)

    return make


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/pdf", "text/xml", "image/png", "application/x-shockwave-flash"]
)
def test_s_17_every_file_is_a_download_that_cannot_run(desk, with_file, kind):
    file = with_file("page.html", b"<script>alert(1)</script>", kind)

    answer = desk.get(f"/desk/a/{file.public_id}/")

    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_s_17_a_picture_is_drawn_anew(desk, with_file):
    hidden = png() + b"<script>alert(1)</script>"
    file = with_file("photo.png", hidden, "image/png")

    answer = desk.get(f"/desk/a/{file.public_id}/picture/")

    assert answer["Content-Type"] == "image/png"
    assert b"script" not in answer.content
    assert Image.open(io.BytesIO(answer.content)).size == (40, 30)


@pytest.mark.parametrize("kind", ["image/svg+xml", "text/html", "image/png"])
def test_s_17_what_is_no_raster_picture_is_never_shown(desk, with_file, kind):
    file = with_file("x.png", b"<svg onload=alert(1)>", kind)

    assert desk.get(f"/desk/a/{file.public_id}/picture/").status_code == 404


def test_a_picture_too_large_to_draw_is_left_alone(monkeypatch):
    monkeypatch.setattr("apps.core.redrawing.MOST_PIXELS", 100)

    assert redraw(png()) is None


def test_s_27_a_file_of_another_house_is_not_there(otto, with_file):
    file = with_file("photo.png", png(), "image/png")
    theirs = signed_in(otto)

    assert theirs.get(f"/desk/a/{file.public_id}/").status_code == 404
    assert theirs.get(f"/desk/a/{file.public_id}/picture/").status_code == 404


def test_s_12_a_mail_is_shown_cleaned_again_in_a_page_that_runs_nothing(desk, library):
    ticket = TicketFactory(office=library, html="<p>Hi</p>")
    message = ticket.messages.get()
    Message.objects.filter(pk=message.pk).update(
        html="<p onclick=x()>Hi</p><script>alert(1)</script><img src='https://tracker.example/a.png'>"
    )

    answer = desk.get(f"/desk/m/{message.public_id}/html/")
    page = answer.content.decode()

    assert "<p>Hi</p>" in page
    assert "<script" not in page
    assert 'src="https://tracker.example' not in page
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_mails_own_pictures_are_shown_inside_it(desk, library):
    files = keep([NewFile("logo.png", png(), "image/png", content_id="logo@x", is_inline=True)])
    ticket = TicketFactory(office=library, html='<img src="cid:logo@x">', attachments=files)

    page = desk.get(f"/desk/m/{ticket.messages.get().public_id}/html/").content.decode()

    assert 'src="data:image/png;base64,' in page


def test_s_27_a_mail_of_another_house_is_not_there(otto, library):
    ticket = TicketFactory(office=library, html="<p>Hi</p>")

    assert signed_in(otto).get(f"/desk/m/{ticket.messages.get().public_id}/html/").status_code == 404
