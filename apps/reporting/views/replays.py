"""What if: the question, how far it has come, and what would have been different."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_page
from apps.core import clock
from apps.core.errors import DomainError
from apps.reporting import ranges, replays
from apps.reporting.forms_more import ReplayForm
from apps.reporting.models import Replay, ReplayChange
from apps.reporting.queries import Kept
from apps.reporting.views.base import VERB, tabs, viewer_of
from apps.sla.models import Clock, Metric
from apps.tickets.models import Ticket

ROWS_A_PAGE = 50
MOST_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(VERB)
def replays_page(request: HttpRequest) -> HttpResponse:
    zone = timezone.get_default_timezone()
    span = ranges.quarter_before(timezone.localtime(clock.now(), zone).date(), zone)
    form = ReplayForm(
        request.POST if request.method == "POST" else None,
        viewer=viewer_of(request),
        zone=zone,
        initial={"first": span.first, "last": span.last},
    )
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            row = replays.ask(
                asked["office"],
                name=asked["name"],
                span=asked["span"],
                calendar=asked["calendar"],
                is_wall_clock=asked["hours"] == "wall",
                targets=asked["targets"],
                shifts=asked["shifts"],
                actor=request.user,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("reporting:replay", pk=row.pk)
    rows = Replay.objects.visible_to(viewer_of(request)).select_related("office", "asked_by")
    context = {"form": form, "rows": rows[:MOST_SHOWN], "tabs": tabs(), "here": "replays"}
    return render(request, "reporting/replays.html", context, status=422 if form.errors else 200)


@require_safe
@staff_page(VERB)
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    rows = Replay.objects.visible_to(viewer).select_related("office", "calendar", "asked_by")
    row = get_object_or_404(rows, pk=pk)
    seen = Clock.objects.filter(ticket__in=Ticket.objects.visible_to(viewer))
    changes = ReplayChange.objects.filter(replay=row, clock__in=seen)
    changes = changes.select_related("clock__ticket__team", "clock__policy").order_by("clock__ticket_id", "pk")
    page = Paginator(changes, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "row": row,
        "standings": [_standing(row, metric) for metric in Metric if metric.value in row.figures],
        "shifts": ", ".join(shift["name"] for shift in row.shifts),
        "targets": [(Metric(name).label, seconds) for name, seconds in row.targets.items()],
        "page": page,
        "tabs": tabs(),
        "here": "replays",
    }
    return render(request, "reporting/replay.html", context)


@require_POST
@staff_page(VERB)
def forget_replay(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Replay.objects.visible_to(viewer_of(request)), pk=pk).delete()
    return redirect("reporting:replays")


def _standing(row: Replay, metric: Any) -> dict[str, Any]:
    own = row.figures[metric.value]
    was, new = Kept(own["kept"], own["late"]), Kept(own["new_kept"], own["new_late"])
    return {"label": metric.label, "was": was, "new": new, "more": new.late - was.late}
