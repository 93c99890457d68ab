"""A report as plain tables: what files hold, and what the programming interface says. Numbers stay numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from apps.reporting.figures import Group, Report, Step
from apps.reporting.names import CUTS, word
from apps.reporting.queries import Kept
from apps.sla.models import Metric

Cell = str | int | float | date | None


@dataclass(frozen=True)
class Table:
    key: str
    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def tables(report: Report) -> list[Table]:
    return [
        promises(report),
        steps(report),
        policies(report),
        *(cut(report, dimension) for dimension in CUTS),
        reasons(report),
        parties(report),
        kinds(report),
        outcomes(report),
        *(spread(report, standing.metric, str(standing.label)) for standing in report.standings),
        ages(report),
        heat(report, "arrivals", _("Arrivals by weekday and hour"), "opened"),
        heat(report, "late_arrivals", _("Late first answers by weekday and hour of opening"), "first_response_late"),
    ]


def promises(report: Report) -> Table:
    header = [
        _("Promise"), _("In time"), _("Late"), _("% in time"), _("% before"), _("Done"), _("Median, minutes"),
        _("Nine in ten within, minutes"), _("Median before, minutes"),
    ]  # fmt: skip
    rows = [
        [
            str(own.label), own.kept.in_time, own.kept.late, _percent(own.kept), _percent(own.before),
            own.lengths.n, _minutes(own.lengths.median), _minutes(own.lengths.p90), _minutes(own.lengths_before.median),
        ]
        for own in report.standings
    ]  # fmt: skip
    return Table("promises", _("Promises"), header, rows)


def steps(report: Report) -> Table:
    first = _("Week of") if report.scope.range.is_by_week else _("Day")
    header = [first, _("Opened"), _("Solved"), _("Open at the end"), _("First answer in time"), _("First answer late")]
    return Table("steps", _("Over time"), header, [_step(step) for step in report.steps])


def _step(step: Step) -> list[Cell]:
    return [step.on, step.opened, step.ended, step.backlog, step.first.in_time, step.first.late]


def cut(report: Report, dimension: str) -> Table:
    header = [word(dimension), _("Opened")]
    for metric in (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION):
        label = str(metric.label)
        header += [
            _("%(promise)s: in time") % {"promise": label},
            _("%(promise)s: late") % {"promise": label},
            _("%(promise)s: %% in time") % {"promise": label},
        ]
    header += [_("Reopened"), _("Solved at first contact")]
    rows = [_group(group) for group in report.groups(dimension)]
    return Table(f"by_{dimension}", _("By %(what)s") % {"what": word(dimension).lower()}, header, rows)


def _group(group: Group) -> list[Cell]:
    row: list[Cell] = [group.label, group.opened]
    for _metric, kept in group.promises:
        row += [kept.in_time, kept.late, _percent(kept)]
    return [*row, group.sums["reopened"], group.sums["first_contact"]]


def policies(report: Report) -> Table:
    header = [_("Policy"), _("Promise"), _("In time"), _("Late"), _("% in time"), _("Goal, %"), _("% before")]
    rows: list[list[Cell]] = [
        [one.name, str(one.label), one.kept.in_time, one.kept.late, _percent(one.kept), one.goal, _percent(one.before)]
        for one in report.policies
    ]
    return Table("by_policy", _("By policy"), header, rows)


def reasons(report: Report) -> Table:
    rows: list[list[Cell]] = [[words, part.n, _rounded(part.percent)] for _reason, words, part in report.reasons]
    return Table("reasons", _("Why tickets were late"), [_("Reason"), _("Tickets"), _("%")], rows)


def parties(report: Report) -> Table:
    header = [_("Who had it"), _("Minutes of opening hours"), _("Minutes a ticket"), _("%")]
    rows: list[list[Cell]] = [
        [words, part.n, _minutes(each), _rounded(part.percent)] for words, _all, each, part in report.parties
    ]
    return Table("parties", _("Who used the time of solved tickets"), header, rows)


def kinds(report: Report) -> Table:
    rows = [[label, part.n, _rounded(part.percent), before] for part, label, before in report.types]
    return Table("types", _("Requests, questions, incidents, interventions"),
                 [_("Type"), _("Opened"), _("% of all"), _("Before")], rows)  # fmt: skip


def outcomes(report: Report) -> Table:
    now, before = report.sums, report.sums_before
    rows = [
        [_("Opened"), now["opened"], before["opened"]],
        [_("Solved of those opened"), now["solved"], before["solved"]],
        [_("Solved at first contact"), now["first_contact"], before["first_contact"]],
        [_("Reopened tickets"), now["reopened"], before["reopened"]],
        [_("Reopenings"), now["reopenings"], before["reopenings"]],
        [_("Left out as spam"), now["spam"], before["spam"]],
    ]
    return Table("outcomes", _("Outcomes"), ["", _("Now"), _("Before")], rows)


def spread(report: Report, metric: str, label: str) -> Table:
    rows = [[step_word(part.value), part.n, _rounded(part.percent)] for part in report.spread(metric)]
    title = _("How long it took: %(promise)s") % {"promise": label}
    return Table(f"spread_{metric}", title, [_("Less than"), _("Times"), _("%")], rows)


def ages(report: Report) -> Table:
    rows = [[age_word(part.value), part.n] for part in report.ages]
    return Table("backlog", _("Open now, by age"), [_("Opened within"), _("Tickets")], rows)


def heat(report: Report, key: str, title: str, *measures: str) -> Table:
    header = [_("Weekday"), *(f"{hour}:00" for hour in range(24))]
    rows = [[str(WEEKDAYS[day]), *row] for day, row in enumerate(report.heat(*measures))]
    return Table(key, title, header, rows)


def step_word(minutes: int | None) -> str:
    if minutes is None:
        return _("longer")
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    return _("%(n)s h") % {"n": minutes // 60}


def age_word(days: int | None) -> str:
    return _("longer ago") if days is None else _("%(n)s h") % {"n": 24 * days} if days < 2 else _days(days)


def _days(days: int) -> str:
    from apps.core.templatetags.ui import length

    return length(timedelta(days=days))


def _percent(kept: Kept) -> float | None:
    return _rounded(kept.percent)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _minutes(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds() // 60)
