"""Promises about time: what is promised, and how each promise stands."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from apps.accounts.models import Office, Team
from apps.api.describing import writing
from apps.api.v1.base import LARGEST_NUMBER, Filters, Input, Resource, pick
from apps.api.v1.steps import StepIn, steps_of
from apps.catalogue.models import Service
from apps.hours.durations import LONGEST
from apps.hours.models import Calendar
from apps.hours.services import never_opens
from apps.people.models import Organisation
from apps.sla import letter, policies
from apps.sla.forms import VIAS
from apps.sla.models import Clock, Metric, Policy, State, Target
from apps.sla.parties import Share, shares_of
from apps.sla.policies import hidden_by
from apps.sla.steps import MOST_STEPS
from apps.tickets.models import Tag
from apps.tickets.states import PAUSED, Priority, Type

VERB = "sla.manage"


class TargetOut(serializers.ModelSerializer):
    class Meta:
        model = Target
        fields = ["metric", "priority", "seconds", "is_wall_clock"]
        read_only_fields = fields


class WarningOut(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()


class PolicyOut(serializers.ModelSerializer):
    """Conditions and steps name rows as they are written. `warnings` says what is allowed but of no use."""

    office = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    conditions = serializers.DictField()
    targets = TargetOut(many=True)
    steps = serializers.ListField(child=serializers.DictField())
    pause_on = serializers.ListField(child=serializers.CharField())
    warnings = serializers.SerializerMethodField()

    class Meta:
        model = Policy
        fields = [
            "id",
            "name",
            "office",
            "position",
            "calendar",
            "follows_hours",
            "conditions",
            "goal_percent",
            "warn_percent_left",
            "is_active",
            "pause_on",
            "targets",
            "steps",
            "warnings",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=WarningOut()))
    def get_warnings(self, policy: Policy) -> list[dict[str, str]]:
        """Only with one policy: each costs a question or two."""
        return [] if self.context.get("is_list") else warnings_of(policy)


class TargetIn(Input):
    """`priority` null: every priority that has no target of its own. `is_wall_clock`: nights and holidays count too."""

    metric = serializers.ChoiceField(choices=Metric.choices)
    priority = serializers.ChoiceField(choices=Priority.choices, allow_null=True, required=False, default=None)
    seconds = serializers.IntegerField(min_value=1, max_value=LONGEST, help_text="Of working time.")
    is_wall_clock = serializers.BooleanField(required=False, default=False)


class Conditions(Input):
    """All that are given must hold; none: every ticket of the office and of those below it."""

    via = serializers.ListField(child=serializers.ChoiceField(choices=[(via, via) for via in VIAS]), required=False)
    type = serializers.ListField(child=serializers.ChoiceField(choices=Type.choices), required=False)
    priority = serializers.ListField(child=serializers.ChoiceField(choices=Priority.choices), required=False)
    team = serializers.ListField(child=serializers.SlugField(), required=False, max_length=100)
    service = serializers.ListField(child=serializers.SlugField(), required=False, max_length=100)
    office = serializers.ListField(child=serializers.SlugField(), required=False, max_length=100)
    organisation = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER), required=False, max_length=100
    )
    tag = serializers.ListField(child=serializers.SlugField(), required=False, max_length=100, help_text="Keys.")


class PolicyFields(Input):
    """What is not named stays; conditions and targets replace those there were. Running tickets keep theirs."""

    name = serializers.CharField(max_length=120)
    office = serializers.SlugField()
    calendar = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER)
    follows_hours = serializers.BooleanField(
        required=False, help_text="Counted in the hours of the ticket's channel, team or office; else in `calendar`."
    )
    conditions = Conditions(required=False)
    goal_percent = serializers.IntegerField(min_value=1, max_value=100, required=False)
    warn_percent_left = serializers.IntegerField(min_value=0, max_value=99, required=False)
    is_active = serializers.BooleanField(required=False)
    pause_on = serializers.ListField(
        child=serializers.ChoiceField(choices=[(status.value, status.label) for status in PAUSED]), required=False
    )
    targets = TargetIn(many=True, allow_empty=False, max_length=30)
    steps = StepIn(many=True, required=False, allow_empty=True, max_length=MOST_STEPS)


class NewPolicy(PolicyFields):
    pass


class ChangePolicy(PolicyFields):
    pass


class Move(Input):
    """One place among the policies of its office; the first that fits a ticket holds."""

    direction = serializers.ChoiceField(choices=[("up", "up"), ("down", "down")])


A_POLICY = {
    "name": "Chat in an hour",
    "office": "library",
    "calendar": 3,
    "conditions": {"via": ["webchat"], "team": ["loans"]},
    "goal_percent": 95,
    "targets": [
        {"metric": "first_response", "priority": 4, "seconds": 1800},
        {"metric": "first_response", "priority": None, "seconds": 3600},
    ],
    "steps": [{"offset_seconds": -600, "action": "assignee"}, {"offset_seconds": 0, "action": "head", "by_mail": True}],
}


def warnings_of(policy: Policy) -> list[dict[str, str]]:
    """What the form says, too. Two queries."""
    found = []
    earlier = hidden_by(policy) if policy.is_active else None
    if earlier:
        words = _("“%(earlier)s” stands before it and takes every ticket it could match: it never has its turn.")
        found.append({"code": "never_reached", "message": words % {"earlier": earlier.name}})
    if never_opens(policy.calendar):
        words = _("“%(hours)s” never open: nothing that is counted in them is ever due.")
        found.append({"code": "never_opens", "message": words % {"hours": policy.calendar.name}})
    return found


class Policies(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    queryset = Policy.objects.none()
    serializer_class = PolicyOut
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    orders = {"order": ("position", "pk")}

    def get_queryset(self) -> QuerySet[Policy]:
        rows = Policy.objects.visible_to(self.viewer) | Policy.objects.manageable_by(self.viewer)
        return rows.select_related("office", "calendar").prefetch_related("targets")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "is_list": self.action == "list"}

    @writing(takes=NewPolicy, gives=PolicyOut, code=201, example=A_POLICY, once=True)
    def create(self, request: Any) -> Response:
        data = self.read(NewPolicy)
        data["office"] = self.office(data["office"], VERB)

        def act() -> Response:
            made = policies.create_policy(actor=self.actor, **{"conditions": {}, **self._promise(data)})
            return self.answer(made, status.HTTP_201_CREATED)

        return self.once(act)

    @writing(takes=ChangePolicy(partial=True), gives=PolicyOut, example={"goal_percent": 90, "is_active": True})
    def partial_update(self, request: Any, id: int) -> Response:
        policy = self._policy()
        data = self.read(ChangePolicy, partial=True)
        if "office" in data:
            data["office"] = self.office(data["office"], VERB)
        there = {(target.metric, target.priority): target.seconds for target in policy.targets.all()}
        policies.change_policy(policy, actor=self.actor, **{"targets": there, **self._promise(data)})
        return self.answer(policy)

    @writing(takes=Move, gives=PolicyOut, example={"direction": "up"}, once=True)
    @action(detail=True, methods=["post"], url_path="moves")
    def move(self, request: Any, id: int) -> Response:
        policy = self._policy()
        up = self.read(Move)["direction"] == "up"

        def act() -> Response:
            policies.move_policy(policy, up=up, actor=self.actor)
            return self.answer(policy)

        return self.once(act)

    def _policy(self) -> Policy:
        policy = self.get_object()
        self.require(VERB, policy.office_id)
        return policy

    def _promise(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the verbs take: rows instead of their names, targets as a grid."""
        promise = dict(data)
        if "calendar" in data:
            ours = Calendar.objects.filter(office__body_id__in=self.viewer.body_ids).select_related("office")
            promise["calendar"] = pick(ours, "calendar", pk=data["calendar"])
        if "conditions" in data:
            promise["conditions"] = self._conditions(data["conditions"])
        if "targets" in data:
            promise["targets"] = {(row["metric"], row["priority"]): row["seconds"] for row in data["targets"]}
            promise["wall_clock"] = {row["metric"] for row in data["targets"] if row["is_wall_clock"]}
        if "steps" in data:
            promise["steps"] = steps_of(data["steps"], self.viewer)
        return promise

    def _conditions(self, given: dict[str, list[Any]]) -> dict[str, list[Any]]:
        mine = self.viewer.offices_with(VERB)
        rows = {
            "team": (Team.objects.filter(office_id__in=mine), "slug"),
            "service": (Service.objects.filter(office_id__in=mine), "key"),
            "office": (Office.objects.filter(pk__in=mine), "slug"),
            "organisation": (Organisation.objects.filter(body_id__in=self.viewer.body_ids), "pk"),
            "tag": (Tag.objects.filter(body_id__in=self.viewer.body_ids), "key"),
        }
        found = dict(given)
        for word, (choices, name) in rows.items():
            named = set(given.get(word, ()))
            pks = list(choices.filter(**{f"{name}__in": named}).values_list("pk", name))
            if named - {key for _pk, key in pks}:
                raise serializers.ValidationError({"conditions": {word: [_("There is no such thing here.")]}})
            found[word] = sorted(pk for pk, _key in pks)
        return {word: values for word, values in found.items() if values}


