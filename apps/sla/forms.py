"""What people may type about a promise."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Office, Team
from apps.catalogue.models import Service
from apps.core.templatetags.ui import CHANNEL
from apps.hours import durations
from apps.hours.following import calendar_of
from apps.hours.models import Calendar
from apps.hours.services import working_day_seconds
from apps.people.models import Organisation
from apps.sla.models import Metric, Policy
from apps.sla.policies import Grid
from apps.sla.step_forms import StepRows
from apps.tickets.models import Tag
from apps.tickets.states import PAUSED, Priority, Type

FIELD = {"class": "field"}
ROWS: list[tuple[int | None, Any]] = [
    (None, gettext_lazy("Any other")),
    *((priority.value, priority.label) for priority in reversed(Priority)),
]
LISTS = ("via", "team", "office_is", "service", "priority", "type", "organisation", "tag")  # "office" is whose it is
VIAS = ("email", "webchat", "portal", "phone", "counter", "api")


class PolicyForm(forms.ModelForm):
    """The promise itself; its conditions as lists to tick, its targets as lengths that people type."""

    via = forms.MultipleChoiceField(label=gettext_lazy("Channel"), required=False)
    team = forms.ModelMultipleChoiceField(label=gettext_lazy("Team"), queryset=None, required=False)
    service = forms.ModelMultipleChoiceField(label=gettext_lazy("Service"), queryset=None, required=False)
    priority = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Priority"), choices=Priority.choices, coerce=int, required=False
    )
    type = forms.MultipleChoiceField(label=gettext_lazy("Type"), choices=Type.choices, required=False)
    office_is = forms.ModelMultipleChoiceField(label=gettext_lazy("Office"), queryset=None, required=False)
    organisation = forms.ModelMultipleChoiceField(label=gettext_lazy("Organisation"), queryset=None, required=False)
    tag = forms.ModelMultipleChoiceField(label=gettext_lazy("Tag"), queryset=None, required=False)
    wall_clock = forms.MultipleChoiceField(
        label=gettext_lazy("By the clock on the wall"),
        choices=Metric.choices,
        required=False,
        help_text=gettext_lazy("Nights and holidays count too. Nothing ticked: opening hours."),
    )
    pause_on = forms.MultipleChoiceField(
        label=gettext_lazy("Stands still while the ticket is"),
        choices=[(status.value, status.label) for status in PAUSED],
        required=False,
        help_text=gettext_lazy("For “Solved” and “News at least every”. An answer is owed whatever the status says."),
    )

    class Meta:
        model = Policy
        fields = ["name", "office", "calendar", "follows_hours", "goal_percent", "warn_percent_left", "is_active"]
        labels = {"office": gettext_lazy("Office"), "calendar": gettext_lazy("Opening hours")}
        help_texts = {
            "follows_hours": gettext_lazy("The hours above count where none of them has any."),
            "office": gettext_lazy("It holds for the offices below it too, unless they have one of their own."),
            "goal_percent": gettext_lazy("Percent of promises kept that you aim for."),
            "warn_percent_left": gettext_lazy("Percent of the time. The list then shows the ticket as at risk."),
        }
        widgets = {
            "name": forms.TextInput(FIELD),
            "office": forms.Select(FIELD),
            "calendar": forms.Select(FIELD),
            "goal_percent": forms.NumberInput(FIELD),
            "warn_percent_left": forms.NumberInput(FIELD),
        }

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = viewer.offices_with("sla.manage")
        fields: dict[str, Any] = self.fields
        fields["office"].queryset = Office.objects.filter(pk__in=mine)
        fields["calendar"].queryset = Calendar.objects.filter(office__body_id__in=viewer.body_ids).select_related(
            "office"
        )
        if self.instance.pk is None:
            first = fields["office"].queryset.first()
            self.initial.setdefault("office", first)
            self.initial.setdefault("calendar", calendar_of(first) if first else None)
        fields["team"].queryset = Team.objects.filter(office_id__in=mine)
        fields["service"].queryset = Service.objects.filter(office_id__in=mine)
        fields["via"].choices = [(via, CHANNEL[via].word) for via in VIAS]
        fields["office_is"].queryset = fields["office"].queryset
        fields["organisation"].queryset = Organisation.objects.filter(body_id__in=viewer.body_ids)
        fields["tag"].queryset = Tag.objects.filter(body_id__in=viewer.body_ids)
        for name in LISTS:
            fields[name].widget = forms.CheckboxSelectMultiple(choices=fields[name].choices)
            self.initial.setdefault(name, self.instance.conditions.get(name.removesuffix("_is"), []))
        for name in ("wall_clock", "pause_on"):
            fields[name].widget = forms.CheckboxSelectMultiple(choices=fields[name].choices)
        self.initial.setdefault("pause_on", self.instance.pause_on)
        is_saved = self.instance.pk is not None
        rows = self.instance.targets.all() if is_saved else []
        self.initial.setdefault("wall_clock", sorted({target.metric for target in rows if target.is_wall_clock}))
        day_seconds = working_day_seconds(self.instance.calendar) if is_saved else 0
        self.steps = StepRows(
            self.data if self.is_bound else None,
            steps=self.instance.steps,
            viewer=viewer,
            day_seconds=day_seconds or durations.HOUR * 24,
        )
        self.lengths = {key: self._typed(key) for key in _keys()}
        self.targets: dict[tuple[str, int | None], int] = {}
        self.length_errors: dict[tuple[str, int | None], str] = {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        calendar = cleaned.get("calendar")
        office = cleaned.get("office")
        if calendar and office and calendar.office.body_id != office.body_id:
            self.add_error("calendar", _("These opening hours belong to another body."))
        day_seconds = working_day_seconds(calendar) if calendar else 0
        for key, text in self.lengths.items():
            if not text.strip():
                continue
            try:
                self.targets[key] = durations.parse(text, day_seconds=day_seconds or durations.HOUR * 24)
            except durations.NotADuration as error:
                self.length_errors[key] = str(error)
        if not self.steps.is_valid():
            self.add_error(None, _("Some steps cannot be read."))
        if self.length_errors:
            self.add_error(None, _("Some lengths of time cannot be read."))
        elif not self.targets:
            self.add_error(None, _("Promise something: write at least one length of time."))
        return cleaned

    def conditions(self) -> dict[str, list[Any]]:
        typed = self.cleaned_data
        conditions = {
            "via": typed["via"],
            "type": typed["type"],
            "priority": typed["priority"],
            "team": [team.pk for team in typed["team"]],
            "office": [office.pk for office in typed["office_is"]],
            "service": [service.pk for service in typed["service"]],
            "organisation": [organisation.pk for organisation in typed["organisation"]],
            "tag": [tag.pk for tag in typed["tag"]],
        }
        return {word: values for word, values in conditions.items() if values}

    def promise(self) -> dict[str, Any]:
        """What `create_policy` and `change_policy` take."""
        fields = {name: self.cleaned_data[name] for name in self.Meta.fields}
        targets: Grid = self.targets
        return {
            **fields,
            "conditions": self.conditions(),
            "targets": targets,
            "wall_clock": self.cleaned_data["wall_clock"],
            "pause_on": self.cleaned_data["pause_on"],
            "steps": self.steps.steps(),
        }

    def grid(self) -> list[dict[str, Any]]:
        """Rows of priorities with a cell a metric, for the template."""
        return [
            {
                "label": label,
                "cells": [
                    {
                        "name": _name(metric, priority),
                        "metric": Metric(metric).label,
                        "value": self.lengths[metric, priority],
                        "error": self.length_errors.get((metric, priority), ""),
                    }
                    for metric in Metric.values
                ],
            }
            for priority, label in ROWS
        ]

    def _typed(self, key: tuple[str, int | None]) -> str:
        if self.is_bound:
            return str(self.data.get(_name(*key), ""))[:40]
        if self.instance.pk is None:
            return ""
        day_seconds = working_day_seconds(self.instance.calendar)
        seconds = {(target.metric, target.priority): target.seconds for target in self.instance.targets.all()}.get(key)
        return durations.in_words(seconds, day_seconds=day_seconds) if seconds else ""


def _keys() -> list[tuple[str, int | None]]:
    return [(metric, priority) for priority, _label in ROWS for metric in Metric.values]


def _name(metric: str, priority: int | None) -> str:
    return f"{metric}-{priority or 'any'}"
