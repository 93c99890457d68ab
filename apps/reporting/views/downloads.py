"""The report as a file: the same filters as the page."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.access import staff_page
from apps.accounts.models import Office
from apps.reporting import pdf, workbook
from apps.reporting.models import TicketFact
from apps.reporting.scope import Scope
from apps.reporting.spreadsheet import csv_text
from apps.reporting.views.base import VERB, form_of, report_of, viewer_of
from apps.sla.models import Clock, State
from apps.tickets.states import Priority

MOST_ROWS_IN_A_FILE = 50_000
CHUNK = 2_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@staff_page(VERB)
def sla_csv(request: HttpRequest) -> HttpResponse:
    """Every promise of the range, one a line."""
    report = report_of(form_of(request))
    header = [
        _("Ticket"),
        _("Subject"),
        _("Office"),
        _("Team"),
        _("Channel"),
        _("Priority"),
        _("Promise"),
        _("Metric"),
        _("Started"),
        _("Due"),
        _("Ended"),
        _("Result"),
        _("Minutes of opening hours"),
    ]
    lines = _lines(report.scope, viewer_of(request))
    return _file(csv_text(header, lines), "text/csv; charset=utf-8", report.scope, "csv")


@require_safe
@staff_page(VERB)
def sla_xlsx(request: HttpRequest) -> HttpResponse:
    report = report_of(form_of(request))
    return _file(workbook.workbook(report, **_words(report.scope)), XLSX, report.scope, "xlsx")


@require_safe
@staff_page(VERB)
def sla_pdf(request: HttpRequest) -> HttpResponse:
    report = report_of(form_of(request))
    return _file(pdf.document(report, **_words(report.scope)), "application/pdf", report.scope, "pdf")


def _words(scope: Scope) -> dict[str, str]:
    highest = Office.objects.filter(pk__in=scope.offices).order_by("path").first()
    return {"title": _("Service level report"), "place": highest.name if highest else "–"}


def _file(content: Any, kind: str, scope: Scope, suffix: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    name = f"sla-{scope.range.first.isoformat()}-{scope.range.last.isoformat()}.{suffix}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(scope: Scope, viewer: Any) -> Iterator[list[Any]]:
    priorities = dict(Priority.choices)
    for row in _promises(scope, viewer):
        ticket = row.ticket
        yield [
            ticket.reference,
            ticket.subject,
            ticket.office.name,
            ticket.team.name if ticket.team else "",
            ticket.via,
            priorities[ticket.priority],
            row.policy.name,
            row.get_metric_display(),
            _iso(row.started_at),
            _iso(row.due_at),
            _iso(row.ended_at),
            _result(row),
            "" if row.used_seconds is None else round(row.used_seconds / 60, 1),
        ]


def _promises(scope: Scope, viewer: Any) -> Iterator[Clock]:
    """By ticket; the tickets are found among the facts, so that no page of the file reads more than it holds."""
    facts = TicketFact.objects.filter(
        **scope.conditions, opened_on__gte=scope.range.first, opened_on__lte=scope.range.last, opened=1
    )
    ids = list(facts.order_by("ticket_id").values_list("ticket_id", flat=True)[:MOST_ROWS_IN_A_FILE])
    left = MOST_ROWS_IN_A_FILE
    for begin in range(0, len(ids), CHUNK):
        rows = Clock.objects.visible_to(viewer).filter(ticket_id__in=ids[begin : begin + CHUNK])
        rows = rows.exclude(state=State.CANCELLED, breached_at=None).order_by("ticket_id", "pk")
        for row in rows.select_related("ticket", "ticket__office", "ticket__team", "policy"):
            if not left:
                return
            left -= 1
            yield row


def _result(row: Clock) -> str:
    if row.is_breached:
        return _("late")
    return _("in time") if row.state == State.MET else _("not decided yet")


def _iso(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="minutes") if moment else ""
