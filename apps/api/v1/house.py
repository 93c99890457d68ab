"""The house itself: who looks, offices and teams."""

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from apps.accounts import services
from apps.accounts.models import TERMS, Office, Team, User
from apps.api.describing import writing
from apps.api.v1.base import LARGEST_NUMBER, Input, Resource, pick
from apps.hours.following import followed
from apps.hours.models import Calendar


class MeOut(serializers.Serializer):
    id = serializers.IntegerField(source="user.pk")
    full_name = serializers.CharField(source="user.full_name")
    email = serializers.EmailField(source="user.email")
    token = serializers.CharField(source="name")
    role = serializers.CharField(source="role.key")
    office = serializers.CharField(source="office.slug")
    expires_at = serializers.DateTimeField(allow_null=True)
    may = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField(child=serializers.ListField(child=serializers.CharField())))
    def get_may(self, token: Any) -> dict[str, list[str]]:
        """Office -> what this key may do there."""
        viewer = self.context["request"]._request.viewer
        slugs = dict(Office.objects.visible_to(viewer).values_list("pk", "slug"))  # type: ignore[attr-defined]
        return {slugs[pk]: sorted(verbs) for pk, verbs in viewer.grants.items()}


class Me(Resource):
    @extend_schema(responses=MeOut)
    def retrieve(self, request: Any) -> Response:
        return Response(MeOut(request.auth, context=self.get_serializer_context()).data)


class FollowedOut(serializers.Serializer):
    """Whose opening hours count: own ones, else those of the team, the office, or the nearest office above."""

    calendar = serializers.IntegerField(source="calendar.pk", default=None, allow_null=True)
    source = serializers.CharField()
    holder = serializers.CharField()
    why = serializers.CharField()


class OfficeOut(serializers.ModelSerializer):
    parent = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    body = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    languages = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Office
        fields = [
            "slug",
            "name",
            "parent",
            "body",
            "languages",
            "default_language",
            "time_zone",
            "calendar",
            "accent",
            "term_person",
            "phone",
            "email",
            "address",
            "map_url",
        ]
        read_only_fields = fields


class OfficeFields(Input):
    """What is not named stays. `parent` stays for good: moving an office would move the wall with it."""

    name = serializers.CharField(max_length=120)
    languages = serializers.ListField(
        child=serializers.ChoiceField(choices=settings.LANGUAGES), allow_empty=False, max_length=len(settings.LANGUAGES)
    )
    default_language = serializers.ChoiceField(choices=settings.LANGUAGES)
    time_zone = serializers.CharField(max_length=60)
    term_person = serializers.ChoiceField(choices=list(TERMS.items()), required=False)
    accent = serializers.CharField(max_length=7, required=False, allow_blank=True, help_text="Like #1d5f8a.")
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True)
    map_url = serializers.URLField(max_length=200, required=False, allow_blank=True)

    def validate_time_zone(self, value: str) -> str:
        if value not in available_timezones():
            raise serializers.ValidationError([_("There is no such thing here.")])
        return value

    def validate_accent(self, value: str) -> str:
        return value.strip().lower()


class NewOffice(OfficeFields):
    parent = serializers.SlugField(help_text="An office in which you may set up offices.")


class ChangeOffice(OfficeFields):
    calendar = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False, allow_null=True)


A_BRANCH = {
    "parent": "library",
    "name": "Reading room of the port",
    "languages": ["es", "en"],
    "default_language": "es",
    "time_zone": "America/Montevideo",
    "phone": "+598 2400 0000",
}


