"""Rules: in their order, written, tried on what was."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_page
from apps.accounts.sharing import MANAGING
from apps.automation import acts, rules
from apps.automation.models import Rule
from apps.automation.rule_forms import RuleForm
from apps.core.errors import DomainError
from apps.tickets import conditions

SHOWN = 20


@require_safe
@staff_page(MANAGING)
def rule_list(request: HttpRequest) -> HttpResponse:
    rows = list(Rule.objects.visible_to(_viewer(request)).select_related("office").order_by("office__path", "position"))
    names = acts.Names.of(act for row in rows for act in acts.read(row.acts))
    shown = [{"rule": row, "will": acts.words(acts.read(row.acts), names)} for row in rows]
    return render(request, "automation/rules.html", {"rows": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(MANAGING)
def edit_rule(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """`try` shows what it would have met, and keeps nothing."""
    viewer = _viewer(request)
    rule = _own(request, pk) if pk else Rule()
    form = RuleForm(viewer, rule, request.POST if request.method == "POST" else None)
    trial = None
    if request.method == "POST" and form.is_valid():
        try:
            if "try" in request.POST:
                rule = form.into(rule)
                rule.conditions = conditions.check(rule.conditions)
                trial = rules.try_out(rule, viewer=viewer)
            else:
                rules.save_rule(form.into(rule), viewer=viewer, actor=request.user)
                messages.success(request, _("Saved."))
                return redirect("automation:rules")
        except DomainError as error:
            field = error.detail.get("field")
            form.add_error(field if field in form.fields else None, str(error.message))
    context = {
        "form": form,
        "rule": rule,
        "trial": trial,
        "shown": trial.meant[:SHOWN] if trial else (),
        "will": acts.words(acts.read(rule.acts)) if trial else (),
    }
    return render(request, "automation/rule.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(MANAGING)
def change_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """`do` is "up", "down" or "delete"."""
    rule = _own(request, pk)
    match request.POST.get("do"):
        case "up":
            rules.move_rule(rule, by=-1, actor=request.user)
        case "down":
            rules.move_rule(rule, by=1, actor=request.user)
        case "delete":
            rules.delete_rule(rule, actor=request.user)
            messages.success(request, _("Deleted."))
        case other if other:
            raise Http404
    return redirect("automation:rules")


def _own(request: HttpRequest, pk: int) -> Rule:
    rule = Rule.objects.visible_to(_viewer(request)).filter(pk=pk).first()
    if rule is None:
        raise Http404
    return rule


def _viewer(request: HttpRequest) -> Any:
    return request.viewer  # type: ignore[attr-defined]
