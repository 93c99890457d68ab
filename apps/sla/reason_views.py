"""Why was it late? One small page, from the ticket and from the report's list."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from apps.accounts.access import staff_page
from apps.core.errors import DomainError
from apps.sla.models import Clock, LateReason, Reason
from apps.sla.reasons import LONGEST_NOTE, give_reason
from apps.tickets.models import Ticket

VERB = "ticket.status"


class ReasonForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why was it late?"),
        choices=[*Reason.choices, ("", gettext_lazy("Nothing is said about it"))],
        required=False,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.TextInput({"class": "field"}),
        help_text=gettext_lazy("For colleagues. No names of people who wrote to us."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("ticket.view")
def late(request: HttpRequest, public_id: str) -> HttpResponse:
    """Of a ticket that was not late there is nothing to be said."""
    viewer: Any = request.viewer  # type: ignore[attr-defined]
    ticket = get_object_or_404(Ticket.objects.visible_to(viewer).select_related("office"), public_id=public_id)
    if not viewer.may(VERB, ticket.office_id):
        raise PermissionDenied
    clocks = list(Clock.objects.breached().filter(ticket=ticket).select_related("policy").order_by("due_at"))
    said = LateReason.objects.filter(ticket=ticket).first()
    initial = {"reason": said.reason, "note": said.note} if said else {"reason": ""}
    form = ReasonForm(request.POST if request.method == "POST" else None, initial=initial)
    back = _back(request) or f"/desk/t/{ticket.public_id}/"
    if request.method == "POST" and form.is_valid():
        try:
            give_reason(ticket, reason=form.cleaned_data["reason"], note=form.cleaned_data["note"], actor=request.user)
        except DomainError as error:
            form.add_error("reason", str(error))
        else:
            return redirect(back)
    context = {"ticket": ticket, "clocks": clocks, "form": form, "back": back}
    return render(request, "sla/late.html", context, status=422 if form.errors else 200)


def _back(request: HttpRequest) -> str:
    """Where it was asked from, if that is one of our own pages."""
    asked = request.POST.get("back") or request.GET.get("back") or ""
    return asked if url_has_allowed_host_and_scheme(asked, None) and asked.startswith("/desk/") else ""
