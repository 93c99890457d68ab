"""What was said on a ticket, in order of arrival, and the files that came with it."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers

from apps.api.v1.base import Filters, Resource
from apps.core.files import disposition
from apps.omnichannel.models import Delivery
from apps.tickets.models import Attachment, Message, Ticket
from apps.tickets.states import Direction

DOWNLOAD_POLICY = "sandbox; default-src 'none'"


class AttachmentOut(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id")

    class Meta:
        model = Attachment
        fields = ["id", "name", "content_type", "size", "is_inline"]
        read_only_fields = fields


class DeliveryOut(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id")
    channel = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = Delivery
        fields = ["id", "channel", "recipient", "state", "attempts", "sent_at", "error_kind", "error_text"]
        read_only_fields = fields


class MessageOut(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id")
    ticket = serializers.SlugRelatedField(slug_field="public_id", read_only=True)
    author = serializers.CharField(source="author_label")
    attachments = AttachmentOut(many=True)
    deliveries = DeliveryOut(many=True)

    class Meta:
        model = Message
        fields = [
            "id",
            "ticket",
            "direction",
            "is_automatic",
            "author",
            "text",
            "html",
            "quoted_text",
            "via",
            "written_at",
            "claimed_at",
            "verdict",
            "attachments",
            "deliveries",
        ]
        read_only_fields = fields


class MessageFilters(Filters):
    direction = filters.MultipleChoiceFilter(choices=Direction.choices)


class TicketMessages(mixins.ListModelMixin, Resource):
    queryset = Message.objects.none()
    serializer_class = MessageOut
    filterset_class = MessageFilters
    orders = {"oldest": ("pk",), "newest": ("-pk",)}

    def get_queryset(self) -> QuerySet[Message]:
        ticket = Ticket.objects.visible_to(self.viewer).filter(public_id=self.kwargs["id"]).first()  # type: ignore[attr-defined]
        if ticket is None:
            raise Http404
        return messages_for_reading(Message.objects.visible_to(self.viewer).filter(ticket=ticket))  # type: ignore[attr-defined]


class Messages(mixins.RetrieveModelMixin, Resource):
    queryset = Message.objects.none()
    serializer_class = MessageOut
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "slug"

    def get_queryset(self) -> QuerySet[Message]:
        return messages_for_reading(Message.objects.visible_to(self.viewer))  # type: ignore[attr-defined]


class Attachments(Resource):
    queryset = Attachment.objects.none()
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "slug"

    def get_queryset(self) -> QuerySet[Attachment]:
        return Attachment.objects.visible_to(self.viewer)  # type: ignore[attr-defined]

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def retrieve(self, request: Any, id: str) -> HttpResponse:
        """The bytes, in a form no browser runs (S-17)."""
        row = self.get_object()
        with row.file.open("rb") as file:
            response = HttpResponse(file.read(), content_type="application/octet-stream")
        response["Content-Disposition"] = disposition(row.name)
        response["Content-Security-Policy"] = DOWNLOAD_POLICY
        return response


def messages_for_reading(rows: QuerySet[Message]) -> QuerySet[Message]:
    """Three queries, however many rows."""
    return rows.select_related("ticket").prefetch_related("attachments", "deliveries__channel")