class Offices(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    queryset = Office.objects.none()
    serializer_class = OfficeOut
    lookup_field = lookup_url_kwarg = "slug"
    lookup_value_converter = "slug"
    orders = {"tree": ("path", "pk")}

    def get_queryset(self) -> QuerySet[Office]:
        return Office.objects.visible_to(self.viewer).select_related("parent", "body")  # type: ignore[attr-defined]

    @writing(takes=NewOffice, gives=OfficeOut, code=201, example=A_BRANCH, once=True)
    def create(self, request: Any) -> Response:
        data = self.read(NewOffice)
        parent = self.office(data.pop("parent"), "office.manage", "parent")

        def act() -> Response:
            made = services.save_office(Office(parent=parent, **data), actor=self.actor)
            # The key saw only what stood when it was read: the new office is below, so it may be shown.
            return Response(OfficeOut(made, context=self.get_serializer_context()).data, status=status.HTTP_201_CREATED)

        return self.once(act)

    @writing(takes=ChangeOffice(partial=True), gives=OfficeOut, example={"phone": "+598 2400 0001"})
    def partial_update(self, request: Any, slug: str) -> Response:
        office = self.get_object()
        self.require("office.manage", office.pk)
        data = self.read(ChangeOffice, partial=True)
        if data.get("calendar") is not None:
            ours = Calendar.objects.filter(office__body_id=office.body_id)
            data["calendar"] = pick(ours, "calendar", pk=data["calendar"])
        for name, value in data.items():
            setattr(office, name, value)
        return self.answer(services.save_office(office, actor=self.actor))

    @extend_schema(responses=FollowedOut)
    @action(detail=True, methods=["get"])
    def hours(self, request: Any, slug: str) -> Response:
        """Whose opening hours count in this office, and why."""
        return Response(FollowedOut(followed(self.get_object())).data)


class TeamOut(serializers.ModelSerializer):
    office = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    members = serializers.SerializerMethodField()

    class Meta:
        model = Team
        fields = ["slug", "name", "office", "calendar", "party", "members"]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_members(self, team: Team) -> list[dict[str, Any]]:
        return [{"id": user.pk, "name": user.full_name} for user in team.members.all()]


class TeamFields(Input):
    """Members are people who work in the team's body; the list replaces the one there was."""

    name = serializers.CharField(max_length=80)
    office = serializers.SlugField()
    party = serializers.ChoiceField(choices=Team.Party.choices, required=False, help_text="As what it works.")
    members = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER), required=False, max_length=500
    )
    calendar = serializers.IntegerField(
        min_value=1, max_value=LARGEST_NUMBER, required=False, allow_null=True, help_text="null: those of the office."
    )


class NewTeam(TeamFields):
    pass


class ChangeTeam(TeamFields):
    """What is not named stays."""


class Teams(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    queryset = Team.objects.none()
    serializer_class = TeamOut
    lookup_field = lookup_url_kwarg = "slug"
    lookup_value_converter = "slug"
    orders = {"name": ("name", "pk")}

    def get_queryset(self) -> QuerySet[Team]:
        return Team.objects.visible_to(self.viewer).select_related("office").prefetch_related("members")  # type: ignore[attr-defined]

    @writing(
        takes=NewTeam,
        gives=TeamOut,
        code=201,
        example={"name": "Loans", "office": "library", "members": [7, 9]},
        once=True,
    )
    def create(self, request: Any) -> Response:
        data = self.read(NewTeam)
        office = self.office(data["office"], "team.manage")
        party = data.get("party", Team.Party.DESK)
        team = Team(office=office, name=data["name"], calendar=self._calendar(data), party=party)
        return self.once(lambda: self._save(team, data.get("members", []), status.HTTP_201_CREATED))

    @writing(takes=ChangeTeam(partial=True), gives=TeamOut, example={"members": [7]})
    def partial_update(self, request: Any, slug: str) -> Response:
        team = self.get_object()
        self.require("team.manage", team.office_id)
        data = self.read(ChangeTeam, partial=True)
        if "office" in data:
            team.office = self.office(data["office"], "team.manage")
        team.name, team.party = data.get("name", team.name), data.get("party", team.party)
        if "calendar" in data:
            team.calendar = self._calendar(data)
        return self._save(team, data.get("members", [user.pk for user in team.members.all()]))

    @extend_schema(responses=FollowedOut)
    @action(detail=True, methods=["get"])
    def hours(self, request: Any, slug: str) -> Response:
        """Whose opening hours count for this team, and why."""
        team = self.get_object()
        return Response(FollowedOut(followed(team.office, team=team)).data)

    def _calendar(self, data: dict[str, Any]) -> Any:
        if data.get("calendar") is None:
            return None
        ours = Calendar.objects.filter(office__body_id__in=self.viewer.body_ids).select_related("office")
        return pick(ours, "calendar", pk=data["calendar"])

    def _save(self, team: Team, members: list[int], code: int = status.HTTP_200_OK) -> Response:
        ours = User.objects.active().visible_to(self.viewer)  # type: ignore[attr-defined]
        kept = {user.pk for user in team.members.all()} if team.pk else set()
        able = ours.filter(memberships__office__body_id=team.office.body_id, pk__in=members).values_list(
            "pk", flat=True
        )
        if set(members) - set(able) - kept:
            raise serializers.ValidationError({"members": [_("There is no such thing here.")]})
        return self.answer(services.save_team(team, members=members, actor=self.actor), code)