class ClockOut(serializers.ModelSerializer):
    ticket = serializers.SlugRelatedField(slug_field="public_id", read_only=True)

    class Meta:
        model = Clock
        fields = [
            "id",
            "ticket",
            "metric",
            "policy",
            "calendar",
            "target_seconds",
            "is_wall_clock",
            "state",
            "started_at",
            "due_at",
            "warn_at",
            "remaining_seconds",
            "paused_at",
            "ended_at",
            "used_seconds",
            "breached_at",
        ]
        read_only_fields = fields


class PartOut(serializers.Serializer):
    kind = serializers.ChoiceField(choices=[(kind, kind) for kind in ("counted", "closed", "paused")])
    begins = serializers.DateTimeField()
    ends = serializers.DateTimeField()
    seconds = serializers.SerializerMethodField()

    def get_seconds(self, part: Any) -> int:
        return round(part.length.total_seconds())


class ChangeOut(serializers.Serializer):
    at = serializers.DateTimeField()
    words = serializers.CharField()


class ShareOut(serializers.Serializer):
    party = serializers.CharField(help_text="desk, second, supplier or citizen.")
    open_seconds = serializers.SerializerMethodField(help_text="Of the hours that the promise counts in.")
    elapsed_seconds = serializers.SerializerMethodField(help_text="On the wall.")

    def get_open_seconds(self, share: Share) -> int:
        return round(share.counted.total_seconds())

    def get_elapsed_seconds(self, share: Share) -> int:
        return round(share.elapsed.total_seconds())


