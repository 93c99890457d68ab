"""What every door has, whatever its kind. What only one kind has is in its own forms.py."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Office, Team
from apps.accounts.viewers import Viewer
from apps.hours.models import Calendar

NO_ADDRESS = {"webchat"}  # kinds that are reached by a page of ours


class ChannelForm(forms.Form):
    """The common half. Its sibling, the form of the kind, is shown and checked beside it."""

    name = forms.CharField(max_length=80, label=_("Name"), help_text=_("People see it: Library desk, Town hall chat."))
    office = forms.ModelChoiceField(Office.objects.none(), label=_("Office"), empty_label=None)
    address = forms.CharField(max_length=254, required=False, label=_("Address"))
    team = forms.ModelChoiceField(
        Team.objects.none(),
        required=False,
        label=_("Team"),
        empty_label=_("No team"),
        help_text=_("Gets what comes in."),
    )
    calendar = forms.ModelChoiceField(
        Calendar.objects.none(),
        required=False,
        label=_("Opening hours"),
        empty_label=_("Those of the team or the office"),
    )
    language = forms.ChoiceField(required=False, label=_("Language"))
    is_active = forms.BooleanField(required=False, initial=True, label=_("In use"))

    def __init__(self, viewer: Viewer, kind: str, *args: Any, has_own_address: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = viewer.offices_with("channel.manage")
        bodies = {viewer.bodies[office] for office in offices}
        self.fields["office"].queryset = Office.objects.filter(pk__in=offices)  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(office__body_id__in=bodies)  # type: ignore[attr-defined]
        self.fields["calendar"].queryset = Calendar.objects.filter(office__body_id__in=bodies)  # type: ignore[attr-defined]
        self.fields["language"].choices = [("", _("That of the office")), *settings.LANGUAGES]  # type: ignore[attr-defined]
        if has_own_address or kind in NO_ADDRESS:
            del self.fields["address"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        office = data.get("office")
        for name in ("team", "calendar"):
            if office and data.get(name) and data[name].office.body_id != office.body_id:
                self.add_error(name, _("That belongs to another body."))
        return data
