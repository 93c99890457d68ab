"""Pages for operators: what left, what is owed, what could not be delivered, and what came in and could not be read."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import staff_page
from apps.core import clock
from apps.core.errors import DomainError
from apps.core.files import disposition
from apps.core.given import row_number
from apps.omnichannel import rawtext, services
from apps.omnichannel.models import Channel, Delivery, Envelope
from apps.omnichannel.services import mending
from apps.tickets.models import Message

PAGE = 50
INERT = "sandbox; default-src 'none'"
OUTBOX, QUARANTINE = "/desk/admin/outbox/", "/desk/admin/quarantine/"
FAILED = "failed"  # the two states that wait for a person


# The outbox: what left, what is owed, what could not be delivered


@staff_page("operator.view")
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    state, after, door = (request.GET.get(name, "") for name in ("state", "after", "channel"))
    rows = _deliveries(request)
    if state in Delivery.State.values:
        rows = rows.filter(state=state)
    elif state == FAILED:
        rows = rows.filter(state__in=mending.MENDABLE)
    if door:
        rows = rows.filter(channel__slug=door)
    if row_number(after) is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("message__ticket", "channel").order_by("-pk")[: PAGE + 1])
    context = {
        "deliveries": found[:PAGE],
        "next_after": found[PAGE - 1].pk if len(found) > PAGE else "",
        "state": state,
        "states": Delivery.State,
        "door": _door(request, door),
        "can_choose": any(row.state in mending.MENDABLE for row in found[:PAGE]),
        "now": clock.now(),
    }
    return render(request, "omnichannel/outbox.html", context)


@staff_page("operator.view")
@require_GET
def delivery(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _delivery(request, public_id)
    message = Message.objects.prefetch_related("attachments").get(pk=row.message_id)
    context = {"delivery": row, "message": message, "tries": list(row.tries.all())}  # type: ignore[attr-defined]
    return render(request, "omnichannel/delivery.html", context)


@staff_page("operator.view")
@require_POST
def retry_delivery(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _delivery(request, public_id)
    to = request.POST.get("to", "").strip()
    if not to or to == row.recipient:
        return _tried_again(request, [row])
    if not request.viewer.may("ticket.reply", row.message.ticket.office_id):  # type: ignore[attr-defined]
        raise PermissionDenied  # another address gets to read it: that is answering, not mending
    try:
        fresh = mending.send_elsewhere(row, to=to, actor=request.user)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("omnichannel:delivery", public_id)
    messages.success(request, _("It will be sent to %(to)s.") % {"to": fresh.recipient})
    return HttpResponseRedirect(OUTBOX)


@staff_page("operator.view")
@require_POST
def cancel_delivery(request: HttpRequest, public_id: str) -> HttpResponse:
    return _dropped(request, [_delivery(request, public_id)])


@staff_page("operator.view")
@require_POST
def many_deliveries(request: HttpRequest) -> HttpResponse:
    """What was ticked on one page: tried again, or not sent."""
    rows = _deliveries(request).filter(public_id__in=request.POST.getlist("row")[:PAGE])
    found = list(rows.select_related("message__ticket", "channel").order_by("pk"))
    return _tried_again(request, found) if request.POST.get("do") == "retry" else _dropped(request, found)


def _tried_again(request: HttpRequest, rows: list[Delivery]) -> HttpResponse:
    count = mending.try_again(rows, actor=request.user)
    if count:
        said = ngettext("%(n)s message will be tried again.", "%(n)s messages will be tried again.", count)
        messages.success(request, said % {"n": count})
    else:
        messages.error(request, _("Nothing was chosen that can be tried again."))
    return HttpResponseRedirect(OUTBOX)


def _dropped(request: HttpRequest, rows: list[Delivery]) -> HttpResponse:
    try:
        count = mending.drop(rows, reason=request.POST.get("reason", ""), actor=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = ngettext("%(n)s message will not be sent.", "%(n)s messages will not be sent.", count)
        messages.success(request, said % {"n": count})
    return HttpResponseRedirect(OUTBOX)


def _deliveries(request: HttpRequest) -> Any:
    operated = request.viewer.offices_with("operator.view")  # type: ignore[attr-defined]
    return Delivery.objects.visible_to(request.viewer).filter(message__ticket__office_id__in=operated)  # type: ignore[attr-defined]


def _delivery(request: HttpRequest, public_id: str) -> Delivery:
    rows = _deliveries(request).select_related("message__ticket__requester", "channel")
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


# Quarantine: what came in and could not be read


@staff_page("operator.view")
@require_GET
def quarantine(request: HttpRequest) -> HttpResponse:
    after, door = request.GET.get("after", ""), request.GET.get("channel", "")
    rows = _envelopes(request).filter(state=Envelope.State.QUARANTINED)
    if door:
        rows = rows.filter(channel__slug=door)
    if row_number(after) is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("channel").defer("raw").order_by("-pk")[: PAGE + 1])
    context = {
        "envelopes": found[:PAGE],
        "next_after": found[PAGE - 1].pk if len(found) > PAGE else "",
        "door": _door(request, door),
    }
    return render(request, "omnichannel/quarantine.html", context)


@staff_page("operator.view")
@require_http_methods(["GET", "POST"])
def envelope(request: HttpRequest, public_id: str) -> HttpResponse:
    """One input: why it waits and what is in it. Posted: a corrected copy is read instead."""
    row = _envelope(request, public_id)
    fault: Any = ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        body = upload.read() if upload else rawtext.back(request.POST.get("text", ""), bytes(row.raw))
        try:
            services.correct(row, body=body, actor=request.user)
        except DomainError as error:
            fault = error.message
        else:
            messages.success(request, _("The corrected copy will be read. What came first stays kept."))
            return HttpResponseRedirect(QUARANTINE)
    context = {
        "envelope": row,
        "text": request.POST.get("text") or rawtext.shown(bytes(row.raw)),
        "start": rawtext.start(bytes(row.raw)),
        "fault": fault,
        "corrections": row.corrections.order_by("pk").defer("raw"),  # type: ignore[attr-defined]
        "size": len(row.raw),
    }
    return render(request, "omnichannel/envelope.html", context, status=422 if fault else 200)


@staff_page("operator.view")
@require_GET
def raw_envelope(request: HttpRequest, public_id: str) -> HttpResponse:
    """The bytes as they came, to be saved and never to be run (S-17)."""
    row = _envelope(request, public_id)
    response = HttpResponse(bytes(row.raw), content_type="application/octet-stream")
    ending = "eml" if row.channel.kind == "email" else "bin"
    response["Content-Disposition"] = disposition(f"{row.channel.slug}-{row.pk}.{ending}")
    response["Content-Security-Policy"] = INERT
    response["X-Content-Type-Options"] = "nosniff"
    return response


@staff_page("operator.view")
@require_POST
def process_again(request: HttpRequest, public_id: str) -> HttpResponse:
    return _read_again(request, [_envelope(request, public_id)])


@staff_page("operator.view")
@require_POST
def discard(request: HttpRequest, public_id: str) -> HttpResponse:
    return _discarded(request, [_envelope(request, public_id)])


@staff_page("operator.view")
@require_POST
def many_envelopes(request: HttpRequest) -> HttpResponse:
    rows = _envelopes(request).filter(public_id__in=request.POST.getlist("row")[:PAGE])
    found = list(rows.select_related("channel").defer("raw").order_by("pk"))
    return _read_again(request, found) if request.POST.get("do") == "retry" else _discarded(request, found)


def _read_again(request: HttpRequest, rows: list[Envelope]) -> HttpResponse:
    count = mending.read_again(rows, actor=request.user)
    if count:
        said = ngettext("%(n)s input will be read again.", "%(n)s inputs will be read again.", count)
        messages.success(request, said % {"n": count})
    else:
        messages.error(request, _("Nothing was chosen that can be tried again."))
    return HttpResponseRedirect(QUARANTINE)


def _discarded(request: HttpRequest, rows: list[Envelope]) -> HttpResponse:
    try:
        count = mending.discard_all(rows, reason=request.POST.get("reason", ""), actor=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        if count:
            messages.success(request, _("Discarded. The bytes stay kept."))
        else:
            messages.error(request, _("Nothing was chosen that can be discarded."))
    return HttpResponseRedirect(QUARANTINE)


def _envelopes(request: HttpRequest) -> Any:
    operated = request.viewer.offices_with("operator.view")  # type: ignore[attr-defined]
    return Envelope.objects.filter(channel__office_id__in=operated)


def _envelope(request: HttpRequest, public_id: str) -> Envelope:
    row = _envelopes(request).select_related("channel").filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


def _door(request: HttpRequest, slug: str) -> Channel | None:
    return Channel.objects.visible_to(request.viewer).filter(slug=slug).first() if slug else None  # type: ignore[attr-defined]
