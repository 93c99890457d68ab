"""From a figure to its tickets and its arithmetic: which facts it counts, and how that is said in words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.reporting.figures import Report
from apps.reporting.models import PromiseFact, TicketFact
from apps.reporting.queries import Kept
from apps.reporting.scope import Scope
from apps.sla.models import Metric


@dataclass(frozen=True)
class Figure:
    name: str
    label: Any
    words: Any
    rows: Callable[[Scope], QuerySet[TicketFact]]
    metric: str = ""


@dataclass(frozen=True)
class Line:
    """One line of the arithmetic: a word, a number, and if it is the result."""

    word: str
    number: Any
    is_result: bool = False


def _opened(**conditions: Any) -> Callable[[Scope], QuerySet[TicketFact]]:
    def rows(scope: Scope) -> QuerySet[TicketFact]:
        first, last = scope.range.first, scope.range.last
        return TicketFact.objects.filter(**scope.conditions, opened_on__gte=first, opened_on__lte=last, **conditions)

    return rows


def _ended(scope: Scope) -> QuerySet[TicketFact]:
    first, last = scope.range.first, scope.range.last
    return TicketFact.objects.filter(**scope.conditions, ended_on__gte=first, ended_on__lte=last)


def _backlog(scope: Scope) -> QuerySet[TicketFact]:
    last = scope.range.last
    rows = TicketFact.objects.filter(**scope.conditions, opened_on__lte=last, opened=1)
    return rows.filter(Q(ended_on=None) | Q(ended_on__gt=last))


def _done(metric: str) -> Callable[[Scope], QuerySet[TicketFact]]:
    def rows(scope: Scope) -> QuerySet[TicketFact]:
        first, last = scope.range.first, scope.range.last
        done = PromiseFact.objects.filter(**scope.conditions, opened_on__gte=first, opened_on__lte=last, metric=metric)
        done = done.filter(business_minutes__isnull=False)
        return TicketFact.objects.filter(ticket_id__in=done.values("ticket_id"))

    return rows


KEPT = gettext_lazy(
    "A promise is in time when it was kept before its moment. It is late once its moment has passed undone, also when "
    "it was kept afterwards. It counts neither way while it still runs, nor when it was called off in time. The ticket "
    "counts on the day it was opened."
)
LENGTH = gettext_lazy(
    "All promises of this kind that were done are put in order by the minutes they took. The median is the one in the "
    "middle; nine in ten took no longer than the second figure. Pauses are taken out of opening hours, not out of the "
    "clock on the wall."
)
PROMISED = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION)
FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure(
            "opened",
            gettext_lazy("Opened"),
            gettext_lazy("Tickets opened on the days of the range, by whatever door. Spam is left out."),
            _opened(opened=1),
        ),
        Figure(
            "spam",
            gettext_lazy("Left out as spam"),
            gettext_lazy("Tickets opened on the days of the range that somebody marked as spam."),
            _opened(spam=1),
        ),
        Figure(
            "solved",
            gettext_lazy("Solved of those opened"),
            gettext_lazy("Tickets opened on the days of the range that are solved or closed now."),
            _opened(solved=1),
        ),
        Figure(
            "ended",
            gettext_lazy("Solved"),
            gettext_lazy("Tickets solved on the days of the range, whenever they were opened."),
            _ended,
        ),
        Figure(
            "backlog",
            gettext_lazy("Open at the end"),
            gettext_lazy(
                "Tickets opened up to the last day of the range and not ended by then, as we know it now: a ticket "
                "that was reopened counts as open for the whole time."
            ),
            _backlog,
        ),
        Figure(
            "late",
            gettext_lazy("Late"),
            gettext_lazy(
                "Tickets opened on the days of the range to which at least one promise was broken: first answer, next "
                "answer or solution. One ticket may have several."
            ),
            _opened(late_tickets__gt=0),
        ),
        Figure(
            "reopened",
            gettext_lazy("Reopened tickets"),
            gettext_lazy("Tickets that went at least once from solved or closed back to unfinished."),
            _opened(reopened=1),
        ),
        Figure(
            "first-contact",
            gettext_lazy("Solved at first contact"),
            gettext_lazy(
                "Tickets that are solved or closed, were never reopened, and needed at most one answer by a person. "
                "Acknowledgements and notes are not answers."
            ),
            _opened(first_contact=1),
        ),
        *(
            Figure(f"{metric.value}-kept", metric.label, KEPT, _opened(**{f"{metric.value}_kept__gt": 0}), metric.value)
            for metric in PROMISED
        ),
        *(
            Figure(f"{metric.value}-late", metric.label, KEPT, _opened(**{f"{metric.value}_late__gt": 0}), metric.value)
            for metric in PROMISED
        ),
        *(
            Figure(f"{metric.value}-length", metric.label, LENGTH, _done(metric.value), metric.value)
            for metric in PROMISED
        ),
    )
}


def title(figure: Figure) -> str:
    if figure.name.endswith("-kept"):
        return _("%(promise)s: in time") % {"promise": figure.label}
    if figure.name.endswith("-late"):
        return _("%(promise)s: late") % {"promise": figure.label}
    if figure.name.endswith("-length"):
        return _("How long it took: %(promise)s") % {"promise": figure.label}
    return str(figure.label)


def rows(
    figure: Figure,
    scope: Scope,
    *,
    weekday: int | None = None,
    hour: int | None = None,
    policy: int | None = None,
    reason: str | None = None,
) -> QuerySet[TicketFact]:
    """The facts that count, the newest ticket first; `weekday` (Monday is 0) and `hour` are of opening; `policy` is
    the one that made the promise."""
    found = figure.rows(scope)
    if policy is not None and figure.metric:
        first, last = scope.range.first, scope.range.last
        own = PromiseFact.objects.filter(
            **scope.conditions, opened_on__gte=first, opened_on__lte=last, metric=figure.metric, policy=policy
        )
        if not figure.name.endswith("-length"):
            own = own.filter(is_late=figure.name.endswith("-late"))
        found = found.filter(ticket_id__in=own.values("ticket_id"))
    if reason is not None:
        found = found.filter(reason=reason, late_tickets__gt=0)
    if weekday is not None:
        found = found.filter(opened_on__iso_week_day=weekday + 1)
    if hour is not None:
        found = found.filter(opened_hour=hour)
    return found.order_by("-ticket_id")


def arithmetic(figure: Figure, report: Report, *, policy: int | None = None) -> list[Line]:
    """The sum, line by line."""
    sums = report.sums
    if policy is not None and figure.metric and not figure.name.endswith("-length"):
        own = [one.kept for one in report.policies if (one.policy, one.metric) == (policy, figure.metric)]
        return _attainment(own[0] if own else Kept())
    if figure.name == "late":
        decided = sum(sums.kept(metric.value).total for metric in PROMISED)
        parts = [Line(_("%(promise)s: late") % {"promise": metric.label}, sums.kept(metric.value).late)
                 for metric in PROMISED]  # fmt: skip
        return [
            *parts,
            Line(_("= late promises"), sums.late, True),
            Line(_("of decided promises"), decided),
            Line(_("on so many tickets"), sums["late_tickets"], True),
        ]
    if figure.name.endswith("-length"):
        own = report.lengths.get(figure.metric)
        if own is None:
            return [Line(_("Done"), 0, True)]
        return [
            Line(_("Done"), own.n),
            Line(_("The middle is number %(n)s") % {"n": (own.n + 1) // 2}, own.median, True),
            Line(_("Nine in ten end with number %(n)s") % {"n": -(-9 * own.n // 10)}, own.p90, True),
        ]
    if figure.metric:
        return _attainment(sums.kept(figure.metric))
    if figure.name == "backlog":
        return [
            Line(_("Open when the range began"), report.backlog_before),
            Line(_("+ opened in the range"), sums["opened"]),
            Line(_("− solved in the range"), report.ended),
            Line(_("= open at the end"), report.backlog_before + sums["opened"] - report.ended, True),
        ]
    part = {"solved": "solved", "reopened": "reopened", "first-contact": "first_contact"}.get(figure.name)
    if part:
        share = 100 * sums[part] / sums["opened"] if sums["opened"] else None
        base, whole = (_("Opened"), sums["opened"])
        if figure.name == "first-contact":
            base, whole = _("Solved of those opened"), sums["solved"]
            share = 100 * sums[part] / whole if whole else None
        return [Line(base, whole), Line(str(figure.label), sums[part], True), Line(_("Share, %"), _one(share), True)]
    if figure.name == "ended":
        return [Line(str(figure.label), report.ended, True)]
    whole = sums["opened"] + sums["spam"]
    return [
        Line(_("All that came in"), whole),
        Line(_("− left out as spam"), sums["spam"], figure.name == "spam"),
        Line(_("= opened"), sums["opened"], figure.name == "opened"),
    ]


def _attainment(kept: Kept) -> list[Line]:
    return [
        Line(_("In time"), kept.in_time),
        Line(_("+ late"), kept.late),
        Line(_("= decided"), kept.total),
        Line(_("In time ÷ decided, %"), _one(kept.percent), True),
    ]


def _one(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
