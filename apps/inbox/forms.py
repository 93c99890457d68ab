"""What one types to open a ticket for somebody."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Office, Team
from apps.accounts.viewers import Viewer
from apps.tickets.states import Priority

DOORS = (("counter", _("At the counter")), ("phone", _("By telephone")), ("internal", _("From us")))


class NewTicketForm(forms.Form):
    office = forms.ModelChoiceField(Office.objects.none(), label=_("Office"), empty_label=None)
    via = forms.ChoiceField(choices=DOORS, label=_("How it reached us"))
    name = forms.CharField(max_length=160, label=_("Full name of the person"))
    email = forms.EmailField(
        required=False, label=_("Their e-mail"), help_text=_("The answer goes there. Without it we cannot write back.")
    )
    subject = forms.CharField(max_length=250, label=_("Subject"))
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 6}), label=_("What they need"))
    team = forms.ModelChoiceField(Team.objects.none(), required=False, label=_("Team"), empty_label=_("No team yet"))
    priority = forms.TypedChoiceField(
        choices=Priority.choices, coerce=int, initial=Priority.NORMAL, label=_("Priority")
    )
    is_mine = forms.BooleanField(required=False, initial=True, label=_("I take it"))

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = Office.objects.filter(pk__in=viewer.offices_with("ticket.open"))
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(office__body_id__in=viewer.body_ids)  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            if name != "is_mine":
                field.widget.attrs["class"] = "field"
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["email"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        team, office = data.get("team"), data.get("office")
        if team and office and team.office.body_id != office.body_id:
            self.add_error("team", _("That team belongs to another body."))
        return data
