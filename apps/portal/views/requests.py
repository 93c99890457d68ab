"""A person's own requests. Another person's, a note's and one that never was all look the same: 404 (S-28)."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy as within
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.errors import DomainError
from apps.core.files import disposition
from apps.core.ids import public_id
from apps.portal import contact, doors, services
from apps.portal.forms import AnswerForm
from apps.portal.pages import device_of, person_page, show
from apps.tickets.models import Attachment, Message, Ticket
from apps.tickets.services import kept_of, where_my_words_are
from apps.tickets.states import Status

PAGE = 20
INERT = "sandbox; default-src 'none'"
# Plain words, and the mark beside them; what goes on among us is nobody's business.
STATUS = {
    Status.NEW: (within("request", "Received"), "circle-dashed", "info"),
    Status.OPEN: (within("request", "We are looking at it"), "circle", "info"),
    Status.ON_HOLD: (within("request", "We are looking at it"), "circle", "info"),
    Status.WAITING: (within("request", "Waiting for your answer"), "circle-pause", "warn"),
    Status.SOLVED: (within("request", "Solved"), "circle-check", "ok"),
    Status.CLOSED: (within("request", "Solved"), "circle-check", "ok"),
    Status.MERGED: (within("request", "We are looking at it"), "circle", "info"),
}


@person_page
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    rows = Ticket.objects.visible_to(request.viewer).own_words().select_related("office").newest_first()  # type: ignore[attr-defined]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    cards = [{"ticket": ticket, **_standing(ticket)} for ticket in page]
    return show(request, "portal/requests.html", {"page": page, "cards": cards, "device": device_of(request)})


@person_page
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, ref: str) -> HttpResponse:
    ticket = _ticket(request, ref)
    if ticket.public_id != ref and request.method != "POST":
        return HttpResponseRedirect(reverse("portal:request", args=[ticket.public_id]))
    form = AnswerForm(request.POST or None, request.FILES or None, initial={"client_id": public_id()})
    if request.method == "POST" and form.is_valid():
        try:
            _answer(request, ticket, form.cleaned_data)
        except DomainError as error:
            if error.status == 429:
                raise
            form.add_error(None, str(error))
        else:
            messages.success(request, _("We have your message."))
            return HttpResponseRedirect(reverse("portal:request", args=[ticket.public_id]))
    context = {
        "ticket": ticket,
        "said": _said(request, ticket),
        "form": form,
        "may_continue": services.may_continue(ticket),
        "is_ended": not ticket.is_open and not ticket.is_merged,
        "reopen_days": settings.ACUDO_REOPEN_DAYS,
        **_standing(ticket),
    }
    return show(request, "portal/request.html", context, status=422 if form.errors else 200)


@person_page
@require_POST
def close(request: HttpRequest, ref: str) -> HttpResponse:
    ticket = _ticket(request, ref)
    services.close(ticket, person=request.person)  # type: ignore[attr-defined]
    messages.success(request, _("Your request is closed. You can reopen it here."))
    return HttpResponseRedirect(reverse("portal:request", args=[ref]))


@person_page
@require_POST
def reopen(request: HttpRequest, ref: str) -> HttpResponse:
    ticket = _ticket(request, ref)
    try:
        services.reopen(ticket, person=request.person)  # type: ignore[attr-defined]
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your request is open again. Tell us what is missing."))
    return HttpResponseRedirect(reverse("portal:request", args=[ref]))


@person_page
@require_safe
def transcript(request: HttpRequest, ref: str) -> HttpResponse:
    ticket = _ticket(request, ref)
    context = {"ticket": ticket, "said": _said(request, ticket), **_standing(ticket)}
    text = render_to_string("portal/transcript.txt", context)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = disposition(f"{ticket.reference}.txt")
    return _inert(response)


@person_page
@require_safe
def download(request: HttpRequest, ref: str, file_id: str) -> HttpResponse:
    """The right is asked again at every download (S-19); what comes never runs in our pages (S-17)."""
    row = (
        Attachment.objects.visible_to(request.viewer)  # type: ignore[attr-defined]
        .filter(public_id=file_id, message__ticket=_ticket(request, ref))
        .first()
    )
    if row is None:
        raise Http404
    response = FileResponse(row.file.open("rb"), content_type="application/octet-stream")
    response["Content-Disposition"] = disposition(row.name)
    return _inert(response)


def _ticket(request: HttpRequest, ref: str) -> Ticket:
    """Theirs; of a request that was joined with another of their own, that one."""
    ticket = (
        Ticket.objects.visible_to(request.viewer)  # type: ignore[attr-defined]
        .select_related("office", "service")
        .filter(public_id=ref)
        .first()
    )
    if ticket is None:
        raise Http404
    return where_my_words_are(ticket)


def _answer(request: HttpRequest, ticket: Ticket, data: dict[str, Any]) -> None:
    person = request.person  # type: ignore[attr-defined]
    doors.answer(person.pk)
    doors.upload(request, len(data["files"]))
    kept = services.keep_answer_files(data["files"])
    services.answer(ticket, person=person, text=data["text"], client_id=data["client_id"], files=kept)


def _said(request: HttpRequest, ticket: Ticket) -> list[Message]:
    """What was said in public, oldest first."""
    rows = Message.objects.visible_to(request.viewer).filter(ticket=ticket)  # type: ignore[attr-defined]
    return list(rows.prefetch_related("attachments").order_by("pk"))


def _standing(ticket: Ticket) -> dict[str, Any]:
    """How it stands, in words a person would use."""
    word, icon, tone = STATUS[_status(ticket)]
    return {"status_word": word, "status_icon": icon, "status_tone": tone, "news": _news(ticket)}


def _status(ticket: Ticket) -> Status:
    """Of a request that is answered together with another person's: whether that is done, and no more of it."""
    if ticket.is_merged and kept_of(ticket).status in (Status.SOLVED, Status.CLOSED):
        return Status.SOLVED
    return Status(ticket.status)


def _news(ticket: Ticket) -> str:
    """What comes next, or what came last. A promise is shown while it can be kept, and owned up to when it cannot."""
    zone = ZoneInfo(ticket.office.time_zone)
    if ticket.status == Status.WAITING:
        since = timezone.localtime(ticket.last_message_at, zone)
        return _("Since %(day)s") % {"day": date_format(since, _("l j F"))}
    if ticket.is_open and ticket.next_due_at and ticket.next_due_metric in ("first_response", "next_response"):
        if ticket.next_due_at < clock.now():
            return _("It is taking us longer than we promised. We have not forgotten you.")
        return _("We answer before %(moment)s.") % {"moment": contact.promise_words(ticket.next_due_at, zone)}
    return ""


def _inert(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = INERT
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
