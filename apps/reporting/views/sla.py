"""How promises stand."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from apps.accounts.access import staff_page
from apps.core import clock
from apps.reporting import charts, names, queries, tables
from apps.reporting.figures import Report
from apps.reporting.models import TicketFact
from apps.reporting.views.base import VERB, form_of, frame, report_of, viewer_of
from apps.sla.models import Clock, LateReason, Reason

LATE_SHOWN = 20


@dataclass(frozen=True)
class LateRow:
    clock: Clock
    late_by: timedelta
    reason: str


@require_safe
@staff_page(VERB)
def reports(request: HttpRequest) -> HttpResponse:
    return redirect("reporting:sla")


@require_safe
@staff_page(VERB)
def sla(request: HttpRequest) -> HttpResponse:
    form = form_of(request)
    report = report_of(form)
    by = request.GET.get("by", "")
    by = by if by in names.CUTS else names.CUTS[0]
    spread = [
        (standing, report.spread(standing.metric)) for standing in report.standings if standing.lengths.n
    ]  # fmt: skip
    context = frame(request, form, report, "sla") | {
        "first": report.first,
        "late_total": report.sums.late,
        "steps_chart": _kept_chart(report),
        "lines_chart": _percent_chart(report),
        "by": by,
        "by_word": names.word(by),
        "cuts": [(cut, names.word(cut)) for cut in names.CUTS],
        "groups": report.groups(by),
        "spreads": [_spread(report, standing, parts) for standing, parts in spread],
        "heat": heat(report, "first_response_late"),
        "late_rows": late_rows(report, viewer_of(request)),
        "may_say_why": viewer_of(request).may("ticket.status"),
        "own_url": request.get_full_path(),
    }
    return render(request, "reporting/sla.html", context)


def _kept_chart(report: Report) -> charts.Chart:
    labels = [date_format(step.on, "j M") for step in report.steps]
    kept, late = [step.first.in_time for step in report.steps], [step.first.late for step in report.steps]
    return charts.stacked(labels, {"in-time": kept, "late": late})


def _percent_chart(report: Report) -> charts.Chart:
    """Only days with something to count have a point."""
    labels = [date_format(step.on, "j M") for step in report.steps]
    return charts.percents(labels, [step.first.percent for step in report.steps], goal=report.goal)


def _spread(report: Report, standing: Any, parts: list[Any]) -> dict[str, Any]:
    labels = [tables.step_word(part.value) for part in parts]
    targets = queries.targets(report.scope, standing.metric)
    return {
        "standing": standing,
        "targets": [timedelta(minutes=minutes) for minutes in targets],
        "rows": list(zip(labels, parts, strict=True)),
        "chart": charts.stacked(labels, {"in-time": [part.n for part in parts]}),
    }


def heat(report: Report, *measures: str) -> dict[str, Any]:
    """The hours that have anything, each cell with its number and one of five tints."""
    rows = report.heat(*measures)
    highest = max((n for row in rows for n in row), default=0)
    used = [hour for hour in range(24) if any(row[hour] for row in rows)]
    hours = list(range(min(used), max(used) + 1)) if used else []
    return {
        "hours": hours,
        "total": sum(map(sum, rows)),
        "rows": [
            (day, WEEKDAYS_ABBR[day], [(hour, row[hour], -(-4 * row[hour] // highest)) for hour in hours])
            for day, row in enumerate(rows)
        ]
        if highest
        else [],
    }


def late_rows(report: Report, viewer: Any) -> list[LateRow]:
    """The newest tickets with a broken promise, and those promises."""
    late = TicketFact.objects.filter(
        **report.scope.conditions,
        opened_on__gte=report.scope.range.first,
        opened_on__lte=report.scope.range.last,
        late_tickets__gt=0,
    )
    ids = list(late.order_by("-opened_on", "-ticket_id").values_list("ticket_id", flat=True)[:LATE_SHOWN])
    rows = Clock.objects.visible_to(viewer).breached().filter(ticket_id__in=ids)
    rows = rows.select_related("ticket", "ticket__team", "ticket__assignee", "policy").order_by("-due_at", "-pk")
    now = clock.now()
    said = dict(LateReason.objects.filter(ticket_id__in=ids).values_list("ticket_id", "reason"))
    words = {pk: str(Reason(reason).label) for pk, reason in said.items()}
    return [
        LateRow(row, (row.ended_at or now) - row.due_at, words.get(row.ticket_id, ""))
        for row in rows[:LATE_SHOWN]
        if row.due_at
    ]
