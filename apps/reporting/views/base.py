"""What every report page shares: the filters of the address, and the report they ask for."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.accounts.viewers import Viewer
from apps.reporting import facts
from apps.reporting.figures import Report
from apps.reporting.forms import ScopeForm
from apps.reporting.models import FactState

VERB = "report.view"
NOT_FILTERS = ("page", "by", "before", "weekday", "hour", "policy", "reason")
COUNT_AT_MOST = 300  # touched tickets before a page is shown; more are the sweep's business


def viewer_of(request: HttpRequest) -> Viewer:
    return request.viewer  # type: ignore[attr-defined]


def form_of(request: HttpRequest) -> ScopeForm:
    offices = viewer_of(request).offices_with(VERB)
    return ScopeForm({"range": "30", "hours": "office", **request.GET.dict()}, offices=offices)


def report_of(form: ScopeForm) -> Report:
    """With what has just happened: a few tickets are counted before the page is shown."""
    facts.catch_up(most=COUNT_AT_MOST)
    return Report(form.scope(), is_wall_clock=form.is_wall_clock)


def frame(request: HttpRequest, form: ScopeForm, report: Report, here: str) -> dict[str, Any]:
    return {
        "form": form,
        "report": report,
        "scope": report.scope,
        "asked": asked(request),
        "here": here,
        "tabs": tabs(),
        "counted_at": FactState.objects.values_list("counted_at", flat=True).first(),
    }


def tabs() -> list[tuple[str, str, str]]:
    return [
        ("sla", "reporting:sla", _("Promises kept")),
        ("volume", "reporting:volume", _("Volume")),
        ("channels", "reporting:channels", _("Channels")),
        ("replays", "reporting:replays", _("What if")),
        ("scheduled", "reporting:scheduled", _("By mail")),
    ]


def asked(request: HttpRequest) -> str:
    """The filters alone, as they stand in the address."""
    query = request.GET.copy()
    for name in NOT_FILTERS:
        query.pop(name, None)
    for name in [name for name in query if not query.get(name)]:
        query.pop(name)
    return query.urlencode()
