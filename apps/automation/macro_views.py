"""One's own macros and those one shares: listed, written, thrown away."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_page
from apps.automation import acts, macros
from apps.automation.macro_forms import MacroForm
from apps.automation.models import Macro
from apps.core.errors import DomainError


@require_safe
@staff_page("ticket.reply", "ticket.note")
def macro_list(request: HttpRequest) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    rows = list(
        (Macro.objects.visible_to(viewer) | Macro.objects.changeable_by(viewer)).select_related("team", "office")
    )
    names = acts.Names.of(act for row in rows for act in acts.read(row.acts))
    shown = [
        {
            "macro": row,
            "will": acts.words(acts.read(row.acts), names),
            "languages": sorted(row.texts),
            "may_change": row.may_be_changed_by(viewer),
        }
        for row in rows
    ]
    return render(request, "automation/macros.html", {"rows": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("ticket.reply", "ticket.note")
def edit_macro(request: HttpRequest, public_id: str = "") -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    macro = _changeable(request, public_id) if public_id else Macro()
    form = MacroForm(viewer, macro, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            macros.save_macro(form.into(macro), viewer=viewer, place=form.cleaned_data["place"])
        except DomainError as error:
            field = error.detail.get("field")
            form.add_error(field if field in form.fields else None, str(error.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("automation:macros")
    context = {"form": form, "macro": macro, "placeholders": macros.PLACEHOLDERS}
    return render(request, "automation/macro.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page("ticket.reply", "ticket.note")
def delete_macro(request: HttpRequest, public_id: str) -> HttpResponse:
    macros.delete_macro(_changeable(request, public_id), viewer=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, _("Deleted."))
    return redirect("automation:macros")


def _changeable(request: HttpRequest, public_id: str) -> Macro:
    row = Macro.objects.changeable_by(request.viewer).filter(public_id=public_id).first()  # type: ignore[attr-defined]
    if row is None:
        raise Http404
    return row
