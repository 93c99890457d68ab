"""The filter above a list, and the views that come of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import staff_page
from apps.accounts.sharing import places_for
from apps.core.errors import DomainError
from apps.core.forms import Dressed
from apps.core.http import is_partial
from apps.inbox import saved_views
from apps.inbox.models import SavedView
from apps.inbox.paging import SORTS
from apps.tickets.condition_choices import NAMES, choices_for


class SavedViewForm(Dressed, forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    place = forms.ChoiceField(label=gettext_lazy("Who has it"))
    sort = forms.ChoiceField(label=gettext_lazy("Order"), choices=[(s.slug, s.name) for s in SORTS])
    pin = forms.TypedChoiceField(
        label=gettext_lazy("Key"),
        help_text=gettext_lazy("g and this digit go there."),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "–"), *((n, n) for n in saved_views.PINS)],
    )
    is_counted = forms.BooleanField(label=gettext_lazy("Show how many there are"), required=False)

    def __init__(self, viewer: Any, row: SavedView, *args: Any, **kwargs: Any) -> None:
        initial = {name: getattr(row, name) for name in ("name", "place", "sort", "pin", "is_counted")}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["place"].choices = [(key, said) for key, (said, _c) in places_for(viewer).items()]  # type: ignore[attr-defined]

    def into(self, row: SavedView) -> SavedView:
        for name in ("name", "sort", "pin", "is_counted"):
            setattr(row, name, self.cleaned_data[name])
        return row


@staff_page("ticket.view")
@require_GET
def narrow(request: HttpRequest) -> HttpResponse:
    """The fields of the filter; they ask for a list by its address. `view` says which list."""
    asked = saved_views.asked_in(request.GET)
    choices = choices_for(request.viewer)  # type: ignore[attr-defined]
    fields = [
        {
            "name": name,
            "label": label,
            "choices": choices[name],
            "chosen": asked.get(name, []),
            "is_not": f"not_{name}" in asked,
        }
        for name, label in NAMES.items()
    ]
    context = {
        "fields": fields,
        "asked": {name: values[0] for name, values in asked.items()},
        "view_slug": request.GET.get("view", "all")[:60],
        "sort": request.GET.get("sort", ""),
    }
    return render(request, "inbox/_filter.html" if is_partial(request) else "inbox/filter.html", context)


@staff_page("ticket.view")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """A new one from the conditions in the address; one that is there, with its own."""
    viewer = request.viewer  # type: ignore[attr-defined]
    row = _changeable(request, public_id) if public_id else SavedView(conditions=saved_views.asked_in(request.GET))
    form = SavedViewForm(viewer, row, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            saved_views.save_view(form.into(row), viewer=viewer, place=form.cleaned_data["place"])
        except DomainError as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(f"/desk/inbox/v-{row.public_id}/")
    context = {"form": form, "row": row}
    return render(request, "inbox/saved_view.html", context, status=422 if form.errors else 200)


@staff_page("ticket.view")
@require_POST
def delete(request: HttpRequest, public_id: str) -> HttpResponse:
    saved_views.delete_view(_changeable(request, public_id), viewer=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, _("Deleted."))
    return HttpResponseRedirect("/desk/inbox/mine/")


def _changeable(request: HttpRequest, public_id: str) -> SavedView:
    row = SavedView.objects.changeable_by(request.viewer).filter(public_id=public_id).first()  # type: ignore[attr-defined]
    if row is None:
        raise Http404
    return row
