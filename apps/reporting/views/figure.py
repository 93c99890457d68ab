"""One figure: how it is counted, and its tickets."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import staff_page
from apps.reporting import drill, queries
from apps.reporting.views.base import VERB, form_of, frame, report_of, viewer_of
from apps.tickets.models import Ticket

ROWS_A_PAGE = 50


@require_safe
@staff_page(VERB)
def figure(request: HttpRequest, name: str) -> HttpResponse:
    found = drill.FIGURES.get(name)
    if found is None:
        raise Http404
    form = form_of(request)
    report = report_of(form)
    weekday, hour = _number(request, "weekday", 6), _number(request, "hour", 23)
    policy, reason = _number(request, "policy", 2**63 - 1), request.GET.get("reason")
    rows = drill.rows(found, report.scope, weekday=weekday, hour=hour, policy=policy, reason=reason)
    count, before = rows.count(), _number(request, "before", 2**63 - 1)
    older = rows.filter(ticket_id__lt=before) if before else rows
    ids = list(older.values_list("ticket_id", flat=True)[: ROWS_A_PAGE + 1])
    shown = ids[:ROWS_A_PAGE]
    tickets = Ticket.objects.visible_to(viewer_of(request)).filter(pk__in=shown)
    by_id = {row.pk: row for row in tickets.select_related("requester", "team", "assignee", "office")}
    context = frame(request, form, report, "figure") | {
        "figure": found,
        "title": drill.title(found),
        "arithmetic": drill.arithmetic(found, report, policy=policy),
        "count": count,
        "is_narrowed": weekday is not None or hour is not None or reason is not None,
        "policy": next((row[1] for row in queries.policies([policy])), "") if policy else "",
        "tickets": [by_id[pk] for pk in shown if pk in by_id],
        "hidden": len(shown) - len(by_id),
        "next_before": shown[-1] if len(ids) > ROWS_A_PAGE else None,
        "more": _more(request),
    }
    return render(request, "reporting/figure.html", context)


def _number(request: HttpRequest, name: str, most: int) -> int | None:
    text: Any = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= most else None


def _more(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    return query.urlencode()
