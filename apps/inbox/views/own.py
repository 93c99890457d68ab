"""What each colleague sets for themselves: to watch a ticket, to get notices, what stands below their answers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import staff_page
from apps.accounts.models import Office, Team
from apps.core.http import done
from apps.inbox import watching
from apps.inbox.models import NoticeChoice
from apps.inbox.views.ticket import get_ticket
from apps.omnichannel.models import Signature

LONGEST = 2000


class MailForm(forms.Form):
    by_mail = forms.BooleanField(
        required=False,
        label=gettext_lazy("Write to me when something is said on a ticket that I watch"),
    )
    signature = forms.CharField(
        required=False,
        max_length=LONGEST,
        label=gettext_lazy("My signature"),
        help_text=gettext_lazy("Stands below your answers. Empty: that of the team or the office."),
        widget=forms.Textarea(attrs={"rows": 5, "class": "field"}),
    )


class SignatureForm(forms.Form):
    text = forms.CharField(
        required=False,
        max_length=LONGEST,
        label=gettext_lazy("Signature"),
        help_text=gettext_lazy("{{name}} becomes the name of who answers, {{office}} that of the office."),
        widget=forms.Textarea(attrs={"rows": 4, "class": "field"}),
    )


@staff_page("ticket.view")
@require_POST
def watch(request: HttpRequest, public_id: str) -> HttpResponse:
    """`on` is 1 or empty."""
    ticket = get_ticket(request, public_id)
    own = f"/desk/t/{ticket.public_id}/"
    if request.POST.get("on"):
        watching.watch(ticket, request.user)  # type: ignore[arg-type]
        return done(request, _("You watch this ticket"), to=own)
    watching.unwatch(ticket, request.user)  # type: ignore[arg-type]
    return done(request, _("You no longer watch this ticket"), to=own)


@staff_page()
@require_http_methods(["GET", "POST"])
def mail_settings(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = MailForm(request.POST if request.method == "POST" else None, initial=_mine(user))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            watching.choose(user, by_mail=form.cleaned_data["by_mail"])
            Signature.objects.update_or_create(user=user, defaults={"text": form.cleaned_data["signature"].strip()})
        messages.success(request, _("Saved"))
        return HttpResponseRedirect("/desk/me/mail/")
    return render(request, "inbox/mail_settings.html", {"form": form}, status=422 if form.errors else 200)


@staff_page("team.manage")
@require_http_methods(["GET", "POST"])
def signatures(request: HttpRequest) -> HttpResponse:
    """Those of the teams and offices one manages: each a form of its own."""
    places = _places(request)
    if request.method == "POST":
        kind, _sep, number = request.POST.get("of", "").partition("-")
        owner = next((row for row in places if (row[0], str(row[1].pk)) == (kind, number)), None)
        form = SignatureForm(request.POST)
        if owner is None or not form.is_valid():
            return HttpResponse(status=404 if owner is None else 422)
        Signature.objects.update_or_create(**{kind: owner[1]}, defaults={"text": form.cleaned_data["text"].strip()})
        messages.success(request, _("Saved %(name)s") % {"name": owner[1]})
        return HttpResponseRedirect("/desk/admin/signatures/")
    texts = _texts(places)
    rows = [
        {
            "of": f"{kind}-{row.pk}",
            "name": str(row),
            "kind": kind,
            "form": SignatureForm(initial={"text": texts.get((kind, row.pk), "")}, auto_id=f"{kind}-{row.pk}-%s"),
        }
        for kind, row in places
    ]
    return render(request, "inbox/signatures.html", {"rows": rows})


def _mine(user: Any) -> dict[str, Any]:
    choice = NoticeChoice.objects.filter(user=user).first()
    own = Signature.objects.filter(user=user).first()
    return {"by_mail": choice.by_mail if choice else True, "signature": own.text if own else ""}


def _places(request: HttpRequest) -> list[tuple[str, Any]]:
    managed = request.viewer.offices_with("team.manage")  # type: ignore[attr-defined]
    offices = [("office", row) for row in Office.objects.filter(pk__in=managed)]
    return offices + [("team", row) for row in Team.objects.filter(office_id__in=managed).order_by("name")]


def _texts(places: list[tuple[str, Any]]) -> dict[tuple[str, int], str]:
    found = Signature.objects.filter(user=None)
    texts = {("office", row.office_id): row.text for row in found if row.office_id}
    return texts | {("team", row.team_id): row.text for row in found if row.team_id}  # type: ignore[return-value]
