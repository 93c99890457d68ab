"""Opening hours: calendars, their weeks by validity date, and days that are different."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.dateparse import parse_date
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from apps.api.describing import writing
from apps.api.v1.base import Input, Resource
from apps.hours import services as hours
from apps.hours.arithmetic import Span
from apps.hours.forms import MOST_STRETCHES
from apps.hours.models import MINUTES_A_DAY, Calendar, CalendarVersion, Interval, SpecialDay

VERB = "hours.manage"


class IntervalOut(serializers.ModelSerializer):
    class Meta:
        model = Interval
        fields = ["weekday", "opens_minute", "closes_minute", "label"]
        read_only_fields = fields


class WeekOut(serializers.ModelSerializer):
    intervals = IntervalOut(many=True)

    class Meta:
        model = CalendarVersion
        fields = ["valid_from", "intervals"]
        read_only_fields = fields


class SpecialDayOut(serializers.ModelSerializer):
    intervals = serializers.SerializerMethodField()

    class Meta:
        model = SpecialDay
        fields = ["on", "label", "is_closed", "every_year", "intervals"]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.DictField(child=serializers.IntegerField())))
    def get_intervals(self, day: SpecialDay) -> list[dict[str, int]]:
        return [
            {"opens_minute": row.opens_minute, "closes_minute": row.closes_minute}
            for row in day.intervals.all()  # type: ignore[attr-defined]
        ]


class CalendarOut(serializers.ModelSerializer):
    office = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    weeks = WeekOut(many=True, source="versions")
    special_days = SpecialDayOut(many=True)
    is_open_now = serializers.SerializerMethodField()
    never_opens = serializers.SerializerMethodField(help_text="True: nothing counted in these hours is ever due.")

    class Meta:
        model = Calendar
        fields = [
            "id",
            "slug",
            "name",
            "office",
            "time_zone",
            "is_always_open",
            "is_open_now",
            "never_opens",
            "holiday_country",
            "holiday_region",
            "weeks",
            "special_days",
        ]
        read_only_fields = fields

    def get_is_open_now(self, calendar: Calendar) -> bool:
        return hours.is_open(calendar)

    def get_never_opens(self, calendar: Calendar) -> bool:
        return hours.never_opens(calendar)


class Stretch(Input):
    """Minutes of the day; an end that is not after the start runs past midnight."""

    opens_minute = serializers.IntegerField(min_value=0, max_value=MINUTES_A_DAY - 1)
    closes_minute = serializers.IntegerField(min_value=0, max_value=MINUTES_A_DAY)


class WeekStretch(Stretch):
    weekday = serializers.IntegerField(min_value=0, max_value=6, help_text="0 is Monday.")


class Week(Input):
    """Days without a stretch are closed. Stretches that overlap become one."""

    intervals = WeekStretch(many=True, allow_empty=True, max_length=7 * MOST_STRETCHES)


class NewCalendar(Input):
    """In the office's time zone unless another is named. `intervals` are its week from today on."""

    office = serializers.SlugField()
    name = serializers.CharField(max_length=120)
    time_zone = serializers.CharField(max_length=64, required=False, default="")
    intervals = WeekStretch(many=True, required=False, allow_empty=True, max_length=7 * MOST_STRETCHES)


class ChangeCalendar(Input):
    """What is not named stays."""

    name = serializers.CharField(max_length=120, required=False)
    time_zone = serializers.CharField(max_length=64, required=False)
    is_always_open = serializers.BooleanField(required=False)
    holiday_country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    holiday_region = serializers.CharField(max_length=16, required=False, allow_blank=True)


class NewSpecialDay(Input):
    """No stretches: closed."""

    label = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    every_year = serializers.BooleanField(required=False, default=False)
    intervals = Stretch(many=True, required=False, allow_empty=True, max_length=MOST_STRETCHES)


DETAILS = ("name", "time_zone", "is_always_open", "holiday_country", "holiday_region")
MORNINGS = [{"weekday": day, "opens_minute": 540, "closes_minute": 840} for day in range(5)]
A_CLOSURE: dict[str, Any] = {"label": "Day of the town", "every_year": True, "intervals": []}


class Calendars(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    queryset = Calendar.objects.none()
    serializer_class = CalendarOut
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    orders = {"name": ("name", "pk")}

    def get_queryset(self) -> QuerySet[Calendar]:
        rows = Calendar.objects.visible_to(self.viewer) | Calendar.objects.manageable_by(self.viewer)
        return rows.select_related("office").with_hours()

    @writing(
        takes=NewCalendar,
        gives=CalendarOut,
        code=201,
        example={"office": "library", "name": "Reading room", "intervals": MORNINGS},
        once=True,
    )
    def create(self, request: Any) -> Response:
        data = self.read(NewCalendar)
        office = self.office(data["office"], VERB)
        week = _week(data.get("intervals", ()))

        def act() -> Response:
            made = hours.create_calendar(
                office, name=data["name"], time_zone=data["time_zone"], week=week, actor=self.actor
            )
            return self.answer(made, status.HTTP_201_CREATED)

        return self.once(act)

    @writing(takes=ChangeCalendar, gives=CalendarOut, example={"holiday_country": "UY"})
    def partial_update(self, request: Any, id: int) -> Response:
        calendar = self._calendar()
        details = {name: getattr(calendar, name) for name in DETAILS} | self.read(ChangeCalendar)
        hours.set_details(calendar, actor=self.actor, **details)
        return self.answer(calendar)

    @writing(takes=Week, gives=CalendarOut, example={"intervals": MORNINGS}, dates=("valid_from",))
    @action(detail=True, methods=["put"], url_path="weeks/<slug:valid_from>")
    def week(self, request: Any, id: int, valid_from: str) -> Response:
        """The week in force from that date on, until the next one begins."""
        calendar, on = self._calendar(), date_of(valid_from)
        hours.set_week(calendar, valid_from=on, week=_week(self.read(Week)["intervals"]), actor=self.actor)
        return self.answer(calendar)

    @writing(takes=NewSpecialDay, gives=CalendarOut, example=A_CLOSURE, dates=("on",))
    @action(detail=True, methods=["put"], url_path="special-days/<slug:on>")
    def special_day(self, request: Any, id: int, on: str) -> Response:
        """That date has its own hours instead of the week's, or is closed."""
        calendar, day = self._calendar(), date_of(on)
        data = self.read(NewSpecialDay)
        hours.set_special_day(
            calendar,
            on=day,
            label=data["label"],
            every_year=data["every_year"],
            spans=[_span(row) for row in data.get("intervals", ())],
            actor=self.actor,
        )
        return self.answer(calendar)

    @writing(gives=CalendarOut, dates=("on",))
    @special_day.mapping.delete
    def no_special_day(self, request: Any, id: int, on: str) -> Response:
        calendar, day = self._calendar(), date_of(on)
        self.no_body()
        hours.remove_special_day(calendar, on=day, actor=self.actor)
        return self.answer(calendar)

    def _calendar(self) -> Calendar:
        calendar = self.get_object()
        self.require(VERB, calendar.office_id)
        return calendar


def date_of(text: str) -> date:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _week(rows: Iterable[dict[str, int]]) -> list[list[Span]]:
    days: list[list[Span]] = [[] for _day in range(7)]
    for row in rows:
        days[row["weekday"]].append(_span(row))
    return days


def _span(row: dict[str, int]) -> Span:
    return row["opens_minute"], row["closes_minute"]
