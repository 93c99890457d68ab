"""How much comes, how much goes, what is left."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from apps.accounts.access import staff_page
from apps.reporting import charts, names, tables
from apps.reporting.views.base import VERB, form_of, frame, report_of
from apps.reporting.views.sla import heat


@require_safe
@staff_page(VERB)
def volume(request: HttpRequest) -> HttpResponse:
    form = form_of(request)
    report = report_of(form)
    labels = [date_format(step.on, "j M") for step in report.steps]
    by = request.GET.get("by", "")
    by = by if by in names.CUTS else names.CUTS[0]
    sums, before = report.sums, report.sums_before
    context = frame(request, form, report, "volume") | {
        "opened": sums["opened"],
        "days_chart": charts.lines(
            labels, {"opened": [step.opened for step in report.steps], "solved": [step.ended for step in report.steps]}
        ),
        "backlog_chart": charts.lines(labels, {"backlog": [step.backlog for step in report.steps]}),
        "backlog_end": report.steps[-1].backlog,
        "ages": [(tables.age_word(part.value), part) for part in report.ages],
        "open_now": sum(part.n for part in report.ages),
        "outcomes": [
            ("opened", tables._("Opened"), sums["opened"], before["opened"], None),
            ("ended", tables._("Solved"), report.ended, report.ended_before, None),
            ("solved", tables._("Solved of those opened"), sums["solved"], before["solved"], sums["opened"]),
            ("first-contact", tables._("Solved at first contact"), sums["first_contact"], before["first_contact"],
             sums["solved"]),
            ("reopened", tables._("Reopened tickets"), sums["reopened"], before["reopened"], sums["opened"]),
            ("spam", tables._("Left out as spam"), sums["spam"], before["spam"], None),
        ],
        "heat": heat(report, "opened"),
        "by": by,
        "by_word": names.word(by),
        "cuts": [(cut, names.word(cut)) for cut in names.CUTS],
        "groups": report.groups(by),
    }  # fmt: skip
    return render(request, "reporting/volume.html", context)
