"""Macros on one ticket: chosen from the picker or by "/" in the box, run at once or with the answer."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import staff_page
from apps.automation import macros as service
from apps.automation.models import Macro
from apps.core.errors import Conflict
from apps.core.http import done, is_partial, refused
from apps.inbox import jobs
from apps.inbox.models import JobTicket
from apps.inbox.views.acts import act
from apps.inbox.views.ticket import conversation_context, get_ticket
from apps.tickets.models import Ticket
from apps.tickets.states import ENDED

MOST_OFFERED = 200
IN_MENU = 8


@staff_page("ticket.view")
@require_http_methods(["GET", "POST"])
def macros(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET: which there are for this ticket, as they would read. POST: `macro` is run, or its words put into the box."""
    if request.method == "POST":
        return _run(request, public_id)
    ticket = get_ticket(request, public_id)
    context = {
        "ticket": ticket,
        "choices": service.filled(_offered(request, ticket), ticket, request.user),  # type: ignore[arg-type]
        "own_url": f"/desk/t/{ticket.public_id}/",
        "piece": "inbox/_pick_macro.html",
    }
    return render(request, context["piece"] if is_partial(request) else "inbox/pick_page.html", context)  # type: ignore[arg-type]


@staff_page("ticket.view")
@require_GET
def words(request: HttpRequest, public_id: str) -> HttpResponse:
    """What "/" offers in the answer box for what was typed after it: pieces for scripts only."""
    ticket = get_ticket(request, public_id)
    found = service.matching(_offered(request, ticket), request.GET.get("q", "")[:100])[:IN_MENU]
    context = {"choices": service.filled(found, ticket, request.user), "own_url": f"/desk/t/{ticket.public_id}/"}  # type: ignore[arg-type]
    return render(request, "inbox/_macro_menu.html", context)


@act("ticket.view")
def _run(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    macro = chosen(request, ticket)
    if macro is None:
        raise Http404
    if macro.is_written_first:
        text = service.text_for(macro, ticket, request.user)  # type: ignore[arg-type]
        context = conversation_context(request, ticket.public_id, typed=text, macro=macro)
        return render(request, "inbox/ticket_page.html", context)
    job = jobs.begin(request.user, [ticket.pk], doing=macro.acts, label=macro.name, macro=macro)  # type: ignore[arg-type]
    jobs.carry_on(job.pk)
    row = job.rows.get()  # type: ignore[attr-defined]
    own = f"/desk/t/{ticket.public_id}/"
    if row.state != JobTicket.State.DONE:
        return refused(request, Conflict("refused", row.problem), to=own)
    undo = {"url": f"/desk/jobs/{job.public_id}/undo/", "fields": {}}
    said = _("%(macro)s: done") % {"macro": macro.name}
    return done(request, said, to=own, undo=undo, solved=macro.leaves_status in ENDED)


def chosen(request: HttpRequest, ticket: Ticket) -> Macro | None:
    """The macro the form names, if this viewer may use it on this ticket."""
    public_id = request.POST.get("macro", "")
    if not public_id:
        return None
    return service.usable(request.viewer, ticket).filter(public_id=public_id).first()  # type: ignore[attr-defined]


def run_with_answer(request: HttpRequest, ticket: Ticket, macro: Macro) -> None:
    """Beside the answer that was just written, in its transaction: the answer has set the status already."""
    user, viewer = request.user, request.viewer  # type: ignore[attr-defined]
    service.run(ticket, macro, user=user, viewer=viewer, leaving="status")  # type: ignore[arg-type]


def _offered(request: HttpRequest, ticket: Ticket) -> list[Macro]:
    return list(service.usable(request.viewer, ticket)[:MOST_OFFERED])  # type: ignore[attr-defined]
