"""Pages for administrators: the doors."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import staff_page
from apps.omnichannel import registry
from apps.omnichannel.beside import card_of
from apps.omnichannel.models import Channel
from apps.omnichannel.opening_hours import followed_at, followed_at_all
from apps.omnichannel.setup import ChannelSetup


@staff_page("channel.manage", "operator.view")
@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    rows = Channel.objects.visible_to(request.viewer).select_related(  # type: ignore[attr-defined]
        "office__calendar", "team__calendar", "calendar", "watch"
    )
    hours = followed_at_all(list(rows))
    context = {
        "channels": [(row, registry.kinds().get(row.kind, row.kind), hours[row.pk]) for row in rows],
        "kinds": registry.kinds(),
        "may_manage": request.viewer.may("channel.manage"),  # type: ignore[attr-defined]
    }
    return render(request, "omnichannel/channels.html", context)


@staff_page("channel.manage")
@require_http_methods(["GET", "POST"])
def new_channel(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in registry.kinds():
        raise Http404
    return _edit(request, Channel(kind=kind))


@staff_page("channel.manage")
@require_http_methods(["GET", "POST"])
def channel(request: HttpRequest, slug: str) -> HttpResponse:
    managed = request.viewer.offices_with("channel.manage")  # type: ignore[attr-defined]
    row = Channel.objects.filter(office_id__in=managed, slug=slug).select_related("office").first()
    if row is None or row.kind not in registry.kinds():
        raise Http404
    return _edit(request, row)


def _edit(request: HttpRequest, row: Channel) -> HttpResponse:
    setup = ChannelSetup(request.viewer, row, request.POST if request.method == "POST" else None)  # type: ignore[attr-defined]
    _dress(setup.common, setup.own)
    if row.pk and "calendar" in setup.common.fields:
        setup.common.fields["calendar"].help_text = _("What counts now: %(why)s.") % {"why": followed_at(row).why}
    if request.method == "POST" and setup.is_valid():
        setup.save(actor=request.user)
        messages.success(request, _("Saved %(name)s") % {"name": row.name})
        return HttpResponseRedirect("/desk/admin/channels/")
    context = {
        "row": row,
        "kind": registry.kinds()[row.kind],
        "common": setup.common,
        "own": setup.own,
        "kept": setup.kept,
        "card": card_of(row),
    }
    return render(request, "omnichannel/channel.html", context, status=422 if request.method == "POST" else 200)


def _dress(*two: forms.Form) -> None:
    for form in two:
        for field in form.fields.values():
            if not isinstance(field.widget, (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)):
                field.widget.attrs["class"] = "field"
            field.widget.attrs.setdefault("autocomplete", "off")
