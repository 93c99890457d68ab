"""What to look at."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Office, Team, User
from apps.catalogue.models import Service
from apps.core import clock
from apps.core.templatetags.ui import CHANNEL
from apps.reporting import ranges
from apps.reporting.ranges import Range
from apps.reporting.scope import Scope
from apps.tickets.states import Priority, Type

DATE = {"class": "field", "type": "date"}
VIAS = ("email", "webchat", "portal", "calls", "phone", "counter", "api", "facebook", "whatsapp", "video", "sms")
ALL = gettext_lazy("All")
RANGES = {
    "today": lambda today, zone: ranges.last_days(today, 1, zone),
    "7": lambda today, zone: ranges.last_days(today, 7, zone),
    "30": lambda today, zone: ranges.last_days(today, 30, zone),
    "month": ranges.month_before,
    "quarter": ranges.quarter,
    "quarter-before": ranges.quarter_before,
    "year": ranges.year,
    "week": ranges.week_before,
}
# Beside the range: what narrows. The page folds all but the first three away.
NARROWING = ("team", "via", "office", "type", "priority", "service", "agent")


def _one_of(label: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=label, queryset=None, required=False, empty_label=ALL, widget=forms.Select({"class": "field"})
    )


def _choice(label: Any, choices: Any = ()) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.Select({"class": "field"}))


class ScopeForm(forms.Form):
    """Every field may be missing: an address without filters shows the last 30 days of everything."""

    range = _choice(
        gettext_lazy("Period"),
        [
            ("today", gettext_lazy("Today")),
            ("7", gettext_lazy("7 days")),
            ("30", gettext_lazy("30 days")),
            ("week", gettext_lazy("Last week")),
            ("month", gettext_lazy("Last month")),
            ("quarter", gettext_lazy("This quarter")),
            ("quarter-before", gettext_lazy("Last quarter")),
            ("year", gettext_lazy("Twelve months")),
            ("custom", gettext_lazy("From … to …")),
        ],
    )
    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    last = forms.DateField(label=gettext_lazy("To"), required=False, widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    hours = _choice(
        gettext_lazy("Hours"), [("office", gettext_lazy("Opening hours")), ("wall", gettext_lazy("Clock on the wall"))]
    )
    team = _one_of(gettext_lazy("Team"))
    via = _choice(gettext_lazy("Channel"))
    office = _one_of(gettext_lazy("Office"))
    type = _choice(gettext_lazy("Type"), [("", ALL), *Type.choices])
    priority = _choice(gettext_lazy("Priority"), [("", ALL), *Priority.choices])
    service = _one_of(gettext_lazy("Service"))
    agent = _one_of(gettext_lazy("Person in charge"))

    def __init__(self, *args: Any, offices: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = offices
        self.today = timezone.localtime(clock.now(), timezone.get_default_timezone()).date()
        fields: dict[str, Any] = self.fields
        fields["office"].queryset = Office.objects.filter(pk__in=offices)
        fields["team"].queryset = Team.objects.filter(office_id__in=offices)
        fields["service"].queryset = Service.objects.filter(office_id__in=offices)
        fields["agent"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            memberships__office__body_id__in=Office.objects.filter(pk__in=offices).values("body_id")
        ).distinct()
        fields["via"].choices = [("", ALL), *((via, CHANNEL[via].word) for via in VIAS)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("range") == "custom" and not self.errors:
            first, last = cleaned.get("first"), cleaned.get("last")
            if first is None or last is None:
                self.add_error("first", _("Give both days."))
            else:
                try:
                    ranges.between(first, last, timezone.get_default_timezone())
                except ValueError:
                    self.add_error("last", _("The end lies before the start, or more than three years after it."))
        return cleaned

    def scope(self) -> Scope:
        """What was asked for; where that cannot be read, the last 30 days of everything."""
        asked = self.cleaned_data if self.is_valid() else {}
        office = asked.get("office")
        return Scope(
            offices=(office.pk,) if office else self.offices,
            range=self._range(asked),
            team=_pk(asked.get("team")),
            via=asked.get("via") or "",
            priority=int(asked["priority"]) if asked.get("priority") else None,
            type=asked.get("type") or "",
            service=_pk(asked.get("service")),
            agent=_pk(asked.get("agent")),
        )

    @property
    def is_wall_clock(self) -> bool:
        return self.is_valid() and self.cleaned_data.get("hours") == "wall"

    @property
    def always(self) -> list[Any]:
        return [self[name] for name in ("range", "first", "last", "hours", "team", "via")]

    @property
    def folded(self) -> list[Any]:
        return [self[name] for name in ("office", "type", "priority", "service", "agent")]

    @property
    def is_unfolded(self) -> bool:
        """Something in the folded part was chosen: it must be seen."""
        return any(field.value() or field.errors for field in self.folded)

    def _range(self, asked: dict[str, Any]) -> Range:
        zone = timezone.get_default_timezone()
        chosen = asked.get("range") or "30"
        if chosen == "custom":
            return ranges.between(asked["first"], asked["last"], zone)
        return RANGES[chosen](self.today, zone)


def _pk(row: Any) -> int | None:
    return row.pk if row else None
