"""Writing about a matter on a ticket of its own: to a third party, or to the same person about something new."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import staff_page
from apps.accounts.permissions import require
from apps.core.errors import DomainError, Invalid, NotAllowed
from apps.core.http import refused
from apps.inbox.addressing import check_size
from apps.inbox.views.ticket import get_ticket
from apps.omnichannel import services as doors
from apps.people.services import identify
from apps.tickets import services
from apps.tickets.files import KeptFile, NewFile, keep
from apps.tickets.models import Attachment, Message, Ticket
from apps.tickets.states import Direction


@staff_page("ticket.reply")
@require_http_methods(["GET", "POST"])
def forward(request: HttpRequest, public_id: str) -> HttpResponse:
    """`?as=new` begins another matter with the same person. What goes along is what is ticked, of what was said in
    public; notes are not even offered."""
    ticket = get_ticket(request, public_id)
    try:
        require(request.viewer, "ticket.reply", ticket.office_id)  # type: ignore[attr-defined]
    except NotAllowed as error:
        return refused(request, error, to=f"/desk/t/{ticket.public_id}/")
    reason = "new" if (request.POST.get("as") or request.GET.get("as")) == "new" else "forward"
    if request.method == "POST":
        try:
            other = _reach_out(request, ticket, reason)
            return HttpResponseRedirect(f"/desk/t/{other.public_id}/")
        except DomainError as error:
            return render(request, "inbox/forward.html", _page(ticket, reason, request.POST, error), status=422)
    return render(request, "inbox/forward.html", _page(ticket, reason))


def _page(ticket: Ticket, reason: str, typed: Any = None, error: DomainError | None = None) -> dict[str, Any]:
    said = list(_public(ticket).prefetch_related("attachments"))
    return {
        "ticket": ticket,
        "reason": reason,
        "said": said if reason == "forward" else [],
        "files": [file for message in said for file in message.attachments.all()],  # type: ignore[attr-defined]
        "channels": doors.sending_channels(ticket),
        "to": typed.get("to", "") if typed else (ticket.requester.handle("email") if reason == "new" else ""),
        "subject": typed.get("subject", "") if typed else (f"Fwd: {ticket.subject}" if reason == "forward" else ""),
        "text": typed.get("text", "") if typed else "",
        "error": error,
        "own_url": f"/desk/t/{ticket.public_id}/",
    }


def _reach_out(request: HttpRequest, ticket: Ticket, reason: str) -> Ticket:
    addresses = doors.addresses_in(request.POST.get("to", ""))
    if len(addresses) != 1:
        raise Invalid("one_recipient", _("Write one e-mail address."), field="to")
    channels = doors.sending_channels(ticket)
    channel = next((row for row in channels if row.slug == request.POST.get("from")), None)
    files = _files(request, ticket)
    check_size(channel or next(iter(channels), None), [file.size for file in files])
    with doors.addressed(doors.Addressing(channel=channel)):
        return services.reach_out(
            ticket,
            to=identify(ticket.office.body, kind="email", handle=addresses[0]),  # type: ignore[arg-type]
            subject=request.POST.get("subject", ""),
            text=_text(request, ticket),
            author=request.user,  # type: ignore[arg-type]
            reason=reason,
            attachments=files,
        )


def _text(request: HttpRequest, ticket: Ticket) -> str:
    """What was typed, then the messages ticked, each under its author and day, as they were said in public (S-06)."""
    chosen = _public(ticket).filter(public_id__in=request.POST.getlist("message"))
    line = "-" * 10
    quoted = [
        f"{line} {said.author_label or ticket.office.name}, {said.written_at:%Y-%m-%d %H:%M}\n\n{said.text}"
        for said in chosen
    ]
    return "\n\n".join(part for part in [request.POST.get("text", "").strip(), *quoted] if part)


def _files(request: HttpRequest, ticket: Ticket) -> list[KeptFile]:
    rows = Attachment.objects.filter(message__in=_public(ticket), public_id__in=request.POST.getlist("file"))
    along = [KeptFile(row.file.name, row.name, row.content_type, row.size) for row in rows]
    uploads = request.FILES.getlist("files")
    return along + keep(NewFile(f.name or "", f, f.content_type or "application/octet-stream") for f in uploads)


def _public(ticket: Ticket) -> Any:
    return Message.objects.filter(ticket=ticket, is_automatic=False).exclude(direction=Direction.NOTE).order_by("pk")
