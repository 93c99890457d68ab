"""The words of the acknowledgement: who has which, and how they read."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import staff_page
from apps.accounts.models import Office
from apps.automation import acknowledgement, services
from apps.automation.models import Acknowledgement
from apps.core import clock
from apps.omnichannel.models import Channel
from apps.omnichannel.registry import kinds
from apps.tickets.models import Ticket

LONGEST = 4000
SAMPLE_NUMBER = 4821


@dataclass(frozen=True)
class Place:
    """An office, or one channel of an office, that may have words of its own."""

    of: str  # "office-3", "channel-7"
    name: str
    office: Office
    channel: Channel | None = None
    own: Acknowledgement | None = None


class WordsForm(forms.Form):
    """A text a language for when somebody is there, and one for outside hours."""

    is_active = forms.BooleanField(required=False, initial=True, label=gettext_lazy("Acknowledge what comes in"))

    def __init__(self, languages: list[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = languages
        for code, name in languages:
            for when, label in (
                ("open", gettext_lazy("While somebody is here")),
                ("closed", gettext_lazy("Outside hours")),
            ):
                self.fields[f"{when}_{code}"] = forms.CharField(
                    required=False,
                    max_length=LONGEST,
                    label=f"{label} · {name}",
                    widget=forms.Textarea(attrs={"rows": 6, "class": "field", "lang": code}),
                )

    def texts(self, when: str) -> dict[str, str]:
        return {code: self.cleaned_data.get(f"{when}_{code}", "") for code, _name in self.languages}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, text in list(data.items()):
            if name.startswith(("open_", "closed_")) and text.strip() and "{{reference}}" not in text.replace(" ", ""):
                self.add_error(name, _("Say the number: write {{reference}} somewhere."))
        return data


@staff_page("channel.manage")
@require_GET
def acknowledgements(request: HttpRequest) -> HttpResponse:
    return render(request, "automation/acknowledgements.html", {"places": _places(request)})


@staff_page("channel.manage")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, of: str) -> HttpResponse:
    """The words, and below them how they read. `preview` shows without keeping."""
    place = next((row for row in _places(request) if row.of == of), None)
    if place is None:
        raise Http404
    languages = _languages(place.office)
    form = WordsForm(languages, request.POST if request.method == "POST" else None, initial=_initial(place.own))
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        services.set_words(
            place.office,
            place.channel,
            is_active=form.cleaned_data["is_active"],
            open_texts=form.texts("open"),
            closed_texts=form.texts("closed"),
        )
        messages.success(request, _("Saved"))
        return HttpResponseRedirect(f"/desk/admin/acknowledgements/{place.of}/")
    shown = _as_typed(place, form) if form.is_bound else place.own
    context = {"place": place, "form": form, "previews": _previews(place, shown, languages)}
    return render(request, "automation/acknowledgement.html", context, status=422 if form.errors else 200)


def _places(request: HttpRequest) -> list[Place]:
    managed = request.viewer.offices_with("channel.manage")  # type: ignore[attr-defined]
    rows = list(Acknowledgement.objects.filter(office_id__in=managed))
    by_office = {row.office_id: row for row in rows if row.channel_id is None}
    by_channel = {row.channel_id: row for row in rows if row.channel_id}
    places: list[Place] = []
    channels = Channel.objects.active().filter(office_id__in=managed).select_related("office")  # type: ignore[attr-defined]
    for office in Office.objects.filter(pk__in=managed).select_related("calendar"):
        places.append(Place(f"office-{office.pk}", office.name, office, own=by_office.get(office.pk)))
        for channel in channels:
            if channel.office_id == office.pk and channel.kind in kinds():
                own = by_channel.get(channel.pk)
                places.append(Place(f"channel-{channel.pk}", channel.name, office, channel, own))
    return places


def _languages(office: Office) -> list[tuple[str, Any]]:
    spoken = [code for code in office.languages if code in dict(settings.LANGUAGES)] or [office.default_language]
    return [(code, dict(settings.LANGUAGES)[code]) for code in spoken]


def _initial(own: Acknowledgement | None) -> dict[str, Any]:
    if own is None:
        return {"is_active": True}
    texts = {f"open_{code}": text for code, text in own.open_texts.items()}
    texts |= {f"closed_{code}": text for code, text in own.closed_texts.items()}
    return texts | {"is_active": own.is_active}


def _as_typed(place: Place, form: WordsForm) -> Acknowledgement:
    from apps.core.translated import Translated

    def texts(when: str) -> Translated:
        typed = {code: form.data.get(f"{when}_{code}", "") for code, _name in form.languages}
        return Translated({code: text for code, text in typed.items() if text.strip()})

    return Acknowledgement(office=place.office, open_texts=texts("open"), closed_texts=texts("closed"))


def _previews(place: Place, own: Acknowledgement | None, languages: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    """What somebody who writes right now would read, in each language, with and without anybody there."""
    found = []
    for code, name in languages:
        for is_outside, label in ((False, _("While somebody is here")), (True, _("Outside hours"))):
            sample = Ticket(
                pk=SAMPLE_NUMBER, office=place.office, language=code, is_outside_hours=is_outside, opened_at=clock.now()
            )
            found.append({"label": f"{label} · {name}", "lang": code, "text": acknowledgement.words(sample, own)})
    return found
