"""The people who write to us, within the viewer's bodies."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers, status
from rest_framework.response import Response

from apps.api.describing import writing
from apps.api.v1.base import Filters, Input, Resource
from apps.people.models import Identity, Person
from apps.people.services import identify


class IdentityOut(serializers.ModelSerializer):
    class Meta:
        model = Identity
        fields = ["kind", "handle", "is_verified"]
        read_only_fields = fields


class PersonOut(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id")
    body = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    organisation = serializers.SlugRelatedField(slug_field="name", read_only=True)
    identities = IdentityOut(many=True)

    class Meta:
        model = Person
        fields = ["id", "body", "full_name", "language", "organisation", "notes", "identities", "created_at"]
        read_only_fields = fields


class NewPerson(Input):
    office = serializers.SlugField(help_text="Any office of the body that shall know them.")
    email = serializers.EmailField()
    full_name = serializers.CharField(max_length=160, required=False, default="")
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False, default="")


class ChangePerson(Input):
    full_name = serializers.CharField(max_length=160, required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    notes = serializers.CharField(max_length=10_000, required=False, allow_blank=True)


class PersonFilters(Filters):
    email = filters.CharFilter(method="with_email")
    name = filters.CharFilter(field_name="full_name", lookup_expr="icontains")

    def with_email(self, rows: Any, name: str, value: str) -> Any:
        return rows.with_identity("email", value.strip().lower())


A_PERSON = {"office": "library", "email": "rosa@people.example", "full_name": "Rosa Díaz", "language": "es"}


class People(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    queryset = Person.objects.none()
    serializer_class = PersonOut
    filterset_class = PersonFilters
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "slug"
    orders = {"name": ("full_name", "pk"), "newest": ("-pk",)}

    def get_queryset(self) -> QuerySet[Person]:
        rows = Person.objects.visible_to(self.viewer)  # type: ignore[attr-defined]
        return rows.select_related("body", "organisation").prefetch_related("identities")

    @writing(takes=NewPerson, gives=PersonOut, code=201, example=A_PERSON, once=True)
    def create(self, request: Any) -> Response:
        """An address that is known already answers with the person it belongs to."""
        data = self.read(NewPerson)
        body: Any = self.office(data["office"], "person.edit").body
        named = {"name": data["full_name"], "language": data["language"]}
        return self.once(
            lambda: self.answer(identify(body, kind="email", handle=data["email"], **named), status.HTTP_201_CREATED)
        )

    @writing(takes=ChangePerson, gives=PersonOut, example={"full_name": "Rosa Díaz", "language": "es"})
    def partial_update(self, request: Any, id: str) -> Response:
        person = self.get_object()
        self._require_in_body(person)
        data = self.read(ChangePerson)
        with transaction.atomic():
            for field, value in data.items():
                setattr(person, field, value)
            person.save(update_fields=list(data))
        return self.answer(person)

    def _require_in_body(self, person: Person) -> None:
        """People belong to the body: whoever may edit in one of its offices may edit."""
        offices = [pk for pk, body in self.viewer.bodies.items() if body == person.body_id]
        able = [pk for pk in offices if self.viewer.may("person.edit", pk)]
        self.require("person.edit", able[0] if able else person.body_id)
