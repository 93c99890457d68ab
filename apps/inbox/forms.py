"""What one types to open a ticket for somebody."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Office, Team
from apps.accounts.viewers import Viewer
from apps.core.forms import Dressed
from apps.hours.following import calendar_of
from apps.people.phones import phone_handle
from apps.tickets.states import Priority

DOORS = (("counter", _("At the counter")), ("phone", _("By telephone")), ("internal", _("From us")))
KEYS = {"counter": "c", "phone": "t"}
SUBJECT_LENGTH = 100


class NewTicketForm(Dressed, forms.Form):
    """Only the words are needed: who passes by may leave no name. `initial["via"]` sets the door beforehand."""

    via = forms.ChoiceField(choices=DOORS, widget=forms.RadioSelect, label=_("How it reached us"), initial="counter")
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), label=_("What they need"))
    answer = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        label=_("What you answered"),
        help_text=_("Only if you have said it to them already. It is not sent again."),
    )
    is_solved = forms.BooleanField(required=False, label=_("That is all: solved"))
    name = forms.CharField(max_length=160, required=False, label=_("Full name of the person"))
    phone = forms.CharField(
        max_length=30, required=False, label=_("Their telephone"), widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.EmailField(
        required=False, label=_("Their e-mail"), help_text=_("The answer goes there. Without it we cannot write back.")
    )
    office = forms.ModelChoiceField(Office.objects.none(), label=_("Office"), empty_label=None)
    subject = forms.CharField(
        max_length=250,
        required=False,
        label=_("Subject"),
        help_text=_("Left empty, it is the first line."),
    )
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
        self.has_choice_of_office = len(offices) > 1
        for name in ("name", "phone", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def doors(self) -> list[tuple[Any, str]]:
        """The radio buttons, each with the key that presses it."""
        return [(option, KEYS.get(option.data["value"], "")) for option in self["via"]]

    def short(self) -> list[Any]:
        """Seen at once; the office too, for who works in several: it decides who gets the ticket."""
        office = ["office"] if self.has_choice_of_office else []
        return [self[name] for name in (*office, "text", "answer", "is_solved", "name", "phone", "email")]

    def rest(self) -> list[Any]:
        office = [] if self.has_choice_of_office else ["office"]
        return [self[name] for name in (*office, "subject", "team", "priority", "is_mine")]

    def has_errors_in_rest(self) -> bool:
        return any(field.errors for field in self.rest())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        team, office = data.get("team"), data.get("office")
        if team and office and team.office.body_id != office.body_id:
            self.add_error("team", _("That team belongs to another body."))
        if data.get("phone") and office:
            calendar = calendar_of(office)
            data["phone"] = phone_handle(data["phone"], calendar.holiday_country if calendar else "")
            if not data["phone"]:
                self.add_error("phone", _("Write the number with its figures, for example 099 123 456."))
        if not data.get("subject"):
            data["subject"] = _first_line(data.get("text", ""))
        return data


def _first_line(text: str) -> str:
    line = text.strip().partition("\n")[0].strip()
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1].rstrip() + "…"
