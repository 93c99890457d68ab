"""The doors: set up, changed, opened and shut. What is secret goes in and never comes out."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from apps.accounts.models import Office, Team
from apps.api.describing import writing
from apps.api.v1.base import LARGEST_NUMBER, Input, Resource, pick
from apps.api.v1.house import FollowedOut
from apps.hours.models import Calendar
from apps.omnichannel import registry, services
from apps.omnichannel.models import Channel
from apps.omnichannel.opening_hours import followed_at
from apps.omnichannel.setup import ChannelSetup

VERB = "channel.manage"
LONGEST_SETTING = 5_000
MOST_SETTINGS = 60


SETTING = {
    "oneOf": [
        {"type": "string", "maxLength": LONGEST_SETTING},
        {"type": "integer"},
        {"type": "boolean"},
        {"type": "array", "items": {"type": "string"}},
    ]
}


class ChannelOut(serializers.ModelSerializer):
    """Settings and secrets are never part of an answer (S-61)."""

    office = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    team = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    secrets_set = serializers.SerializerMethodField(help_text="The names of the secrets that are set.")

    class Meta:
        model = Channel
        fields = [
            "slug",
            "kind",
            "name",
            "office",
            "address",
            "team",
            "calendar",
            "language",
            "is_active",
            "secrets_set",
            "received_count",
            "last_item_at",
            "last_success_at",
            "last_error",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_secrets_set(self, channel: Channel) -> list[str]:
        return sorted(name for name, text in (channel.secrets or {}).items() if text)


@extend_schema_field(SETTING)
class Setting(serializers.Field):
    """A text, a number, true or false, or a list of texts (one a line on the screen)."""

    def to_internal_value(self, data: Any) -> Any:
        words = data if isinstance(data, list) else [data]
        if len(words) > 200 or not all(isinstance(word, str | int | bool) for word in words):
            raise serializers.ValidationError([_("A text, a number, true or false, or a list of texts.")])
        if not isinstance(data, str | list):
            return data
        text = "\n".join(str(word) for word in words)
        return serializers.CharField(
            max_length=LONGEST_SETTING, allow_blank=True, trim_whitespace=False
        ).run_validation(text)

    def to_representation(self, value: Any) -> Any:
        return value


class SettingFields(Input):
    """`settings` by name as on the screen of the kind; `secrets` likewise, write-only. What is not named stays."""

    name = serializers.CharField(max_length=80)
    office = serializers.SlugField()
    address = serializers.CharField(max_length=254, required=False, allow_blank=True)
    team = serializers.SlugField(required=False, allow_null=True)
    calendar = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False, allow_null=True)
    language = serializers.CharField(max_length=5, required=False, allow_blank=True)
    is_active = serializers.BooleanField(required=False)
    settings = serializers.DictField(child=Setting(), required=False)
    secrets = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST_SETTING, trim_whitespace=False), required=False, write_only=True
    )

    def validate_settings(self, value: dict[str, Any]) -> dict[str, Any]:
        if len(value) > MOST_SETTINGS:
            raise serializers.ValidationError([_("Too many settings.")])
        return value


class NewChannel(SettingFields):
    kind = serializers.CharField(max_length=20)


class ChangeChannel(SettingFields):
    pass


class Switch(Input):
    is_active = serializers.BooleanField()


A_MAILBOX = {
    "kind": "email",
    "name": "Library desk",
    "office": "library",
    "address": "help@desk.olmo.example",
    "settings": {"aliases": ["loans@desk.olmo.example"], "smtp_host": "mail.olmo.example", "smtp_username": "desk"},
    "secrets": {"smtp_password": "…"},
}


class Channels(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    queryset = Channel.objects.none()
    serializer_class = ChannelOut
    lookup_field = lookup_url_kwarg = "slug"
    lookup_value_converter = "slug"
    orders = {"name": ("name", "pk")}

    def get_queryset(self) -> QuerySet[Channel]:
        return Channel.objects.visible_to(self.viewer).select_related("office", "team")  # type: ignore[attr-defined]

    @extend_schema(responses=FollowedOut)
    @action(detail=True, methods=["get"])
    def hours(self, request: Any, slug: str) -> Response:
        """Whose opening hours count at this door, and why."""
        return Response(FollowedOut(followed_at(self.get_object())).data)

    @writing(takes=NewChannel, gives=ChannelOut, code=201, example=A_MAILBOX, once=True)
    def create(self, request: Any) -> Response:
        data = self.read(NewChannel)
        kind = data.pop("kind")
        if kind not in registry.kinds():
            raise serializers.ValidationError({"kind": [_("There is no such thing here.")]})
        self.office(data["office"], VERB)
        return self.once(lambda: self._set_up(Channel(kind=kind), data, status.HTTP_201_CREATED))

    @writing(takes=ChangeChannel(partial=True), gives=ChannelOut, example={"name": "Reading room", "team": "loans"})
    def partial_update(self, request: Any, slug: str) -> Response:
        channel = self._channel()
        data = self.read(ChangeChannel, partial=True)
        if "office" in data:
            self.office(data["office"], VERB)
        return self._set_up(channel, data)

    @writing(takes=Switch, gives=ChannelOut, example={"is_active": False})
    @action(detail=True, methods=["put"])
    def switch(self, request: Any, slug: str) -> Response:
        """Open or shut the door; all else stays as it is."""
        channel = self._channel()
        return self.answer(services.switch_channel(channel, on=self.read(Switch)["is_active"], actor=self.actor))

    def _channel(self) -> Channel:
        channel = self.get_object()
        self.require(VERB, channel.office_id)
        return channel

    def _set_up(self, row: Channel, data: dict[str, Any], code: int = status.HTTP_200_OK) -> Response:
        """By the very forms of the screens: what they refuse is refused here, field by field."""
        settings, secrets = data.pop("settings", {}), data.pop("secrets", {})
        setup = ChannelSetup.with_changes(self.viewer, row, {**self._named(data), **settings, **secrets})
        _only(settings, setup.setting_names, "settings")
        _only(secrets, setup.secret_names, "secrets")
        _only({"address"} & set(data), set(setup.common.fields) | set(setup.own.fields), "address")
        if not setup.is_valid():
            raise serializers.ValidationError(setup.errors)
        return self.answer(setup.save(actor=self.actor), code)

    def _named(self, data: dict[str, Any]) -> dict[str, Any]:
        """Rows by their numbers, as a browser would send them."""
        named = dict(data)
        offices = Office.objects.visible_to(self.viewer)  # type: ignore[attr-defined]
        teams = Team.objects.visible_to(self.viewer)  # type: ignore[attr-defined]
        if "office" in data:
            named["office"] = pick(offices, "office", slug=data["office"]).pk
        if data.get("team") is not None:
            named["team"] = pick(teams, "team", slug=data["team"]).pk
        if data.get("calendar") is not None:
            ours = Calendar.objects.filter(office__body_id__in=self.viewer.body_ids)
            named["calendar"] = pick(ours, "calendar", pk=data["calendar"]).pk
        return named


def _only(given: Any, known: set[str], field: str) -> None:
    strange = sorted(set(given) - known)
    if strange:
        sentence = _("This kind of channel has no such setting: %(names)s.") % {"names": ", ".join(strange)}
        raise serializers.ValidationError({field: [sentence]})
