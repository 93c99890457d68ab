"""What people may type about a calendar."""

from dataclasses import dataclass, field
from datetime import time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.hours.arithmetic import DAY, Span, Week
from apps.hours.models import Calendar
from apps.hours.public_holidays import is_known

MOST_STRETCHES = 8
FIELD = {"class": "field"}

STARTING_POINTS = [
    ("library", gettext_lazy("Library: Monday to Friday 8:00–13:30 and 13:30–19:00, Saturday 8:00–12:00")),
    ("townhall", gettext_lazy("Town hall: Monday to Friday 9:00–16:00")),
    ("empty", gettext_lazy("Closed all week, to fill in")),
]
WEEKS: dict[str, Week] = {
    "library": (((480, 810), (810, 1140)),) * 5 + (((480, 720),), ()),
    "townhall": (((540, 960),),) * 5 + ((), ()),
    "empty": ((),) * 7,
}


def _zones() -> list[tuple[str, str]]:
    places = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Pacific/")
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if zone.startswith(places)]


zones = lazy(_zones, list)


class NewCalendarForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput(FIELD))
    office = forms.ModelChoiceField(label=gettext_lazy("Office"), queryset=None, widget=forms.Select(FIELD))
    week = forms.ChoiceField(
        label=gettext_lazy("Start from"),
        choices=STARTING_POINTS,
        widget=forms.Select(FIELD),
    )

    is_for_office = forms.BooleanField(
        label=gettext_lazy("They are this office's opening hours"),
        help_text=gettext_lazy(
            "Its teams, its channels and the offices below follow them, unless they have their own."
        ),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]


class DetailsForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones, widget=forms.Select(FIELD))

    class Meta:
        model = Calendar
        fields = ["name", "time_zone", "is_always_open", "holiday_country", "holiday_region"]
        widgets = {
            "name": forms.TextInput(FIELD),
            "holiday_country": forms.TextInput(FIELD | {"size": 3, "autocapitalize": "characters"}),
            "holiday_region": forms.TextInput(FIELD),
        }
        help_texts = {
            "holiday_country": gettext_lazy("Two letters, for example UY, ES or IT. Empty: no public holidays."),
            "holiday_region": gettext_lazy("The short name of the region, for example MD for Madrid."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        country, region = cleaned.get("holiday_country", ""), cleaned.get("holiday_region", "")
        if country and not is_known(country):
            self.add_error("holiday_country", _("We do not know the public holidays of this country."))
        elif country and not is_known(country, region):
            self.add_error("holiday_region", _("We do not know a region of that name in this country."))
        return cleaned


DATE = {"class": "field", "type": "date"}
TIME = {"class": "field", "type": "time"}


class SpecialDayForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    label = forms.CharField(
        label=gettext_lazy("Name of the day"), max_length=120, required=False, widget=forms.TextInput(FIELD)
    )
    opens = forms.TimeField(label=gettext_lazy("Opens"), required=False, widget=forms.TimeInput(TIME))
    closes = forms.TimeField(label=gettext_lazy("Closes"), required=False, widget=forms.TimeInput(TIME))
    every_year = forms.BooleanField(label=gettext_lazy("Every year"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("opens") is None) != (cleaned.get("closes") is None) and not self.errors:
            self.add_error("closes", _("Give both times, or none when the day is closed."))
        return cleaned

    @property
    def spans(self) -> list[Span]:
        opens, closes = self.cleaned_data["opens"], self.cleaned_data["closes"]
        return [] if opens is None else [(_minute(opens), _minute(closes) or DAY)]


class CheckForm(forms.Form):
    """If somebody writes then, when does a target of so many hours end?"""

    at = forms.DateTimeField(
        label=gettext_lazy("If somebody writes on"),
        widget=forms.DateTimeInput(FIELD | {"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    length = forms.CharField(
        label=gettext_lazy("a target of"), max_length=40, widget=forms.TextInput(FIELD | {"size": 8})
    )


@dataclass
class WeekForm:
    """Seven days of pairs of times, as typed. `errors` has a sentence for a day that cannot be read."""

    days: list[list[tuple[str, str]]]
    errors: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, week: Week) -> "WeekForm":
        return cls([[(_typed(opens), _typed(closes)) for opens, closes in sorted(spans)] for spans in week])

    @classmethod
    def read(cls, data: Any) -> "WeekForm":
        """From `d<day>-opens` and `d<day>-closes`, repeated once a stretch."""
        return cls(
            [
                list(zip(data.getlist(f"d{day}-opens"), data.getlist(f"d{day}-closes"), strict=False))[:MOST_STRETCHES]
                for day in range(7)
            ]
        )

    def change(self, wish: str) -> None:
        """ "add-3", "remove-3-0" or "copy-0" (Monday to Friday like Monday)."""
        verb, *numbers = wish.split("-")
        place = [int(number) for number in numbers if number.isdecimal()]
        if verb == "add" and place and place[0] < 7:
            self.days[place[0]].append(("", ""))
        elif verb == "remove" and len(place) == 2 and place[0] < 7 and place[1] < len(self.days[place[0]]):
            del self.days[place[0]][place[1]]
        elif verb == "copy" and place and place[0] < 5:
            for day in range(5):
                self.days[day] = list(self.days[place[0]])

    def week(self) -> Week:
        """What was typed, as minutes; fills `errors`. Empty pairs are left out."""
        self.errors = {}
        return tuple(tuple(self._spans(day)) for day in range(7))

    def _spans(self, day: int) -> list[Span]:
        found = []
        for opens, closes in self.days[day]:
            if not opens and not closes:
                continue
            try:
                found.append((_parsed(opens), _parsed(closes) or DAY))
            except ValueError:
                self.errors[day] = _("Give both times, like 8:00 and 13:30.")
        return found


def _parsed(text: str) -> int:
    return DAY if text == "24:00" else _minute(time.fromisoformat(text.zfill(5)))


def _typed(minute: int) -> str:
    return f"{minute % DAY // 60:02d}:{minute % 60:02d}"


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute
