"""One act on several tickets at once, or on all of a view: each by its own verb, each refusal told, and undone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.accounts.access import staff_page
from apps.accounts.models import Team, User
from apps.automation import acts
from apps.automation.models import Macro
from apps.core.errors import DomainError
from apps.core.given import row_number
from apps.core.http import back
from apps.inbox import filters, jobs, saved_views, snoozing
from apps.inbox.models import Job, JobTicket
from apps.inbox.views.jobs import said_of
from apps.tickets.models import Tag, Ticket
from apps.tickets.states import Status

AT_ONCE = 50  # as many as one can tick on a page; more are done in the background
SHOWN = 50


@staff_page("ticket.view")
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """`ticket` names the tickets, or `view` with `all` all that are in it; `do` is an act, or "choose" for the page
    with all of them."""
    to = back(request, "/desk/")
    rows = _chosen(request)
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[: jobs.MOST])
    if not ids:
        messages.warning(request, _("Choose at least one ticket."))
        return HttpResponseRedirect(to)
    if request.POST.get("do") == "choose":
        return render(request, "inbox/bulk.html", _choices(request, rows, len(ids), to))
    macro = _macro(request)
    doing = macro.acts if macro else [_act(request, rows)]
    label = macro.name if macro else acts.words(acts.read(doing))[0]
    try:
        job = jobs.begin(request.user, ids, doing=doing, label=label, macro=macro)  # type: ignore[arg-type]
    except DomainError as error:
        raise Http404 from error
    if len(ids) > AT_ONCE:
        return HttpResponseRedirect(f"/desk/jobs/{job.public_id}/")
    while jobs.carry_on(job.pk):
        pass
    job.refresh_from_db()
    _tell(request, job)
    return HttpResponseRedirect(to)


def _chosen(request: HttpRequest) -> Any:
    viewer = request.viewer  # type: ignore[attr-defined]
    if request.POST.get("all"):
        view = filters.find_for(request.POST.get("view", ""), user=request.user, viewer=viewer)  # type: ignore[arg-type]
        if view is None:
            raise Http404
        asked = saved_views.asked_in(QueryDict(request.POST.get("asked", "")))
        view = filters.narrowed(view, asked) if asked else view
        return filters.tickets_in(view, user=request.user, viewer=viewer)  # type: ignore[arg-type]
    named = request.POST.getlist("ticket")[:AT_ONCE]
    return Ticket.objects.visible_to(viewer).filter(public_id__in=named)


def _act(request: HttpRequest, rows: Any) -> str:
    value = request.POST.get("value", "")
    match request.POST.get("do"):
        case "solve":
            return f"status:{Status.SOLVED}"
        case "mine":
            return f"assign:{acts.ME}"
        case "assign":
            return f"assign:{_assignee(rows, value) if value else acts.NOBODY}"
        case "team" | "tag" as do:
            return f"{do}:{value}"
        case "snooze":
            until = snoozing.parse(value, rows.select_related("office").first().office.time_zone)
            if until is None:
                raise Http404
            return f"snooze:{until.isoformat()}"
    raise Http404


def _assignee(rows: Any, value: str) -> int:
    user = User.objects.active().who_may("ticket.reply", _above(rows)).filter(pk=row_number(value)).first()
    if user is None:
        raise Http404
    return int(user.pk)


def _macro(request: HttpRequest) -> Macro | None:
    if request.POST.get("do") != "macro":
        return None
    named = request.POST.get("value", "")
    macro = Macro.objects.visible_to(request.viewer).filter(public_id=named).first()  # type: ignore[attr-defined]
    if macro is None or macro.is_written_first:
        raise Http404
    return macro


def _tell(request: HttpRequest, job: Job) -> None:
    """What became of it, with the way back; and once each what stood in the way."""
    now = jobs.progress(job)
    if now.done:
        undo = format_html(
            '<button type="button" class="btn small" data-undo data-seconds="20" data-key="z"'
            ' hx-post="/desk/jobs/{}/undo/" hx-swap="none">{}</button>',
            job.public_id,
            _("Undo"),
        )
        see = format_html('<a href="/desk/jobs/{}/">{}</a>', job.public_id, _("See"))
        messages.success(request, format_html("{} {} {}", said_of(job), see, undo))
    if now.refused:
        refused = JobTicket.objects.filter(job=job, state=JobTicket.State.REFUSED)
        why = sorted(set(refused.values_list("problem", flat=True)))
        said = ngettext("%(n)s not changed: %(why)s", "%(n)s not changed: %(why)s", now.refused)
        messages.error(request, said % {"n": now.refused, "why": " ".join(why)})


def _choices(request: HttpRequest, rows: Any, count: int, to: str) -> dict[str, Any]:
    viewer = request.viewer  # type: ignore[attr-defined]
    tickets = list(rows.select_related("office", "requester")[:SHOWN])
    bodies = {ticket.office.body_id for ticket in tickets}
    macros = Macro.objects.visible_to(viewer).order_by("name")
    return {
        "tickets": tickets,
        "count": count,
        "more": count - len(tickets),
        "whole_view": request.POST.get("view", "") if request.POST.get("all") else "",
        "asked": request.POST.get("asked", "") if request.POST.get("all") else "",
        "back": to,
        "people": list(User.objects.active().who_may("ticket.reply", _above(rows)).order_by("full_name")),
        "teams": list(Team.objects.filter(office__body_id__in=bodies)),
        "tags": list(Tag.objects.in_use().filter(body_id__in=bodies)),
        "macros": [macro for macro in macros if not macro.is_written_first],
        "snooze_choices": snoozing.choices(tickets[0].office.time_zone),
    }


def _above(rows: Any) -> set[int]:
    """The offices of these tickets and all above them."""
    paths = rows.order_by().values_list("office__path", flat=True).distinct()
    return {int(pk) for path in paths for pk in path.split("/") if pk}
