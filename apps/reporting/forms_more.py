"""What supervisors may note, order and ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Office, User
from apps.accounts.viewers import Viewer
from apps.hours import durations
from apps.hours.models import Calendar, Shift
from apps.hours.services import working_day_seconds
from apps.reporting import ranges
from apps.reporting.models import OutsideFigure, Schedule

VERB = "report.view"
FIELD = {"class": "field"}
DATE = {"class": "field", "type": "date"}


class OutsideForm(forms.ModelForm):
    month = forms.DateField(
        label=gettext_lazy("Month"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput({"class": "field", "type": "month", "placeholder": "2026-05"}, format="%Y-%m"),
    )

    class Meta:
        model = OutsideFigure
        fields = ("office", "month", "channel", "figure", "note")
        labels = {
            "office": gettext_lazy("Office"),
            "channel": gettext_lazy("Channel or source"),
            "figure": gettext_lazy("Figure"),
            "note": gettext_lazy("What it counts, and where it stands"),
        }
        widgets = {
            "office": forms.Select(FIELD),
            "channel": forms.TextInput(FIELD),
            "figure": forms.NumberInput({"class": "field", "step": "any"}),
            "note": forms.TextInput(FIELD),
        }

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        office: Any = self.fields["office"]
        office.queryset = Office.objects.where(viewer, VERB)  # type: ignore[attr-defined]
        office.initial = office.queryset.first()


class ScheduleForm(forms.Form):
    """`receivers`: colleagues who may read reports somewhere; the verb checks that they may read this one."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        widget=forms.TextInput(FIELD),
        initial=gettext_lazy("Monthly report"),
    )
    office = forms.ModelChoiceField(label=gettext_lazy("Office"), queryset=None, widget=forms.Select(FIELD))
    every = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=Schedule.Every.choices,
        widget=forms.Select(FIELD),
        initial=Schedule.Every.MONTH,
    )
    form = forms.ChoiceField(label=gettext_lazy("File"), choices=Schedule.Form.choices, widget=forms.Select(FIELD))
    receivers = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who gets it"), queryset=None, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        offices = Office.objects.where(viewer, VERB)  # type: ignore[attr-defined]
        above = {int(pk) for path in offices.values_list("path", flat=True) for pk in path.split("/") if pk}
        fields["office"].queryset = offices
        fields["office"].initial = offices.first()
        fields["receivers"].queryset = User.objects.active().who_may(VERB, above)  # type: ignore[attr-defined]


class ReplayForm(forms.Form):
    """Last quarter unless told otherwise, under another calendar or other lengths."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput(FIELD))
    office = forms.ModelChoiceField(label=gettext_lazy("Office"), queryset=None, widget=forms.Select(FIELD))
    first = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    last = forms.DateField(label=gettext_lazy("To"), widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    hours = forms.ChoiceField(label=gettext_lazy("Hours"), required=False, widget=forms.Select(FIELD))
    first_response = forms.CharField(label=gettext_lazy("First answer within"), required=False)
    next_response = forms.CharField(label=gettext_lazy("Next answer within"), required=False)
    resolution = forms.CharField(label=gettext_lazy("Solved within"), required=False)
    shifts = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Only these shifts answer"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What was answered outside of them would have waited for the next."),
    )

    def __init__(self, *args: Any, viewer: Viewer, zone: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        fields: dict[str, Any] = self.fields
        fields["office"].queryset = Office.objects.where(viewer, VERB)  # type: ignore[attr-defined]
        fields["office"].initial = fields["office"].queryset.first()
        fields["shifts"].queryset = Shift.objects.filter(office__in=fields["office"].queryset).select_related("office")
        fields["shifts"].label_from_instance = lambda row: f"{row.name} · {row.office.name}"
        self.calendars = Calendar.objects.filter(office__body_id__in=viewer.body_ids).order_by("name")
        fields["hours"].choices = [
            ("", _("As they were")),
            *((str(row.pk), row.name) for row in self.calendars),
            ("wall", _("Clock on the wall")),
        ]
        for name in ("first_response", "next_response", "resolution"):
            fields[name].widget.attrs.update({"class": "field", "placeholder": _("as it was")})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("first") and cleaned.get("last"):
            try:
                cleaned["span"] = ranges.between(cleaned["first"], cleaned["last"], self.zone)
            except ValueError:
                self.add_error("last", _("The end lies before the start, or more than three years after it."))
        chosen = cleaned.get("hours")
        cleaned["calendar"] = self.calendars.filter(pk=int(chosen)).first() if chosen and chosen != "wall" else None
        cleaned["targets"] = self._targets(cleaned)
        if not self.errors and not (chosen or cleaned["targets"] or cleaned.get("shifts")):
            self.add_error(None, _("Choose other hours, another length or shifts: else nothing would change."))
        return cleaned

    def _targets(self, cleaned: dict[str, Any]) -> dict[str, int]:
        """A day is a day of the hours that were chosen; without any, of the clock on the wall."""
        calendar, targets = cleaned.get("calendar"), {}
        day = working_day_seconds(calendar) if calendar else 24 * durations.HOUR
        for name in ("first_response", "next_response", "resolution"):
            if cleaned.get(name):
                try:
                    targets[name] = durations.parse(cleaned[name], day_seconds=day)
                except durations.NotADuration as error:
                    self.add_error(name, str(error))
        return targets
