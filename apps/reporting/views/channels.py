"""Who uses which channel, beside what others count about it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import staff_page
from apps.accounts.models import Office
from apps.core.templatetags.ui import CHANNEL
from apps.reporting import queries
from apps.reporting.forms_more import OutsideForm
from apps.reporting.models import OutsideFigure
from apps.reporting.views.base import VERB, form_of, frame, report_of, viewer_of

MOST_NOTES = 200


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(VERB)
def channels(request: HttpRequest) -> HttpResponse:
    """Our tickets by month and channel; POST notes an outside figure."""
    viewer = viewer_of(request)
    noting = OutsideForm(request.POST if request.method == "POST" else None, viewer=viewer)
    if request.method == "POST" and noting.is_valid():
        row = noting.save(commit=False)
        row.noted_by = request.user
        row.save()
        return redirect("reporting:channels")
    form = form_of(request)
    report = report_of(form)
    counts = queries.by_month_and_via(report.scope)
    months = sorted({month for month, _via in counts}, reverse=True)
    vias = sorted({via for _month, via in counts}, key=lambda via: -sum(n for (_m, v), n in counts.items() if v == via))
    notes = OutsideFigure.objects.filter(office_id__in=viewer.offices_with(VERB)).select_related("office", "noted_by")
    context = frame(request, form, report, "channels") | {
        "noting": noting,
        "vias": [CHANNEL[via].word if via in CHANNEL else via for via in vias],
        "months": [_month(month, vias, counts) for month in months],
        "notes": notes[:MOST_NOTES],
        "office_names": dict(Office.objects.filter(pk__in=report.scope.offices).values_list("pk", "name")),
    }
    return render(request, "reporting/channels.html", context, status=422 if noting.errors else 200)


@require_POST
@staff_page(VERB)
def forget_outside(request: HttpRequest, pk: int) -> HttpResponse:
    own = OutsideFigure.objects.filter(office_id__in=viewer_of(request).offices_with(VERB))
    get_object_or_404(own, pk=pk).delete()
    return redirect("reporting:channels")


def _month(month: Any, vias: list[str], counts: dict) -> dict[str, Any]:
    own = [counts.get((month, via), 0) for via in vias]
    whole = sum(own)
    return {
        "on": month,
        "all": whole,
        "counts": [(n, round(100 * n / whole) if whole else 0) for n in own],
        "word": _("All"),
    }
