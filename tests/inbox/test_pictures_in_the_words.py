"""A picture pasted into an answer waits with the draft, stands in the words by its name, and leaves inside the page."""

import io
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.core.pictures import html_with_pictures, marker
from apps.inbox.models import Draft, DraftFile
from apps.omnichannel.email import parsing
from apps.omnichannel.ports import OutboundAttachment
from apps.tickets.models import Message
from tests.inbox.conftest import HTMX, signed_in
from tests.inbox.test_sending import by_mail, page, send  # noqa: F401  a fixture
from tests.omnichannel.email.test_outgoing import MESSAGE, built


def png(colour="navy"):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def paste(client, ticket, name="imagen-1.png", text="", content=None, kind="image/png"):
    picture = SimpleUploadedFile(name, content or png(), kind)
    fields = {"kind": "reply", "text": text or f"Look:\n[{name}]\nthere.", "pictures": picture}
    return client.post(f"/desk/t/{ticket.public_id}/draft/", fields, **HTMX)


def test_it_waits_with_the_draft_and_belongs_to_the_message_when_that_is_sent(desk, by_mail):  # noqa: F811
    assert 'data-marker="[imagen-1.png]"' in paste(desk, by_mail).content.decode()
    assert "[imagen-1.png]" in page(desk, by_mail) and 'data-marker="[imagen-1.png]"' in page(desk, by_mail)

    send(desk, by_mail, text="Look:\n[imagen-1.png]\nthere.")

    file = Message.objects.get(direction="out").attachments.get()
    assert (file.name, file.is_inline, bool(file.content_id)) == ("imagen-1.png", True, True)
    assert not Draft.objects.exists()
    assert file.name in page(desk, by_mail)  # staff see it below what was written


@pytest.mark.parametrize(
    ("content", "kind"), [(b"<svg onload=alert(1)>", "image/png"), (b"<svg/>", "image/svg+xml"), (png(), "text/html")]
)
def test_s_17_what_is_no_picture_is_attached_and_stands_nowhere(desk, by_mail, content, kind):  # noqa: F811
    assert "data-marker" not in paste(desk, by_mail, content=content, kind=kind).content.decode()
    assert DraftFile.objects.get().content_id == ""


def test_undo_brings_the_picture_back_into_its_place(desk, by_mail):  # noqa: F811
    paste(desk, by_mail)
    send(desk, by_mail, text="Look:\n[imagen-1.png]")
    message = Message.objects.get(direction="out")
    name = message.attachments.get().content_id
    desk.post(f"/desk/t/{by_mail.public_id}/undo/", {"message": message.public_id}, **HTMX)
    assert DraftFile.objects.get().content_id == name
    assert 'data-marker="[imagen-1.png]"' in page(desk, by_mail)


def test_where_two_drafts_become_one_each_picture_keeps_its_place(desk, luis, by_mail):  # noqa: F811
    theirs = signed_in(luis)
    paste(desk, by_mail, text="Ana: [imagen-1.png]")
    paste(theirs, by_mail, text="Luis: [imagen-1.png]", content=png("red"))
    theirs.post(f"/desk/t/{by_mail.public_id}/drafts/", {"take": Draft.objects.get(user__full_name="Ana Prieto").pk})
    draft = Draft.objects.get()
    assert draft.text == "Luis: [imagen-1.png]\n\nAna: [imagen-2.png]"
    assert [file.name for file in draft.files.all()] == ["imagen-1.png", "imagen-2.png"]


def test_s_20_a_colleague_neither_drops_nor_sends_it(desk, luis, by_mail):  # noqa: F811
    paste(desk, by_mail)
    theirs = signed_in(luis)
    file = DraftFile.objects.get()
    theirs.post(f"/desk/t/{by_mail.public_id}/draft/", {"kind": "reply", "text": "x", "drop": file.public_id}, **HTMX)
    send(theirs, by_mail, text="[imagen-1.png]")
    assert DraftFile.objects.get() == file
    assert not Message.objects.get(direction="out").attachments.exists()


# The mail


def mail_with(*files, text="Look:\n\n[imagen-1.png]\n\nthere."):
    return built(replace(MESSAGE, text=text, attachments=files))


def picture(name="imagen-1.png", content_id="a@picture", kind="image/png"):
    return OutboundAttachment(name, kind, 4, lambda: b"\x89PNG", content_id)


def shape(part):
    kind = part.get_content_type()
    return (kind, [shape(inner) for inner in part.get_payload()]) if part.is_multipart() else kind


def test_the_picture_travels_with_the_page_and_the_words_alone_name_it():
    paper = OutboundAttachment("form.pdf", "application/pdf", 4, lambda: b"%PDF")
    mail = mail_with(picture(), paper)
    body = ("multipart/alternative", ["text/plain", ("multipart/related", ["text/html", "image/png"])])
    assert shape(mail) == ("multipart/mixed", [body, "application/pdf"])
    html = mail.get_body(("html",)).get_content()
    assert html.index("Look:") < html.index('<img src="cid:a@picture" alt="imagen-1.png"') < html.index("there.")
    assert html.count("cid:a@picture") == 1 and "[imagen-1.png]" not in html
    assert mail.get_body(("plain",)).get_content().startswith("Look:\n\n[imagen-1.png]\n\nthere.")
    (part,) = [part for part in mail.walk() if part["Content-ID"]]
    assert (part["Content-ID"], part.get_content_disposition()) == ("<a@picture>", "inline")
    read = parsing.parse(mail.as_bytes())  # as another desk would read it
    assert [(file.name, file.is_inline) for file in read.attachments] == [("imagen-1.png", True), ("form.pdf", False)]
    assert "cid:a@picture" in read.html and "[imagen-1.png]" in read.text


def test_without_a_place_in_the_words_it_stands_below_them():
    html = mail_with(picture(), text="Look.").get_body(("html",)).get_content()
    assert html.index("Look.") < html.index('src="cid:a@picture"')


def test_two_of_one_name_stand_one_after_the_other():
    html = html_with_pictures("[a-1.png] and [a-1.png]", [("a-1.png", "x@picture"), ("a-1.png", "y@picture")])
    assert html.index("cid:x@picture") < html.index(" and ") < html.index("cid:y@picture")


def test_s_12_a_name_is_never_markup_nor_an_address():
    name = 'a"><script>x@y.example.png'
    html = html_with_pictures(f"Look: {marker(name)}", [(name, 'c"onload=x')])
    assert 'cid:c&quot;onload=x"' in html and 'alt="a___script_x@y.example.png"' in html
    assert "<script" not in html and "mailto:" not in html


def test_a_mail_without_pictures_is_built_as_before():
    assert shape(built(MESSAGE)) == ("multipart/alternative", ["text/plain", "text/html"])
