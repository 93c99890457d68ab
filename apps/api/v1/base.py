"""What every resource shares: closed input, closed parameters, and only what the viewer may see."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers, status, viewsets
from rest_framework.response import Response

from apps.accounts.models import Office
from apps.accounts.permissions import require
from apps.accounts.viewers import Viewer
from apps.activity.bus import Actor
from apps.api.authentication import actor_of
from apps.api.idempotency import once
from apps.core.errors import NotAllowed

PAGE_WORDS = {"ordering", "page_size", "cursor"}
LONGEST_TEXT = 100_000
LARGEST_NUMBER = 2**63 - 1  # of a row


class Input(serializers.Serializer):
    """Fields that are not named, or may only be read, are a mistake and not ignored (S-30)."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            strange = set(data) - writable
            if strange:
                raise serializers.ValidationError({str(name): [_("Not a field to be written.")] for name in strange})
        return super().to_internal_value(data)


class RowNumberFilter(filters.NumberFilter):
    """The number of a row; larger ones are a mistake, not a question for the database."""

    field_class = forms.IntegerField

    def get_max_validator(self) -> MaxValueValidator:
        return MaxValueValidator(LARGEST_NUMBER)


class Filters(filters.FilterSet):
    """Each one names its filters one by one; none is made from a model (S-32)."""


class Resource(viewsets.GenericViewSet):
    """`orders`: word -> fields, the last one unique; the first word is the default."""

    orders: Mapping[str, tuple[str, ...]] = {"oldest": ("pk",)}
    filterset_class: type[Filters] | None = None

    @property
    def viewer(self) -> Viewer:
        return self.request._request.viewer

    @property
    def actor(self) -> Actor:
        return actor_of(self.request.auth)

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        allowed: set[str] = set()
        if self.action == "list":
            own = self.filterset_class.base_filters if self.filterset_class else {}
            allowed = PAGE_WORDS | set(own)
        strange = set(request.query_params) - allowed
        if strange:
            raise serializers.ValidationError({name: [_("Not a parameter of this address.")] for name in strange})

    def require(self, verb: str, office_id: int | None = None) -> None:
        require(self.viewer, verb, office_id)

    def permit(self, is_allowed: bool) -> None:
        """For rights that hang on more than a verb and an office. Raises NotAllowed."""
        if not is_allowed:
            raise NotAllowed("not_allowed", _("You can read this but not change it."))

    def once(self, act: Callable[[], Response]) -> Response:
        """What a key of the sender's own has done already is answered again, not done again."""
        return once(self.request, lambda _files: act())

    def no_body(self) -> None:
        if self.request.data:
            raise serializers.ValidationError({"non_field_errors": [_("This takes no body.")]})

    def office(self, slug: str, verb: str, field: str = "office") -> Office:
        """An office named in a body: seen at all (else 400), and the right to do `verb` there (else 403)."""
        office: Any = pick(Office.objects.visible_to(self.viewer), field, slug=slug)  # type: ignore[attr-defined]
        self.require(verb, office.pk)
        return office

    def answer(self, row: Model, code: int = status.HTTP_200_OK) -> Response:
        """The row as a reader gets it."""
        fresh = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(fresh).data, status=code)

    def read(self, form: type[serializers.Serializer], **kwargs: Any) -> dict[str, Any]:
        """The body, checked. Raises ValidationError."""
        serializer = form(data=self.request.data, context=self.get_serializer_context(), **kwargs)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


def pick(rows: QuerySet, field: str, **lookup: Any) -> Model:
    """A thing named in a body, among those the viewer may see; else the field is wrong, existing or not (S-31)."""
    row = rows.filter(**lookup).first()
    if row is None:
        raise serializers.ValidationError({field: [_("There is no such thing here.")]})
    return row
