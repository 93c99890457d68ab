"""The questions: one first, then three, then words. Only the first must be answered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.given import storable
from apps.surveys.models import Degree, Helped

LONGEST_COMMENT = 2000
DEGREES = ("comfort", "courtesy", "consistency")


class SurveyForm(forms.Form):
    helped = forms.ChoiceField(
        label=_("Could we help you?"),
        choices=Helped.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three answers.")},
    )
    comfort = forms.TypedChoiceField(
        label=_("How comfortable was it?"), choices=Degree.choices, coerce=int, empty_value=None, required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    courtesy = forms.TypedChoiceField(
        label=_("How courteous were we?"), choices=Degree.choices, coerce=int, empty_value=None, required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    consistency = forms.TypedChoiceField(
        label=_("Did our answers fit together?"), choices=Degree.choices, coerce=int, empty_value=None, required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    comment = forms.CharField(
        label=_("Comment (optional)"), max_length=LONGEST_COMMENT, required=False, widget=forms.Textarea({"rows": 3})
    )

    def clean_comment(self) -> str:
        return storable(self.cleaned_data["comment"]).strip()

    def given(self) -> dict[str, Any]:
        """Only what was answered: an answer given before is not taken back by an empty field."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    @property
    def degrees(self) -> list[forms.BoundField]:
        return [self[name] for name in DEGREES]
