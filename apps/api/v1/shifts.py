"""Who is on: shifts, their rosters, absences, and who is there for new work right now."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from apps.accounts.models import Office, Team, User
from apps.api.describing import writing
from apps.api.v1.base import LARGEST_NUMBER, Input, Resource, pick
from apps.api.v1.hours import Stretch, date_of
from apps.core import clock
from apps.hours import duty, presence
from apps.hours.models import Absence, Presence, Rostered, Shift

VERB = "shift.manage"
DAYS_SHOWN = 7


class RosteredOut(serializers.ModelSerializer):
    """On a weekday every week, or on one date; the people of a date replace those of the weekday."""

    user = serializers.IntegerField(source="user_id")

    class Meta:
        model = Rostered
        fields = ["user", "weekday", "on", "is_head"]
        read_only_fields = fields


class ShiftOut(serializers.ModelSerializer):
    office = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    team = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    head = serializers.IntegerField(source="head_id", allow_null=True)
    weekdays = serializers.ListField(child=serializers.IntegerField())
    roster = RosteredOut(many=True, source="rostered")

    class Meta:
        model = Shift
        fields = [
            "id",
            "office",
            "name",
            "place",
            "team",
            "head",
            "weekdays",
            "opens_minute",
            "closes_minute",
            "valid_from",
            "valid_until",
            "roster",
        ]
        read_only_fields = fields


class ShiftFields(Stretch):
    """What is not named stays. An end that is not after the start is on the next day."""

    office = serializers.SlugField()
    name = serializers.CharField(max_length=80)
    place = serializers.CharField(max_length=120, required=False, allow_blank=True)
    team = serializers.SlugField(required=False, allow_null=True)
    head = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False, allow_null=True)
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), max_length=7, help_text="0 is Monday.", required=False
    )
    valid_from = serializers.DateField(required=False, allow_null=True)
    valid_until = serializers.DateField(required=False, allow_null=True)


class NewShift(ShiftFields):
    pass


class ChangeShift(ShiftFields):
    pass


class People(Input):
    """Nobody: the roster of the week holds again (for a date), or nobody is on (for a weekday)."""

    users = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER), allow_empty=True, max_length=200
    )
    head = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False, allow_null=True)


class TurnOut(serializers.Serializer):
    """One shift on one date, with absences and replacements as they stand."""

    shift = serializers.IntegerField()
    on = serializers.DateField()
    begins = serializers.DateTimeField()
    ends = serializers.DateTimeField()
    head = serializers.IntegerField(allow_null=True)
    people = serializers.ListField(child=serializers.IntegerField())


class GapOut(serializers.Serializer):
    begins = serializers.DateTimeField()
    ends = serializers.DateTimeField()


class DutyOut(serializers.Serializer):
    """`gaps`: the office is open and nobody is on."""

    office = serializers.CharField()
    time_zone = serializers.CharField()
    head_now = serializers.IntegerField(allow_null=True)
    on_now = serializers.ListField(child=serializers.IntegerField())
    turns = TurnOut(many=True)
    gaps = GapOut(many=True)


A_SHIFT = {
    "office": "library",
    "name": "Morning",
    "place": "Central room",
    "opens_minute": 480,
    "closes_minute": 810,
    "weekdays": [0, 1, 2, 3, 4],
    "head": 7,
}


class Shifts(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    queryset = Shift.objects.none()
    serializer_class = ShiftOut
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    orders = {"time": ("opens_minute", "name", "pk")}

    def get_queryset(self) -> QuerySet[Shift]:
        rows = Shift.objects.visible_to(self.viewer) | Shift.objects.manageable_by(self.viewer)
        return rows.select_related("office", "team").prefetch_related("rostered").distinct()

    @writing(takes=NewShift, gives=ShiftOut, code=201, example=A_SHIFT, once=True)
    def create(self, request: Any) -> Response:
        data = self.read(NewShift)
        office = self.office(data.pop("office"), VERB)
        shift = Shift(office=office, **self._rows(data, office))
        return self.once(lambda: self.answer(duty.save_shift(shift, actor=self.actor), status.HTTP_201_CREATED))

    @writing(takes=ChangeShift(partial=True), gives=ShiftOut, example={"closes_minute": 840})
    def partial_update(self, request: Any, id: int) -> Response:
        shift = self._shift()
        data = self.read(ChangeShift, partial=True)
        if "office" in data:
            shift.office = self.office(data.pop("office"), VERB)
        for name, value in self._rows(data, shift.office).items():
            setattr(shift, name, value)
        return self.answer(duty.save_shift(shift, actor=self.actor))

    @extend_schema(responses={204: None})
    def destroy(self, request: Any, id: int) -> Response:
        self.no_body()
        duty.remove_shift(self._shift(), actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @writing(takes=People, gives=ShiftOut, example={"users": [7, 9], "head": 7})
    @action(detail=True, methods=["put"], url_path="weekdays/<int:weekday>")
    def weekday(self, request: Any, id: int, weekday: int) -> Response:
        """Who is on every week on that weekday (0 is Monday)."""
        if weekday > 6:
            raise Http404
        return self._set_roster(weekday=weekday)

    @writing(takes=People, gives=ShiftOut, example={"users": [9]}, dates=("on",))
    @action(detail=True, methods=["put"], url_path="dates/<slug:on>")
    def day(self, request: Any, id: int, on: str) -> Response:
        """Who is on on that one date, instead of those of the week."""
        return self._set_roster(on=date_of(on))

    def _set_roster(self, **when: Any) -> Response:
        shift = self._shift()
        data = self.read(People)
        asked = {*data["users"], *([data["head"]] if data.get("head") else [])}
        people = {user.pk: user for user in colleagues(self.viewer).filter(pk__in=asked)}
        if asked - set(people):
            raise serializers.ValidationError({"users": [_("There is no such thing here.")]})
        head = people.get(data.get("head") or 0)
        duty.set_roster(shift, users=[people[pk] for pk in data["users"]], head=head, actor=self.actor, **when)
        return self.answer(shift)

    def _shift(self) -> Shift:
        shift = self.get_object()
        self.require(VERB, shift.office_id)
        return shift

    def _rows(self, data: dict[str, Any], office: Office) -> dict[str, Any]:
        """Rows instead of their names."""
        found = dict(data)
        if data.get("team"):
            found["team"] = pick(Team.objects.visible_to(self.viewer), "team", slug=data["team"])
        if "head" in data:
            head = data["head"]
            found["head"] = pick(colleagues(self.viewer), "head", pk=head) if head else None
        if "weekdays" in data:
            found["weekdays"] = sorted(set(data["weekdays"]))
        return found


class Duty(Resource):
    """Who is on in an office, now and in the next seven days."""

    queryset = Shift.objects.none()
    serializer_class = DutyOut
    pagination_class = None

    @extend_schema(responses=DutyOut, operation_id="offices_duty")
    def retrieve(self, request: Any, slug: str) -> Response:
        office: Any = Office.objects.where(self.viewer, "ticket.view").filter(slug=slug).first()
        if office is None:
            raise Http404
        roster, now = duty.roster_of(office), clock.now()
        today = now.astimezone(roster.zone).date()
        days = [today + timedelta(days=step) for step in range(DAYS_SHOWN)]
        turns = [turn for day in days for turn in roster.turns(day)]
        facts = {
            "office": office.slug,
            "time_zone": roster.zone.key,
            "head_now": roster.head_at(now),
            "on_now": sorted(roster.on_duty(now)),
            "turns": [
                {
                    "shift": turn.shift.id,
                    "on": turn.on,
                    "begins": turn.begins,
                    "ends": turn.ends,
                    "head": turn.head_id,
                    "people": [one.user_id for one in turn.duties],
                }
                for turn in turns
            ],
            "gaps": [
                {"begins": begins, "ends": ends} for day in days for begins, ends in duty.uncovered(office, roster, day)
            ],
        }
        return Response(DutyOut(facts).data)


class AbsenceOut(serializers.ModelSerializer):
    office = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    user = serializers.IntegerField(source="user_id")
    replacement = serializers.IntegerField(source="replacement_id", allow_null=True)

    class Meta:
        model = Absence
        fields = ["id", "office", "user", "first_on", "last_on", "reason", "replacement"]
        read_only_fields = fields


class NewAbsence(Input):
    """Both days are included."""

    office = serializers.SlugField()
    user = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER)
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    reason = serializers.ChoiceField(choices=Absence.Reason.choices, required=False, default=Absence.Reason.HOLIDAY)
    replacement = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False, allow_null=True)


AN_ABSENCE = {"office": "library", "user": 7, "first_on": "2026-08-03", "last_on": "2026-08-07", "replacement": 9}


class Absences(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Why somebody is away is for those who plan shifts."""

    queryset = Absence.objects.none()
    serializer_class = AbsenceOut
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    orders = {"first": ("first_on", "pk")}

    def get_queryset(self) -> QuerySet[Absence]:
        return Absence.objects.filter(office_id__in=self.viewer.offices_with(VERB)).select_related("office")

    @writing(takes=NewAbsence, gives=AbsenceOut, code=201, example=AN_ABSENCE, once=True)
    def create(self, request: Any) -> Response:
        data = self.read(NewAbsence)
        office = self.office(data.pop("office"), VERB)
        for name in ("user", "replacement"):
            if data.get(name):
                data[name] = pick(colleagues(self.viewer), name, pk=data[name])
        return self.once(
            lambda: self.answer(duty.note_absence(office, actor=self.actor, **data), status.HTTP_201_CREATED)
        )

    @extend_schema(responses={204: None})
    def destroy(self, request: Any, id: int) -> Response:
        self.no_body()
        duty.remove_absence(self.get_object(), actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PresenceOut(serializers.ModelSerializer):
    """`capacity`: how many at once on each channel; a channel that is not named has the usual number."""

    user = serializers.IntegerField(source="user_id")
    name = serializers.CharField(source="user.full_name")
    capacity = serializers.DictField(child=serializers.IntegerField())

    class Meta:
        model = Presence
        fields = ["user", "name", "state", "is_automatic", "since", "capacity"]
        read_only_fields = fields


class State(Input):
    state = serializers.ChoiceField(choices=Presence.State.choices)


class Capacity(Input):
    capacity = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=presence.MOST_AT_ONCE), help_text="0: none."
    )


