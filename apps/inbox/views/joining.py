"""Merging, splitting, linking, moving to another office: dialogs with script, pages of their own without."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import staff_page
from apps.accounts.models import Office
from apps.accounts.permissions import require
from apps.core.errors import DomainError, Invalid
from apps.core.given import row_number
from apps.core.http import done, is_partial, refused
from apps.inbox.joined import candidates
from apps.inbox.views.acts import act
from apps.inbox.views.ticket import get_ticket
from apps.tickets import services
from apps.tickets.models import Link, Merge, Message, Ticket

VERB = "ticket.status"  # what these change is where a matter stands, on both tickets


@staff_page("ticket.view")
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET: tickets it may be merged into; `into` asks about one. POST: `into`, `sure` where it is another person's."""
    if request.method == "POST":
        return _merge(request, public_id)
    ticket = get_ticket(request, public_id)
    context = _searched(request, ticket)
    if request.GET.get("into"):
        context["asked"] = _other(request, ticket, request.GET["into"])
    return _pick(request, "inbox/_pick_merge.html", context)


@act(VERB)
def _merge(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    into = _other(request, ticket, request.POST.get("into", ""))
    require(request.viewer, VERB, into.office_id)  # type: ignore[attr-defined]
    if into.requester_id != ticket.requester_id and request.POST.get("sure") != "1":
        raise Invalid("two_persons", _("These are tickets of two people. Confirm that you want to join them."))
    services.merge(ticket, into=into, actor=request.user)
    return _go(request, _("Merged. It goes on here."), into)


@act(VERB)
def unmerge(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """Undoes the merge of this ticket into another."""
    row = Merge.objects.standing().filter(merged=ticket).select_related("kept").first()
    if row is None:
        raise Http404
    require(request.viewer, VERB, row.kept.office_id)  # type: ignore[attr-defined]
    services.undo_merge(row, actor=request.user)
    return _go(request, _("They are two tickets again."), ticket)


@staff_page(VERB)
@require_http_methods(["GET", "POST"])
def split(request: HttpRequest, public_id: str) -> HttpResponse:
    """A page with the messages to choose from; `message` names those ticked."""
    ticket = get_ticket(request, public_id)
    try:
        require(request.viewer, VERB, ticket.office_id)  # type: ignore[attr-defined]
    except DomainError as error:
        return refused(request, error, to=_url(ticket))
    said = list(Message.objects.visible_to(request.viewer).filter(ticket=ticket).order_by("pk"))  # type: ignore[attr-defined]
    opening = next((message for message in said if not message.is_note), None)
    given = request.POST if request.method == "POST" else request.GET
    ticked = set(given.getlist("message"))
    error = None
    if request.method == "POST":
        try:
            chosen = [message for message in said if message.public_id in ticked]
            new = services.split(ticket, messages=chosen, subject=request.POST.get("subject", ""), actor=request.user)
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("A ticket of its own now."))
            return HttpResponseRedirect(_url(new))
    context = {
        "ticket": ticket,
        "said": [message for message in said if message != opening],
        "ticked": ticked,
        "subject": given.get("subject", ""),
        "error": error,
        "own_url": _url(ticket),
    }
    return render(request, "inbox/split.html", context, status=422 if error else 200)


@staff_page("ticket.view")
@require_http_methods(["GET", "POST"])
def links(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET: tickets to link to. POST: `to` and `kind`; or `remove` takes the link to that one away."""
    if request.method == "POST":
        return _link(request, public_id)
    ticket = get_ticket(request, public_id)
    context = _searched(request, ticket) | {"kinds": Link.Kind, "kind": request.GET.get("kind") or Link.Kind.RELATED}
    return _pick(request, "inbox/_pick_link.html", context)


@act(VERB)
def _link(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    remove = request.POST.get("remove", "")
    other = _other(request, ticket, remove or request.POST.get("to", ""))
    if remove:
        services.unlink(ticket, other=other, actor=request.user)
        return done(request, _("Link removed"), to=_url(ticket))
    services.link(ticket, to=other, kind=request.POST.get("kind", ""), actor=request.user)
    undo = {"url": f"{_url(ticket)}links/", "fields": {"remove": other.public_id}}
    return done(request, _("Linked to %(ticket)s") % {"ticket": other.reference}, to=_url(ticket), undo=undo)


@staff_page("ticket.view")
@require_http_methods(["GET", "POST"])
def office(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET: the offices of the body. POST: `to` is the number of one."""
    if request.method == "POST":
        return _move(request, public_id)
    ticket = get_ticket(request, public_id)
    context = {"ticket": ticket, "choices": list(_offices(ticket))}
    return _pick(request, "inbox/_pick_office.html", context)


@act("ticket.assign")
def _move(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    to = get_object_or_404(_offices(ticket), pk=row_number(request.POST.get("to", "")) or 0)
    old = ticket.office_id
    services.move_to_office(ticket, office=to, actor=request.user)
    undo = {"url": f"{_url(ticket)}office/", "fields": {"to": str(old)}}
    is_seen = request.viewer.may("ticket.assign", to.pk)  # type: ignore[attr-defined]
    text = _("Moved to %(office)s") % {"office": to.name}
    # Who may not see it there goes back to the list and cannot take it back.
    return done(
        request, text, to=_url(ticket) if is_seen else "/desk/", undo=undo if is_seen else None, solved=not is_seen
    )


def _offices(ticket: Ticket) -> Any:
    return Office.objects.filter(body_id=ticket.office.body_id).order_by("path")


def _searched(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    query = request.GET.get("q", "").strip()[:200]
    found = candidates(ticket, request.viewer, query)  # type: ignore[attr-defined]
    return {"ticket": ticket, "query": query, "found": found}


def _other(request: HttpRequest, ticket: Ticket, public_id: str) -> Ticket:
    """The other ticket if the viewer may see it: what they may not see does not exist."""
    rows = Ticket.objects.visible_to(request.viewer).select_related("office", "requester")  # type: ignore[attr-defined]
    return get_object_or_404(rows, public_id=public_id)


def _go(request: HttpRequest, text: str, ticket: Ticket) -> HttpResponse:
    """To the ticket where it goes on; its page says what was done."""
    messages.success(request, text)
    if is_partial(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = _url(ticket)
        return response
    return HttpResponseRedirect(_url(ticket))


def _pick(request: HttpRequest, piece: str, context: dict[str, Any]) -> HttpResponse:
    context["own_url"] = _url(context["ticket"])
    if is_partial(request):
        return render(request, piece, context)
    return render(request, "inbox/pick_page.html", context | {"piece": piece})


def _url(ticket: Ticket) -> str:
    return f"/desk/t/{ticket.public_id}/"
