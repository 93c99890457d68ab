"""The steps of a policy as people type them: one row each, a few empty ones to fill in, no script needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Team, User
from apps.hours import durations
from apps.sla.calls import check_address
from apps.sla.models import Metric
from apps.sla.steps import MOST_STEPS, Action, Step, read
from apps.tickets.models import Tag

EMPTY_ROWS = 2
FIELD = {"class": "field"}
SIDES = [
    ("before", gettext_lazy("before it is due")),
    ("at", gettext_lazy("when it is due")),
    ("after", gettext_lazy("after it was due")),
]


@dataclass(frozen=True)
class Choices:
    """What steps of this policy may name; read once for all rows."""

    people: list[tuple[int, str]]
    teams: list[tuple[int, str]]
    tags: list[tuple[str, str]]

    @classmethod
    def of(cls, viewer: Any) -> "Choices":
        offices = viewer.offices_with("sla.manage")
        people = User.objects.active().who_may("ticket.reply", offices)  # type: ignore[attr-defined]
        return cls(
            people=[(user.pk, user.full_name) for user in people.order_by("full_name")],
            teams=[(team.pk, team.name) for team in Team.objects.visible_to(viewer)],
            tags=[(tag.key, str(tag)) for tag in Tag.objects.filter(body_id__in=viewer.body_ids)],
        )


class StepForm(forms.Form):
    """One row. Without an action it is no step."""

    action = forms.ChoiceField(
        label=gettext_lazy("What is done"),
        required=False,
        choices=[("", gettext_lazy("nothing")), *Action.choices],
        widget=forms.Select(FIELD),
    )
    length = forms.CharField(
        label=gettext_lazy("How long"), required=False, max_length=40, widget=forms.TextInput(FIELD | {"size": 8})
    )
    side = forms.ChoiceField(
        label=gettext_lazy("When"), required=False, choices=SIDES, initial="before", widget=forms.Select(FIELD)
    )
    metric = forms.ChoiceField(
        label=gettext_lazy("For which promise"),
        required=False,
        choices=[("", gettext_lazy("any")), *Metric.choices],
        widget=forms.Select(FIELD),
    )
    person = forms.TypedChoiceField(
        label=gettext_lazy("Person"), required=False, coerce=int, empty_value=None, widget=forms.Select(FIELD)
    )
    team = forms.TypedChoiceField(
        label=gettext_lazy("Team"), required=False, coerce=int, empty_value=None, widget=forms.Select(FIELD)
    )
    tag = forms.ChoiceField(label=gettext_lazy("Tag"), required=False, widget=forms.Select(FIELD))
    address = forms.CharField(
        label=gettext_lazy("Web address"),
        required=False,
        max_length=300,
        widget=forms.URLInput(FIELD | {"placeholder": "https://"}),
    )
    by_mail = forms.BooleanField(label=gettext_lazy("also by e-mail"), required=False)
    in_hours = forms.BooleanField(label=gettext_lazy("only while they are on"), required=False)
    key = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: Choices, day_seconds: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day_seconds = day_seconds
        fields: dict[str, Any] = self.fields
        fields["person"].choices = [("", "–"), *choices.people]
        fields["team"].choices = [("", "–"), *choices.teams]
        fields["tag"].choices = [("", "–"), *choices.tags]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if not typed.get("action"):
            return typed
        self._read_length(typed)
        wanted = {
            Action.PERSON: "person",
            Action.REASSIGN: "person",
            Action.MOVE: "team",
            Action.TAG: "tag",
            Action.CALL: "address",
        }.get(typed["action"])
        if wanted and not typed.get(wanted) and wanted not in self.errors:
            self.add_error(wanted, _("Say to whom, or with what."))
        typed["value"] = typed.get(wanted) if wanted else None
        if wanted == "address" and typed["value"]:
            try:
                check_address(typed["value"])
            except ValidationError as error:
                self.add_error("address", error)
        return typed

    def _read_length(self, typed: dict[str, Any]) -> None:
        if typed.get("side") == "at":
            typed["offset_seconds"] = 0
            return
        try:
            seconds = durations.parse(typed.get("length", ""), day_seconds=self.day_seconds)
        except durations.NotADuration as error:
            self.add_error("length", str(error))
            return
        typed["offset_seconds"] = -seconds if typed.get("side") != "after" else seconds

    @property
    def is_step(self) -> bool:
        return bool(self.cleaned_data.get("action"))

    def step(self, number: int, taken: set[str]) -> dict[str, Any]:
        """As the policy keeps it. A row keeps its name, so that it is not taken again after a change of its words."""
        typed = self.cleaned_data
        key = typed.get("key") or next(f"s{n}" for n in range(number, 10_000) if f"s{n}" not in taken)
        row = {
            "key": key,
            "offset_seconds": typed["offset_seconds"],
            "action": typed["action"],
            "metric": typed["metric"],
            "by_mail": typed["by_mail"],
            "in_hours": typed["in_hours"],
        }
        return row | ({"value": typed["value"]} if typed["value"] is not None else {})


class StepRows:
    """All rows of one policy."""

    def __init__(self, data: Mapping[str, Any] | None, *, steps: list[dict[str, Any]], viewer: Any, day_seconds: int):
        self.choices, self.day_seconds, self.data = Choices.of(viewer), day_seconds, data
        kept = [self._initial(step) for step in read(steps)]
        count = min(MOST_STEPS, len(kept) + EMPTY_ROWS)
        self.rows = [self._row(number, kept[number] if number < len(kept) else None) for number in range(count)]

    def is_valid(self) -> bool:
        return all([row.is_valid() for row in self.rows])  # every row, so that each says its own mistakes

    def steps(self) -> list[dict[str, Any]]:
        wanted = [row for row in self.rows if row.is_step]
        taken = {row.cleaned_data["key"] for row in wanted if row.cleaned_data.get("key")}
        found: list[dict[str, Any]] = []
        for number, row in enumerate(wanted, start=1):
            found.append(row.step(number, taken | {step["key"] for step in found}))
        return found

    def _row(self, number: int, initial: dict[str, Any] | None) -> StepForm:
        return StepForm(
            self.data,
            prefix=f"step{number}",
            initial=initial,
            choices=self.choices,
            day_seconds=self.day_seconds,
            auto_id="id_%s",
        )

    def _initial(self, step: Step) -> dict[str, Any]:
        seconds = abs(step.offset_seconds)
        side = "at" if not seconds else "before" if step.offset_seconds < 0 else "after"
        named = {Action.PERSON: "person", Action.REASSIGN: "person", Action.MOVE: "team", Action.TAG: "tag"}
        return {
            "key": step.key,
            "action": step.action,
            "length": durations.in_words(seconds, day_seconds=self.day_seconds) if seconds else "",
            "side": side,
            "metric": step.metric,
            "by_mail": step.by_mail,
            "in_hours": step.in_hours,
            named.get(step.action, "address"): step.value,  # type: ignore[call-overload]
        }
