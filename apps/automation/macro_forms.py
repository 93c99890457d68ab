"""A macro as one types it: a text a language, and one line for each thing it does. Needs no script."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.accounts.sharing import places_for
from apps.accounts.viewers import Viewer
from apps.automation import acts, macros
from apps.automation.models import Macro
from apps.core.forms import Dressed

EMPTY_LINES = 3


class ActLines:
    """Lines of acts in a form: what is kept, and a few empty ones. Mixed into forms that have acts."""

    fields: dict[str, Any]
    cleaned_data: dict[str, Any]

    def add_lines(self, viewer: Viewer, kept: list[str]) -> None:
        groups = acts.choices(viewer)
        known = {value for _name, rows in groups for value, _said in rows}
        names = acts.words(acts.read(kept))
        for number in range(min(acts.MOST, len(kept) + EMPTY_LINES)):
            own = kept[number] if number < len(kept) else ""
            # What somebody else chose, and this viewer could not, stays what it is.
            foreign = [(own, names[number])] if own and own not in known else []
            self.fields[f"act_{number}"] = forms.ChoiceField(
                label=_("What it does, %(n)s") % {"n": number + 1},
                required=False,
                choices=[("", _("nothing")), *foreign, *groups],
                initial=own,
                widget=forms.Select({"class": "field"}),
            )

    @property
    def acts(self) -> list[str]:
        lines = [self.cleaned_data[name] for name in self.fields if name.startswith("act_")]
        return [line for line in lines if line]

    def act_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("act_")]  # type: ignore[index]


class MacroForm(Dressed, ActLines, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What one types to find it."))
    place = forms.ChoiceField(label=_("Who has it"))
    is_note = forms.BooleanField(
        label=_("The words are a private note, added at once"),
        required=False,
    )

    def __init__(self, viewer: Viewer, macro: Macro, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": macro.name, "place": macro.place, "is_note": macro.is_note}, **kwargs)
        self.fields["place"].choices = [(key, said) for key, (said, _columns) in places_for(viewer).items()]
        for code, name in settings.LANGUAGES:
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Words · %(language)s") % {"language": name},
                required=False,
                max_length=macros.LONGEST_TEXT,
                initial=macro.texts.get(code, ""),
                widget=forms.Textarea({"class": "field", "rows": 4, "lang": code}),
            )
        self.add_lines(viewer, macro.acts)

    def into(self, macro: Macro) -> Macro:
        macro.name, macro.is_note = self.cleaned_data["name"], self.cleaned_data["is_note"]
        macro.texts = {code: self.cleaned_data[f"text_{code}"] for code, _name in settings.LANGUAGES}
        macro.acts = self.acts
        return macro

    def text_fields(self) -> list[Any]:
        return [self[f"text_{code}"] for code, _name in settings.LANGUAGES]
