"""The words a body puts on its tickets."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from apps.api.describing import writing
from apps.api.v1.base import Filters, Input, Resource
from apps.tickets import services
from apps.tickets.models import Tag
from apps.tickets.services.tags import NAME_LENGTH

SOME_NAMES = {"es": "Préstamos", "en": "Loans"}


class TagOut(serializers.ModelSerializer):
    body = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    names = serializers.DictField(child=serializers.CharField())
    is_retired = serializers.SerializerMethodField()

    class Meta:
        model = Tag
        fields = ["id", "key", "body", "names", "is_retired"]
        read_only_fields = fields

    @extend_schema_field(serializers.BooleanField())
    def get_is_retired(self, tag: Tag) -> bool:
        return tag.retired_at is not None


class Names(Input):
    """Language -> word; one language at least."""

    def get_fields(self) -> dict[str, Any]:
        word = {"max_length": NAME_LENGTH, "required": False}
        return {code: serializers.CharField(**word) for code, _name in settings.LANGUAGES}  # type: ignore[arg-type]


class NewTag(Input):
    """The key is made from the first name and stays."""

    body = serializers.SlugField(help_text="The topmost office: tags belong to the whole body.")
    names = Names()


class RenameTag(Input):
    names = Names()


class TagFilters(Filters):
    is_retired = filters.BooleanFilter(field_name="retired_at", lookup_expr="isnull", exclude=True)


class Tags(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    queryset = Tag.objects.none()
    serializer_class = TagOut
    filterset_class = TagFilters
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    orders = {"key": ("key", "pk")}

    def get_queryset(self) -> QuerySet[Tag]:
        return Tag.objects.visible_to(self.viewer).select_related("body")  # type: ignore[attr-defined]

    @writing(takes=NewTag, gives=TagOut, code=201, example={"body": "olmo", "names": SOME_NAMES}, once=True)
    def create(self, request: Any) -> Response:
        data = self.read(NewTag)
        body = self.office(data["body"], "team.manage", "body")
        if not body.is_body:
            raise serializers.ValidationError({"body": [_("Tags belong to the whole body: name its topmost office.")]})
        return self.once(
            lambda: self.answer(
                services.create_tag(body, names=data["names"], actor=self.actor), status.HTTP_201_CREATED
            )
        )

    @writing(takes=RenameTag, gives=TagOut, example={"names": SOME_NAMES})
    def partial_update(self, request: Any, id: int) -> Response:
        tag = self._tag()
        return self.answer(services.rename_tag(tag, names=self.read(RenameTag)["names"], actor=self.actor))

    @writing(gives=TagOut)
    @action(detail=True, methods=["put"], url_path="retirement")
    def retire(self, request: Any, id: int) -> Response:
        """No ticket gets it from now on; those that have it keep it."""
        tag = self._tag()
        self.no_body()
        return self.answer(services.retire_tag(tag, actor=self.actor))

    @writing(gives=TagOut)
    @retire.mapping.delete
    def use_again(self, request: Any, id: int) -> Response:
        tag = self._tag()
        self.no_body()
        return self.answer(services.use_tag_again(tag, actor=self.actor))

    def _tag(self) -> Tag:
        tag = self.get_object()
        self.require("team.manage", tag.body_id)
        return tag
