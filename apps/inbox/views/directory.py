"""The directory of those we refer people to: everybody who answers keeps it, and puts a card into an answer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_page
from apps.accounts.models import Office
from apps.accounts.viewers import Viewer
from apps.catalogue import services
from apps.catalogue.models import ReferralCard
from apps.core.http import is_partial
from apps.inbox.views.ticket import get_ticket


class CardForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ReferralCard
        fields = ("office", "name", "matters", "phone", "email", "place", "hours")

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = Office.objects.where(viewer, "ticket.reply")
        self.fields["office"] = forms.ModelChoiceField(offices, label=_("Office"), empty_label=None)
        for field in self.fields.values():
            field.widget.attrs["class"] = "field"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("phone") or data.get("email") or data.get("place")):
            self.add_error("phone", _("Write how they are reached: telephone, e-mail or place."))
        return data


@staff_page("ticket.view")
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:100]
    rows = _cards(request).filter(Q(name__icontains=query) | Q(matters__icontains=query)) if query else _cards(request)
    context = {"cards": rows, "query": query, "editable": set(request.viewer.offices_with("ticket.reply"))}  # type: ignore[attr-defined]
    return render(request, "inbox/directory.html", context)


@staff_page("ticket.view")
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest, pk: int = 0) -> HttpResponse:
    row = get_object_or_404(_cards(request), pk=pk) if pk else None
    _check_may_edit(request, row)
    form = CardForm(request.viewer, request.POST or None, instance=row)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        services.save_card(form.save(commit=False), actor=request.user)
        messages.success(request, _("Saved."))
        return redirect("inbox:directory")
    return render(request, "inbox/card.html", {"form": form, "card": row}, status=422 if form.errors else 200)


@staff_page("ticket.view")
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_cards(request), pk=pk)
    _check_may_edit(request, row)
    services.remove_card(row, actor=request.user)
    messages.success(request, _("Removed: %(name)s") % {"name": row.name})
    return redirect("inbox:directory")


@staff_page("ticket.view")
@require_safe
def refer(request: HttpRequest, public_id: str) -> HttpResponse:
    """The cards of the ticket's body, ready to be put into an answer in the ticket's language."""
    ticket = get_ticket(request, public_id)
    rows = ReferralCard.objects.filter(office__body_id=ticket.office.body_id)
    with translation.override(ticket.language or translation.get_language()):
        cards = [(row, row.as_text()) for row in rows]
    context = {"ticket": ticket, "cards": cards, "own_url": f"/desk/t/{ticket.public_id}/"}
    if is_partial(request):
        return render(request, "inbox/_pick_card.html", context)
    return render(request, "inbox/pick_page.html", context | {"piece": "inbox/_pick_card.html"})


def _cards(request: HttpRequest) -> QuerySet[ReferralCard]:
    """Those of the bodies this colleague works for."""
    viewer = request.viewer  # type: ignore[attr-defined]
    return ReferralCard.objects.filter(office__body_id__in=viewer.body_ids).select_related("office")


def _check_may_edit(request: HttpRequest, row: ReferralCard | None) -> None:
    if not request.viewer.may("ticket.reply", row.office_id if row else None):  # type: ignore[attr-defined]
        raise PermissionDenied
