"""What people may type about shifts, rosters and absences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Office, Team, User
from apps.core.templatetags.ui import CHANNEL
from apps.hours.forms import DATE, FIELD, TIME
from apps.hours.models import Absence, Shift
from apps.hours.presence import MOST_AT_ONCE, USUAL_CAPACITY

CHANNELS = tuple(USUAL_CAPACITY)  # those where somebody waits for a hand to be free


class ShiftForm(forms.ModelForm):
    opens = forms.TimeField(label=gettext_lazy("Begins"), widget=forms.TimeInput(TIME, format="%H:%M"))
    closes = forms.TimeField(label=gettext_lazy("Ends"), widget=forms.TimeInput(TIME, format="%H:%M"))
    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"), coerce=int, choices=list(WEEKDAYS.items()), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Shift
        fields = ["name", "office", "place", "team", "head", "valid_from", "valid_until"]
        labels = {
            "office": gettext_lazy("Office"),
            "team": gettext_lazy("Team"),
            "head": gettext_lazy("Head of the shift"),
        }
        widgets = {
            "name": forms.TextInput(FIELD),
            "office": forms.Select(FIELD),
            "place": forms.TextInput(FIELD),
            "team": forms.Select(FIELD),
            "head": forms.Select(FIELD),
            "valid_from": forms.DateInput(DATE, format="%Y-%m-%d"),
            "valid_until": forms.DateInput(DATE, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["office"].queryset = Office.objects.where(viewer, "shift.manage")
        fields["team"].queryset = Team.objects.visible_to(viewer)
        fields["head"].queryset = colleagues(viewer)
        if self.instance.pk:
            self.initial |= {
                "opens": _time(self.instance.opens_minute),
                "closes": _time(self.instance.closes_minute),
                "days": self.instance.weekdays,
            }
        else:
            self.initial.setdefault("days", [0, 1, 2, 3, 4])
            self.initial.setdefault("office", fields["office"].queryset.first())

    def shift(self) -> Shift:
        """The row with what was typed, not saved."""
        typed = self.cleaned_data
        row: Shift = self.instance
        row.opens_minute = typed["opens"].hour * 60 + typed["opens"].minute
        row.closes_minute = (typed["closes"].hour * 60 + typed["closes"].minute) or 24 * 60
        row.weekdays = sorted(typed["days"])
        return row


class OneDayForm(forms.Form):
    """Who is on in a shift on one date; nobody: as every week."""

    on = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    head = forms.ModelChoiceField(
        label=gettext_lazy("Head of the shift"), queryset=None, required=False, widget=forms.Select(FIELD)
    )
    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who is on"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["head"].queryset = fields["people"].queryset = colleagues(viewer)


class AbsenceForm(forms.ModelForm):
    class Meta:
        model = Absence
        fields = ["office", "user", "first_on", "last_on", "reason", "replacement"]
        labels = {
            "office": gettext_lazy("Office"),
            "user": gettext_lazy("Who is away"),
            "replacement": gettext_lazy("Who stands in"),
        }
        widgets = {
            "office": forms.Select(FIELD),
            "user": forms.Select(FIELD),
            "first_on": forms.DateInput(DATE, format="%Y-%m-%d"),
            "last_on": forms.DateInput(DATE, format="%Y-%m-%d"),
            "reason": forms.Select(FIELD),
            "replacement": forms.Select(FIELD),
        }

    def __init__(self, *args: Any, viewer: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["office"].queryset = Office.objects.where(viewer, "shift.manage")
        fields["office"].initial = fields["office"].queryset.first()
        fields["user"].queryset = fields["replacement"].queryset = colleagues(viewer)
        fields["first_on"].initial = fields["last_on"].initial = today

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        first, last = typed.get("first_on"), typed.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("The last day lies before the first."))
        return typed


@dataclass(frozen=True)
class CapacityCell:
    name: str
    label: str
    value: str
    usual: int
    error: str


class CapacityForm:
    """A number a colleague and channel; what cannot be read stays as typed, with a sentence."""

    def __init__(self, data: Any = None, *, people: Sequence[User]) -> None:
        self.people, self.data, self.is_bound = people, data, data is not None
        self.errors: dict[str, str] = {}

    def is_valid(self) -> bool:
        for user in self.people:
            for channel in CHANNELS:
                typed = self._typed(user, channel)
                if typed and not (typed.isdecimal() and int(typed) <= MOST_AT_ONCE):
                    self.errors[_cell(user, channel)] = _("A number from 0 to %(most)s, or nothing.") % {
                        "most": MOST_AT_ONCE
                    }
        return not self.errors

    def changed(self) -> list[tuple[User, dict[str, int]]]:
        """Whose numbers are others now, each with all of theirs."""
        found = []
        for user in self.people:
            typed = {channel: self._typed(user, channel) for channel in CHANNELS}
            others = {channel: most for channel, most in _capacity(user).items() if channel not in CHANNELS}
            wanted = others | {channel: int(text) for channel, text in typed.items() if text}
            if wanted != _capacity(user):
                found.append((user, wanted))
        return found

    def rows(self) -> list[tuple[User, list[CapacityCell]]]:
        return [
            (
                user,
                [
                    CapacityCell(
                        name=_cell(user, channel),
                        label=CHANNEL[channel].word,
                        value=self._typed(user, channel),
                        usual=USUAL_CAPACITY[channel],
                        error=self.errors.get(_cell(user, channel), ""),
                    )
                    for channel in CHANNELS
                ],
            )
            for user in self.people
        ]

    def _typed(self, user: User, channel: str) -> str:
        if self.data is not None and _cell(user, channel) in self.data:
            return str(self.data[_cell(user, channel)]).strip()[:4]
        return str(_capacity(user).get(channel, ""))


def _cell(user: User, channel: str) -> str:
    return f"{user.pk}-{channel}"


def _capacity(user: User) -> dict[str, int]:
    row = getattr(user, "presence", None)
    return row.capacity if row else {}


def colleagues(viewer: Any) -> Any:
    return User.objects.active().visible_to(viewer).filter(memberships__isnull=False).distinct()  # type: ignore[attr-defined]


def _time(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
