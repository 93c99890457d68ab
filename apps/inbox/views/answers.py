"""Writing back: a public answer, a private note, and what stands beside the box."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.access import staff_page
from apps.accounts.permissions import require
from apps.core import clock
from apps.core.errors import DomainError
from apps.core.given import row_number
from apps.core.http import done, is_partial, refused
from apps.core.transactions import whole
from apps.inbox import addressing, drafts, guards, ways
from apps.inbox.guards import InDoubt
from apps.inbox.views import macros
from apps.inbox.views.acts import act
from apps.inbox.views.ticket import conversation_context, facts_of, get_ticket
from apps.omnichannel import links
from apps.omnichannel import services as doors
from apps.omnichannel.models import Delivery
from apps.tickets import at_hand, services
from apps.tickets.errors import AnsweredMeanwhile
from apps.tickets.files import KeptFile, NewFile, keep
from apps.tickets.models import Message, Ticket
from apps.tickets.states import ENDED, Status

THEN = {"solve": Status.SOLVED, "wait": Status.WAITING}


@staff_page("ticket.view")
@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """`kind` is reply or note. An answer written past news is held, not sent (R-19); `anyway` sends it all the same."""
    # The button that was pressed says more than the choice above it: without script both buttons are there.
    is_note = (request.POST.get("as") or request.POST.get("kind")) == "note"
    try:
        files = _files(request, public_id, verb="ticket.note" if is_note else "ticket.reply")
        with whole():
            ticket = get_ticket(request, public_id, held=True)
            with at_hand.holding(ticket):  # the verb need not read it again
                return (_note if is_note else _reply)(request, ticket, files)
    except (AnsweredMeanwhile, InDoubt) as error:
        return _held(request, public_id, error)
    except doors.HeldBack as error:
        return _held_back(request, public_id, error)
    except DomainError as error:
        if is_partial(request):
            return refused(request, error, to=f"/desk/t/{public_id}/")
        return _page_again(request, public_id, error=error)


@act("ticket.reply")
def amend(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """Hide, show, delete or change what stands where everybody reads it."""
    message = Message.objects.filter(ticket=ticket, public_id=request.POST.get("message", "")).first()
    if message is None:
        raise Http404
    what = request.POST.get("what", "")
    doors.ask_amendment(message, what=what, text=request.POST.get("text", ""), actor=request.user)
    said = {"hidden": _("Being hidden"), "shown": _("Being shown again"), "withdrawn": _("Being deleted there")}
    return done(request, said.get(what, _("Being changed there")), to=f"/desk/t/{ticket.public_id}/")


@act("ticket.reply")
def retry(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    delivery = Delivery.objects.filter(message__ticket=ticket, public_id=request.POST.get("delivery", "")).first()
    if delivery:
        doors.retry(delivery, actor=request.user)
    return done(request, _("Trying again"), to=f"/desk/t/{ticket.public_id}/")


@staff_page("ticket.view")
@require_GET
def call_links(request: HttpRequest, public_id: str) -> HttpResponse:
    """The calls this office has set up, ready to be put into an answer."""
    ticket = get_ticket(request, public_id)
    calls = links.call_links(ticket.office.body, language=ticket.language)  # type: ignore[arg-type]
    context = {"ticket": ticket, "links": calls, "own_url": f"/desk/t/{ticket.public_id}/"}
    if is_partial(request):
        return render(request, "inbox/_pick_call.html", context)
    return render(request, "inbox/pick_page.html", context | {"piece": "inbox/_pick_call.html"})


def _reply(request: HttpRequest, ticket: Ticket, uploaded: list[KeptFile]) -> HttpResponse:
    require(request.viewer, "ticket.reply", ticket.office_id)  # type: ignore[attr-defined]
    how = replace(
        addressing.given(request.POST, ticket),
        way=ways.chosen(request.POST, ticket),
        overrules=bool(request.POST.get("overrules")),
    )
    draft = facts_of(ticket.own_draft)  # type: ignore[attr-defined]
    kept = drafts.kept_files(drafts.files_of(draft["pk"])) if draft.get("files") else []
    files = [*kept, *uploaded]
    if files:
        addressing.check_size(how.channel or doors.door_for(ticket).channel, [file.size for file in files])
    text = request.POST.get("text", "")
    guards.check(guards.Going(ticket, text), is_sure=bool(request.POST.get("sure")))
    macro = macros.chosen(request, ticket)
    then = THEN.get(request.POST.get("then", "")) or (macro.leaves_status if macro else "")
    message = ways.answer(
        ticket,
        how,
        author=request.user,  # type: ignore[arg-type]
        text=text,
        files=files,
        notice=request.POST.get("notice_text", "") if request.POST.get("notice") else "",
        then=then,
        last_seen=None if request.POST.get("anyway") else _last_seen(request),
    )
    if macro:
        macros.run_with_answer(request, ticket, macro)
    if draft.get("pk"):
        drafts.sent(draft["pk"])
    own = f"/desk/t/{ticket.public_id}/"
    sent = _("Sent to %(name)s") % {"name": how.recipient or ticket.requester}
    seconds = owed_wait(message)
    return done(
        request,
        sent,
        to=own,
        event="desk:sent",
        solved=then in ENDED,
        undo={"url": f"{own}undo/", "fields": {"message": message.public_id}, "seconds": seconds} if seconds else None,
    )


def owed_wait(message: Message) -> int:
    """How many seconds are left to take it back, as it was owed in this very request."""
    first = getattr(message, "owed", None)
    return max(round((first.next_at - clock.now()).total_seconds()), 0) if first and first.next_at else 0


def _note(request: HttpRequest, ticket: Ticket, uploaded: list[KeptFile]) -> HttpResponse:
    require(request.viewer, "ticket.note", ticket.office_id)  # type: ignore[attr-defined]
    services.add_note(
        ticket,
        author=request.user,  # type: ignore[arg-type]
        text=request.POST.get("text", ""),
        attachments=uploaded,
    )
    return done(request, _("Private note added"), to=f"/desk/t/{ticket.public_id}/", event="desk:sent")


def _held(request: HttpRequest, public_id: str, error: AnsweredMeanwhile | InDoubt) -> HttpResponse:
    newer = Message.objects.visible_to(request.viewer).filter(pk__in=error.detail.get("newer", ()))  # type: ignore[attr-defined]
    context = {"held": error, "newer": list(newer), "is_sure": bool(request.POST.get("sure"))}
    if is_partial(request):
        return render(request, "inbox/_held.html", context, status=409)
    return _page_again(request, public_id, status=409, **context)


def _held_back(request: HttpRequest, public_id: str, error: doors.HeldBack) -> HttpResponse:
    """Nothing left: what is personal in it, and the way on."""
    if not is_partial(request):
        return _page_again(request, public_id, status=409, held_back=error)
    found = doors.ways_for(get_ticket(request, public_id))
    return render(request, "inbox/_held_back.html", {"held_back": error, "ways": found}, status=409)


def _page_again(request: HttpRequest, public_id: str, *, status: int = 422, **more: object) -> HttpResponse:
    """Without script: the same page, the text still in its box, and what stood in the way."""
    context = conversation_context(
        request, public_id, typed=request.POST.get("text", ""), kind=request.POST.get("kind", "reply"), **more
    )
    return render(request, "inbox/ticket_page.html", context, status=status)


def _files(request: HttpRequest, public_id: str, *, verb: str) -> list[KeptFile]:
    """Put away before any row is held, and only for somebody who may write there."""
    uploads = request.FILES.getlist("files")
    if not uploads:
        return []
    require(request.viewer, verb, get_ticket(request, public_id).office_id)  # type: ignore[attr-defined]
    return keep(NewFile(f.name or "", f, f.content_type or "application/octet-stream") for f in uploads)


def _last_seen(request: HttpRequest) -> int | None:
    return row_number(request.POST.get("last_seen", ""))
