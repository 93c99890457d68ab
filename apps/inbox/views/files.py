"""What others sent us, handed out so that it never runs in our pages (SECURITY S-12, S-16, S-17)."""

import base64

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from apps.accounts.access import staff_page
from apps.core import children
from apps.core.files import disposition
from apps.core.html import display_html
from apps.core.http import is_partial
from apps.core.redrawing import redraw
from apps.tickets import previews
from apps.tickets.models import Attachment, Message

DOWNLOAD_POLICY = "sandbox; default-src 'none'"
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src {host}; img-src {host} data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
LARGEST_PICTURE = 10 * 1024 * 1024
MOST_OWN_PICTURES = 10


@staff_page("ticket.view")
@require_GET
def download(request: HttpRequest, public_id: str) -> HttpResponse:
    attachment = _attachment(request, public_id)
    with attachment.file.open("rb") as file:
        response = HttpResponse(file.read(), content_type="application/octet-stream")
    response["Content-Disposition"] = disposition(attachment.name)
    return _inert(response)


@staff_page("ticket.view")
@require_GET
def picture(request: HttpRequest, public_id: str) -> HttpResponse:
    """A raster image drawn anew by us: nothing of the sent bytes is passed on. Anything else is a 404."""
    attachment = _attachment(request, public_id)
    if attachment.content_type not in PICTURES or attachment.size > LARGEST_PICTURE:
        raise Http404
    with attachment.file.open("rb") as file:
        drawn = redraw(file.read())
    if drawn is None:
        raise Http404
    response = HttpResponse(drawn, content_type="image/png")
    response["Content-Disposition"] = disposition("picture.png", inline=True)
    return _inert(response)


@staff_page("ticket.view")
@require_GET
def pages(request: HttpRequest, public_id: str) -> HttpResponse:
    """The pages of a PDF or TIFF: within a conversation the first ones, by itself all of them."""
    attachment = _attachment(request, public_id)
    if not previews.has_pages(attachment):
        raise Http404
    try:
        preview = previews.preview_of(attachment)
    except children.Busy:
        preview = None
    shown = previews.shown_pages(preview) if preview else 0
    context = {
        "file": attachment,
        "preview": preview,
        "pictures": previews.first_pictures(preview) if preview and shown else [],
        "numbers": range(1, shown + 1),
        "ticket": attachment.message.ticket,
        "left_out": preview.pages - shown if preview else 0,
    }
    return render(request, "inbox/_pages.html" if is_partial(request) else "inbox/pages.html", context)


@staff_page("ticket.view")
@require_GET
def page(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """One page as a picture that we drew: nothing of the sent bytes is passed on."""
    attachment = _attachment(request, public_id)
    if not previews.has_pages(attachment):
        raise Http404
    try:
        drawn = previews.page_of(attachment, number)
    except children.Busy:
        return _inert(HttpResponse(status=503, headers={"Retry-After": "30"}))
    if drawn is None:
        raise Http404
    with drawn.file.open("rb") as file:
        content = file.read()
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    response = HttpResponse(content, content_type=f"image/{kind}")
    response["Content-Disposition"] = disposition(f"page-{number}.{kind}", inline=True)
    return _inert(response)


@staff_page("ticket.view")
@xframe_options_sameorigin
@require_GET
def mail(request: HttpRequest, public_id: str) -> HttpResponse:
    """The formatting of a message, cleaned again, in a page without scripts and without our origin."""
    message = Message.objects.visible_to(request.viewer).filter(public_id=public_id).first()  # type: ignore[attr-defined]
    if message is None or not message.html:
        raise Http404
    body = display_html(message.html, cid_urls=_own_pictures(message))
    page = format_html(
        '<!doctype html><html lang=""><head><meta charset="utf-8"><title>{}</title><base target="_blank">'
        '<link rel="stylesheet" href="{}"></head><body>{}</body></html>',
        message.author_name,
        static("css/mail.css"),
        body,
    )
    response = HttpResponse(page)
    response["Content-Security-Policy"] = MAIL_POLICY.format(host=f"{request.scheme}://{request.get_host()}")
    return response


def _attachment(request: HttpRequest, public_id: str) -> Attachment:
    attachment = (
        Attachment.objects.visible_to(request.viewer)  # type: ignore[attr-defined]
        .filter(public_id=public_id)
        .select_related("message__ticket")
        .first()
    )
    if attachment is None:
        raise Http404
    return attachment


def _own_pictures(message: Message) -> dict[str, str]:
    """The pictures a mail carries itself, drawn anew. The frame has no session of ours, so they go in as data."""
    found = {}
    for row in message.attachments.exclude(content_id="").filter(content_type__in=PICTURES)[:MOST_OWN_PICTURES]:  # type: ignore[attr-defined]
        if row.size > LARGEST_PICTURE:
            continue
        with row.file.open("rb") as file:
            drawn = redraw(file.read())
        if drawn:
            found[row.content_id.strip("<>")] = f"data:image/png;base64,{base64.b64encode(drawn).decode()}"
    return found


def _inert(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = DOWNLOAD_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
