"""Promises, for administrators; and why a promise is due when it is, for everybody who works here."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_page
from apps.accounts.models import Office, Team
from apps.catalogue.models import Service
from apps.core.templatetags.ui import CHANNEL
from apps.hours import durations
from apps.hours.services import never_opens, working_day_seconds
from apps.hours.views import check
from apps.people.models import Organisation
from apps.sla.forms import LISTS, ROWS, PolicyForm
from apps.sla.letter import changes_of, letter, parts_of, promised_in_words, zone_of
from apps.sla.models import CallKey, Clock, Metric, Policy
from apps.sla.parties import shares_of
from apps.sla.policies import change_policy, create_policy, hidden_by, make_call_key, move_policy
from apps.tickets.models import Tag
from apps.tickets.states import Type

VERB = "sla.manage"


@dataclass(frozen=True)
class PolicyRow:
    policy: Policy
    conditions: str
    targets: list[tuple[Any, list[str]]]  # metric, "Urgent: 1 h"


@require_safe
@staff_page(VERB)
def policies(request: HttpRequest) -> HttpResponse:
    rows = list(_mine(request).prefetch_related("targets").order_by("office__path", "position", "pk"))
    names = _names_of(rows)
    context = {"rows": [PolicyRow(row, _conditions(row, names), _targets(row)) for row in rows]}
    return render(request, "sla/policies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(VERB)
def new_policy(request: HttpRequest) -> HttpResponse:
    form = PolicyForm(request.POST or None, viewer=request.viewer)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        made = create_policy(actor=request.user, **form.promise())
        _say_when_hidden(request, made)
        messages.success(request, _("Saved. It holds for tickets from now on."))
        return redirect("sla:policy", made.pk)
    return _editor(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(VERB)
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_mine(request), pk=pk)
    form = PolicyForm(request.POST or None, instance=row, viewer=request.viewer)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        change_policy(row, actor=request.user, **form.promise())
        _say_when_hidden(request, row)
        messages.success(request, _("Saved. Running tickets keep what was promised to them."))
        return redirect("sla:policy", pk)
    return _editor(request, form)


@require_POST
@staff_page(VERB)
def position(request: HttpRequest, pk: int) -> HttpResponse:
    move_policy(get_object_or_404(_mine(request), pk=pk), up=request.POST.get("move") == "up", actor=request.user)
    return redirect("sla:policies")


@require_POST
@staff_page(VERB)
def call_key(request: HttpRequest, pk: int) -> HttpResponse:
    """A new key for the calls of this policy's steps; this answer is the only one that shows it."""
    row = get_object_or_404(_mine(request), pk=pk)
    context = {"policy": row, "key": make_call_key(row, actor=request.user)}
    response = render(request, "sla/call_key.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@staff_page("ticket.view")
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """Why is it due then? Each stretch that counted and each that did not."""
    mine = Clock.objects.visible_to(request.viewer)  # type: ignore[attr-defined]
    row = get_object_or_404(mine.select_related("ticket", "policy", "calendar"), pk=pk)
    context = {
        "clock": row,
        "zone": zone_of(row),
        "policy_name": row.policy_name or row.policy.name,
        "parts": parts_of(row),
        "changes": changes_of(row),
        "shares": shares_of(row),
        "text": letter(row),
        "promised": promised_in_words(row),
    }
    return render(request, "sla/why.html", context)


def _say_when_hidden(request: HttpRequest, row: Policy) -> None:
    earlier = hidden_by(row) if row.is_active else None
    if earlier:
        words = _("“%(earlier)s” stands before it and takes every ticket it could match: it never has its turn.")
        messages.warning(request, words % {"earlier": earlier.name})
    if never_opens(row.calendar):
        words = _("“%(hours)s” never open: nothing that is counted in them is ever due.")
        messages.warning(request, words % {"hours": row.calendar.name})


def _mine(request: HttpRequest) -> Any:
    rows = Policy.objects.manageable_by(request.viewer)  # type: ignore[attr-defined]
    return rows.select_related("office", "calendar")


def _editor(request: HttpRequest, form: PolicyForm) -> HttpResponse:
    saved = form.instance if form.instance.pk else None
    context = {
        "form": form,
        "policy": saved,
        "metrics": [metric.label for metric in Metric],
        "grid": form.grid(),
        "lists": [form[name] for name in LISTS if form.fields[name].choices],
        "steps": form.steps.rows,
        "key_made_at": CallKey.objects.filter(policy=saved).values_list("made_at", flat=True).first()
        if saved
        else None,
        "calls": bool(saved) and any(step["action"] == "call" for step in saved.steps),
        "day": durations.in_words(working_day_seconds(saved.calendar), day_seconds=0) if saved else "",
        "running": saved.clocks.live().values("ticket").distinct().count() if saved else 0,
        **(check(request, saved.calendar) if saved else {}),
    }
    return render(request, "sla/policy.html", context, status=422 if form.is_bound and not form.is_valid() else 200)


def _targets(row: Policy) -> list[tuple[Any, list[str]]]:
    day_seconds = working_day_seconds(row.calendar)
    seconds = {(target.metric, target.priority): target.seconds for target in row.targets.all()}
    return [(metric.label, _lengths(metric.value, seconds, day_seconds)) for metric in Metric]


def _lengths(metric: str, seconds: dict[tuple[str, int | None], int], day_seconds: int) -> list[str]:
    """ "Urgent: 1 h", "Any other: 4 h"; just "4 h" where one length holds for all."""
    found = [
        (priority, label, durations.in_words(seconds[metric, priority], day_seconds=day_seconds))
        for priority, label in ROWS
        if (metric, priority) in seconds
    ]
    if len(found) == 1 and found[0][0] is None:
        return [found[0][2]]
    return [f"{label}: {words}" for _priority, label, words in sorted(found, key=lambda row: row[0] is None)]


def _names_of(rows: list[Policy]) -> dict[str, dict[Any, Any]]:
    """What the ids in conditions are called: two queries for the whole list."""
    teams = {pk for row in rows for pk in row.conditions.get("team", ())}
    offered = {pk for row in rows for pk in row.conditions.get("service", ())}
    return {
        "team": {team.pk: team.name for team in Team.objects.filter(pk__in=teams)},
        "service": {service.pk: str(service) for service in Service.objects.filter(pk__in=offered)},
        "via": {via: look.word for via, look in CHANNEL.items()},
        "office": {row.pk: row.name for row in Office.objects.filter(pk__in=_ids(rows, "office"))},
        "organisation": {row.pk: row.name for row in Organisation.objects.filter(pk__in=_ids(rows, "organisation"))},
        "tag": {row.pk: str(row) for row in Tag.objects.filter(pk__in=_ids(rows, "tag"))},
        "type": dict(Type.choices),
        "priority": {priority: label for priority, label in ROWS if priority},
    }


def _ids(rows: list[Policy], word: str) -> set[int]:
    return {pk for row in rows for pk in row.conditions.get(word, ())}


def _conditions(row: Policy, names: dict[str, dict[Any, Any]]) -> str:
    parts = [
        ", ".join(str(names[word].get(value, "?")) for value in values)
        for word, values in row.conditions.items()
        if values
    ]
    return " · ".join(parts)