class Presences(mixins.ListModelMixin, Resource):
    queryset = Presence.objects.none()
    serializer_class = PresenceOut
    lookup_url_kwarg = "user"
    lookup_value_converter = "int"
    orders = {"user": ("user_id",)}

    def get_queryset(self) -> QuerySet[Presence]:
        seen = self.viewer.offices_with("ticket.view")
        mine = Q(user__memberships__office_id__in=seen) | Q(user_id=self.viewer.user_id)
        return Presence.objects.filter(mine).select_related("user").distinct()

    @writing(takes=State, gives=PresenceOut, example={"state": "busy"})
    @action(detail=False, methods=["put"], url_path="mine")
    def mine(self, request: Any) -> Response:
        """The presence of whoever the key belongs to."""
        self.require("ticket.view")
        row = presence.set_state(request.auth.user, to=self.read(State)["state"])
        return Response(self.get_serializer(row).data)

    @writing(takes=Capacity, gives=PresenceOut, example={"capacity": {"webchat": 4, "phone": 0}})
    @action(detail=True, methods=["put"])
    def capacity(self, request: Any, user: int) -> Response:
        """How much a colleague takes at once; the list replaces the one there was."""
        mine = colleagues(self.viewer).filter(memberships__office_id__in=self.viewer.offices_with("ticket.view"))
        row: Any = mine.filter(pk=user).distinct().first()
        if row is None:
            raise Http404
        planned = set(row.memberships.values_list("office_id", flat=True))
        self.permit(bool(planned & set(self.viewer.offices_with(VERB))))
        return Response(self.get_serializer(presence.set_capacity(row, **self.read(Capacity))).data)


def colleagues(viewer: Any) -> Any:
    return User.objects.active().visible_to(viewer).filter(memberships__isnull=False).distinct()  # type: ignore[attr-defined]
