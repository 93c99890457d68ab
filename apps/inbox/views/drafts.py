"""The box as it stands: kept on the server, taken back after sending, taken over from a colleague."""

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import staff_page
from apps.accounts.permissions import require
from apps.core import pictures
from apps.core.errors import NotAllowed
from apps.core.given import row_number
from apps.core.http import done, is_partial, refused
from apps.core.transactions import whole
from apps.inbox import addressing, drafts
from apps.inbox.models import Draft
from apps.inbox.views.acts import act
from apps.inbox.views.ticket import conversation_context, get_ticket
from apps.omnichannel import services as doors
from apps.omnichannel.models import Channel
from apps.tickets.files import NewFile, keep
from apps.tickets.models import Message, Ticket


@staff_page("ticket.view")
@require_GET
def composer(request: HttpRequest, public_id: str) -> HttpResponse:
    """The box alone, with what the server keeps for it; without script the whole page with its panel open."""
    context = conversation_context(request, public_id, opens_addressing=True)
    return render(request, "inbox/_composer.html" if is_partial(request) else "inbox/ticket_page.html", context)


@act("ticket.reply")
def panel(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """The lines of addresses, as far as they are filled in."""
    chosen = addressing.choices(ticket, addressing.as_kept(request.POST))
    return render(request, "inbox/_addressing.html", {"ticket": ticket, "addressing": chosen})


@act("ticket.reply")
def undo_send(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """Within its time an answer comes back into the box, with its files and addresses."""
    message = Message.objects.filter(
        ticket=ticket, public_id=request.POST.get("message", ""), author_user=request.user
    ).first()
    if message is None:
        raise Http404
    _take_back(message, request)
    own = f"/desk/t/{ticket.public_id}/"
    return done(request, _("Not sent. Your words are in the box again."), to=own, event="desk:undone")


@whole()
def _take_back(message: Message, request: HttpRequest) -> None:
    ticket = message.ticket
    taken = doors.undo_send(message, actor=request.user)
    slug = Channel.objects.filter(pk=taken.channel_id).values_list("slug", flat=True).first() or ""
    drafts.bring_back(ticket, request.user, taken, from_slug=slug)  # type: ignore[arg-type]


@staff_page("ticket.view")
@require_POST
def keep_draft(request: HttpRequest, public_id: str) -> HttpResponse:
    """What stands in the box, every few seconds; `files` and `pictures` are added, `drop` names one to throw away."""
    ticket = get_ticket(request, public_id)
    kind = "note" if request.POST.get("kind") == "note" else "reply"
    try:
        require(request.viewer, f"ticket.{kind}", ticket.office_id)  # type: ignore[attr-defined]
    except NotAllowed as error:
        return refused(request, error, to=f"/desk/t/{ticket.public_id}/")
    user = request.user
    draft = drafts.keep(
        ticket,
        user,  # type: ignore[arg-type]
        kind=kind,
        text=request.POST.get("text", ""),
        addressing=addressing.as_kept(request.POST),
    )
    uploads = [*request.FILES.getlist("files"), *request.FILES.getlist("pictures")]
    if uploads:
        kept = keep(_new_files(request))
        draft = drafts.add_files(ticket, user, kind=kind, files=kept)  # type: ignore[arg-type]
    if draft and request.POST.get("drop"):
        drafts.drop_file(draft, request.POST["drop"])
    if is_partial(request) and (uploads or request.POST.get("drop")):
        return render(request, "inbox/_draft_files.html", {"draft_files": drafts.files_of(draft), "ticket": ticket})
    return JsonResponse({"at": timezone.localtime().strftime("%H:%M")})


def _new_files(request: HttpRequest) -> list[NewFile]:
    """`files` are attached; `pictures` stand in the words under their names, unless they are none."""
    files = [_new_file(file) for file in request.FILES.getlist("files")]
    for file in request.FILES.getlist("pictures"):
        start = file.read(16)
        file.seek(0)
        stands = pictures.is_picture(file.content_type or "", start)
        files.append(_new_file(file, content_id=pictures.new_content_id() if stands else ""))
    return files


def _new_file(file: UploadedFile, content_id: str = "") -> NewFile:
    kind = file.content_type or "application/octet-stream"
    return NewFile(file.name or "", file, kind, content_id, bool(content_id))


@staff_page("ticket.view")
@require_http_methods(["GET", "POST"])
def of_others(request: HttpRequest, public_id: str) -> HttpResponse:
    """What colleagues have begun on this ticket; POST `take` goes on with one of them."""
    ticket = get_ticket(request, public_id)
    rows = Draft.objects.filter(ticket=ticket, kind="reply").exclude(user=request.user).select_related("user")  # type: ignore[misc]
    if request.method == "GET":
        context = {"ticket": ticket, "drafts": list(rows), "own_url": f"/desk/t/{ticket.public_id}/"}
        piece = "inbox/_other_drafts.html"
        return render(request, piece if is_partial(request) else "inbox/pick_page.html", context | {"piece": piece})
    try:
        require(request.viewer, "ticket.reply", ticket.office_id)  # type: ignore[attr-defined]
    except NotAllowed as error:
        return refused(request, error, to=f"/desk/t/{ticket.public_id}/")
    draft = rows.filter(pk=row_number(request.POST.get("take", "")) or 0).first()
    if draft is None:
        raise Http404
    drafts.take_over(draft, request.user)  # type: ignore[arg-type]
    return done(request, _("It is in your box now"), to=f"/desk/t/{ticket.public_id}/", event="desk:undone")