class ExplanationOut(serializers.Serializer):
    """The stretches from the start to the end without gaps; what was counted adds up to the time used. `text` is the
    same in words, for a letter."""

    policy = serializers.CharField(help_text="As it was called when it promised.")
    calendar = serializers.CharField()
    time_zone = serializers.CharField()
    edition = serializers.CharField(help_text="Of the opening hours, when the moment was computed.")
    target_seconds = serializers.IntegerField()
    is_wall_clock = serializers.BooleanField()
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    parts = PartOut(many=True)
    changes = ChangeOut(many=True, help_text="What changed it after it was made.")
    parties = ShareOut(many=True, help_text="Who had the ticket how long, until its end or until now.")
    text = serializers.CharField()


class ClockFilters(Filters):
    ticket = filters.CharFilter(field_name="ticket__public_id")
    metric = filters.MultipleChoiceFilter(choices=Metric.choices)
    state = filters.MultipleChoiceFilter(choices=State.choices)
    is_breached = filters.BooleanFilter(field_name="breached_at", lookup_expr="isnull", exclude=True)


class Clocks(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    queryset = Clock.objects.none()
    serializer_class = ClockOut
    filterset_class = ClockFilters
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    orders = {"newest": ("-pk",), "oldest": ("pk",)}

    def get_queryset(self) -> QuerySet[Clock]:
        return Clock.objects.visible_to(self.viewer).select_related("ticket", "policy", "calendar")

    @extend_schema(responses=ExplanationOut)
    @action(detail=True, methods=["get"])
    def explanation(self, request: Any, id: int) -> Response:
        """Why is it due then? The same answer for ever: from what the clock recorded, under the hours of then."""
        clock = self.get_object()
        return Response(
            ExplanationOut(
                {
                    "policy": clock.policy_name or clock.policy.name,
                    "calendar": clock.calendar.name,
                    "time_zone": letter.zone_of(clock).key,
                    "edition": clock.edition,
                    "target_seconds": clock.target_seconds,
                    "is_wall_clock": clock.is_wall_clock,
                    "started_at": clock.started_at,
                    "due_at": clock.due_at,
                    "ended_at": clock.ended_at,
                    "parts": letter.parts_of(clock),
                    "changes": letter.changes_of(clock),
                    "parties": shares_of(clock),
                    "text": letter.letter(clock),
                }
            ).data
        )
