from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.omnichannel.calls.links import LINKS, address

HINTS = {
    "tel": _("Write the number with its country code, for example +598 2400 0000."),
    "sip": _("Write it like desk@pbx.olmo.example."),
    "jitsi": _("Write the address of one room, for example https://meet.olmo.example/Atencion."),
    "meet": _("Write the code of the room, like abc-mnop-xyz, or its address."),
    "teams": _("Write the account that is called, or the address of the meeting."),
}


class CallsForm(forms.Form):
    """One way to call us: what kind of link, where it leads, what it is called in each language."""

    link = forms.ChoiceField(label=_("What opens"), choices=list(LINKS.items()))
    address = forms.CharField(
        label=_("Number or address"), help_text=_("Where the call goes. Everybody can read it."), max_length=254
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.initial.get("labels") or {}
        for code, name in settings.LANGUAGES:
            self.fields[f"label_{code}"] = forms.CharField(
                label=_("Words on the button (%(language)s)") % {"language": name},
                max_length=60,
                required=False,
                initial=given.get(code, ""),
            )

    def clean(self) -> dict[str, Any]:
        """`link`, `address` as it was typed, and `labels` by language."""
        data = super().clean() or {}
        kind, text = data.get("link", ""), data.get("address", "")
        if kind and text:
            try:
                address(kind, text)
            except ValueError as error:
                raise ValidationError({"address": HINTS[kind]}) from error
        labels = {code: data.pop(f"label_{code}", "") for code, _name in settings.LANGUAGES}
        data["labels"] = {code: words for code, words in labels.items() if words}
        return data
