"""How far the acts on many tickets are, and taking them back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.access import staff_page
from apps.core.errors import DomainError
from apps.core.http import done, is_partial, refused
from apps.inbox import jobs
from apps.inbox.models import Job, JobTicket

SHOWN = 50  # refusals


@staff_page("ticket.view")
@require_GET
def job(request: HttpRequest, public_id: str) -> HttpResponse:
    """One's own; it asks again by itself until it is over."""
    context = _context(request, _own(request, public_id))
    return render(request, "inbox/_job.html" if is_partial(request) else "inbox/job.html", context)


@staff_page("ticket.view")
@require_POST
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _own(request, public_id)
    url = f"/desk/jobs/{row.public_id}/"
    try:
        row = jobs.ask_undo(row)
    except DomainError as error:
        return refused(request, error, to=url)
    total = jobs.progress(row).waiting
    if total <= jobs.BATCH:
        jobs.carry_on(row.pk)
    if is_partial(request):
        return done(request, _("Undone"), to=url)
    messages.success(request, _("It is being undone."))
    return HttpResponseRedirect(url)


def said_of(row: Job) -> str:
    """One sentence: what became of it."""
    now = jobs.progress(row)
    if row.undo_at:
        return ngettext("%(n)s ticket is as it was", "%(n)s tickets are as they were", now.undone) % {"n": now.undone}
    return ngettext("%(n)s ticket changed", "%(n)s tickets changed", now.done) % {"n": now.done}


def _context(request: HttpRequest, row: Job) -> dict[str, object]:
    refusals = JobTicket.objects.filter(job=row, state=JobTicket.State.REFUSED).select_related("ticket__requester")
    kept = JobTicket.objects.filter(job=row, state=JobTicket.State.KEPT).select_related("ticket__requester")
    return {
        "job": row,
        "progress": jobs.progress(row),
        "said": said_of(row),
        "is_over": row.undone_at or (row.ended_at and not row.undo_at),
        "can_undo": jobs.can_undo(row),
        "refusals": list(refusals[:SHOWN]),
        "kept": list(kept[:SHOWN]),
    }


def _own(request: HttpRequest, public_id: str) -> Job:
    row = Job.objects.filter(user=request.user, public_id=public_id).first()  # type: ignore[misc]
    if row is None:
        raise Http404
    return row
