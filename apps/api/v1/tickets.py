"""Tickets: read them, open one, and do to them what the screens do."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from apps.accounts.models import Office, Team, User
from apps.api.describing import writing
from apps.api.idempotency import once
from apps.api.parsers import BoundedJSONParser
from apps.api.v1.base import LARGEST_NUMBER, LONGEST_TEXT, Filters, Input, Resource, RowNumberFilter, pick
from apps.api.v1.joining import joining
from apps.api.v1.messages import MessageOut, messages_for_reading
from apps.catalogue.models import Service
from apps.people.models import Person
from apps.people.services import identify
from apps.tickets import services
from apps.tickets.files import KeptFile
from apps.tickets.models import Message, Ticket
from apps.tickets.states import Priority, Status, Type


class PersonRef(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField(source="full_name")


class UserRef(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField(source="full_name")


class TicketOut(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id")
    reference = serializers.CharField(help_text="What people read out; a label, not a key.")
    office = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    service = serializers.SlugRelatedField(slug_field="key", read_only=True)
    team = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    tags = serializers.SlugRelatedField(slug_field="key", many=True, read_only=True)
    requester = PersonRef()
    assignee = UserRef(allow_null=True)
    linked_to = serializers.SerializerMethodField()
    merged_into = serializers.SerializerMethodField()

    class Meta:
        model = Ticket
        fields = [
            "id",
            "reference",
            "office",
            "type",
            "service",
            "subject",
            "status",
            "priority",
            "language",
            "requester",
            "assignee",
            "team",
            "tags",
            "via",
            "linked_to",
            "merged_into",
            "message_count",
            "is_outside_hours",
            "next_due_at",
            "next_due_metric",
            "snoozed_until",
            "last_message_at",
            "opened_at",
            "solved_at",
            "closed_at",
            "version",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_linked_to(self, ticket: Ticket) -> str | None:
        """Only where the viewer may see that ticket too."""
        return self._if_seen(ticket.linked_to)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_merged_into(self, ticket: Ticket) -> str | None:
        """Where the matter goes on, if the viewer may see that ticket."""
        return self._if_seen(ticket.merged_into)

    def _if_seen(self, other: Ticket | None) -> str | None:
        viewer = self.context["request"]._request.viewer
        return other.public_id if other and viewer.may("ticket.view", other.office_id) else None


class OpenTicket(Input):
    """`requester` names a known person; or `email` (and `name`) somebody who may be new."""

    office = serializers.SlugField()
    subject = serializers.CharField(max_length=250)
    text = serializers.CharField(max_length=LONGEST_TEXT)
    requester = serializers.CharField(max_length=40, required=False)
    email = serializers.EmailField(required=False)
    name = serializers.CharField(max_length=160, required=False, default="")
    type = serializers.ChoiceField(choices=Type.choices, default=Type.QUESTION)
    service = serializers.SlugField(required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, default=Priority.NORMAL)
    language = serializers.CharField(max_length=5, required=False, default="")
    team = serializers.SlugField(required=False)
    assignee = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if ("requester" in data) == ("email" in data):
            raise serializers.ValidationError({"requester": [_("Give either requester or email.")]})
        return data


class ChangeTicket(Input):
    subject = serializers.CharField(max_length=250, required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)


class Assignment(Input):
    """At least one of the two; null takes away."""

    assignee = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False, allow_null=True)
    team = serializers.SlugField(required=False, allow_null=True)


class NewStatus(Input):
    status = serializers.ChoiceField(choices=Status.choices)


class Snooze(Input):
    until = serializers.DateTimeField()


class Words(Input):
    """Files come as multipart/form-data, each in a part named `files`; a text may then be left out."""

    text = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True, default="")
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=None),
        required=False,
        default=list,
        help_text="Only in multipart/form-data.",
    )


class Reply(Words):
    """`last_seen` is the newest message the writer knows: when another came since, nothing is sent and 409 says so."""

    then = serializers.ChoiceField(choices=Status.choices, required=False, default="")
    last_seen = serializers.CharField(max_length=40, required=False)


class Note(Words):
    pass


class TicketFilters(Filters):
    status = filters.MultipleChoiceFilter(choices=Status.choices)
    priority = filters.MultipleChoiceFilter(choices=Priority.choices)
    office = filters.CharFilter(field_name="office__slug")
    team = filters.CharFilter(field_name="team__slug")
    assignee = RowNumberFilter(field_name="assignee_id", min_value=1)
    unassigned = filters.BooleanFilter(field_name="assignee", lookup_expr="isnull")
    requester = filters.CharFilter(field_name="requester__public_id")
    tag = filters.CharFilter(field_name="tags__key")
    via = filters.CharFilter(field_name="via")
    opened_from = filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="gte")
    opened_before = filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="lt")


A_TICKET = {
    "office": "library",
    "subject": "A book about the town",
    "text": "Do you have it, and may I take it home?",
    "email": "rosa@people.example",
    "name": "Rosa",
}
A_REPLY = {"text": "Yes, it is on the shelf. Come by until seven.", "then": "waiting"}
WITH_FILES = [BoundedJSONParser, MultiPartParser]


class Tickets(joining(TicketOut), mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    queryset = Ticket.objects.none()
    serializer_class = TicketOut
    filterset_class = TicketFilters
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "slug"
    orders = {
        "newest": ("-last_message_at", "-pk"),
        "urgent": ("urgent_at", "-priority", "pk"),
        "oldest": ("opened_at", "pk"),
    }

    def get_queryset(self) -> QuerySet[Ticket]:
        rows = Ticket.objects.visible_to(self.viewer)  # type: ignore[attr-defined]
        people = ("office", "service", "team", "requester", "assignee", "linked_to", "merged_into")
        return rows.select_related(*people).prefetch_related("tags")

    @writing(takes=OpenTicket, gives=TicketOut, code=201, example=A_TICKET, once=True)
    def create(self, request: Any) -> Response:
        data = self.read(OpenTicket)
        office = self.office(data["office"], "ticket.open")
        return self.once(lambda: self._open(office, data))

    def _open(self, office: Office, data: dict[str, Any]) -> Response:
        chosen = self._chosen(office, data)
        ticket = services.open_ticket(
            office,
            requester=self._requester(office, data),
            subject=data["subject"],
            text=data["text"],
            via="api",
            type=data["type"],
            priority=data["priority"],
            language=data["language"],
            actor=self.actor,
            **chosen,
        )
        return self.answer(ticket, status.HTTP_201_CREATED)

    @writing(takes=ChangeTicket, gives=TicketOut, example={"subject": "The book of the town", "priority": 4})
    def partial_update(self, request: Any, id: str) -> Response:
        ticket, data = self._act("ticket.status", ChangeTicket)
        if "subject" in data:
            services.set_subject(ticket, to=data["subject"], actor=self.actor)
        if "priority" in data:
            services.set_priority(ticket, to=data["priority"], actor=self.actor)
        return self.answer(ticket)

    @writing(takes=Assignment, gives=TicketOut, example={"assignee": 7, "team": "loans"})
    @action(detail=True, methods=["put"])
    def assignment(self, request: Any, id: str) -> Response:
        ticket, data = self._act("ticket.assign", Assignment)
        if not data:
            raise serializers.ValidationError({"assignee": [_("Give assignee or team.")]})
        if "team" in data:
            team = self._team(data["team"], ticket.office) if data["team"] else None
            services.move_to_team(ticket, team=team, actor=self.actor)
        if "assignee" in data:
            user = self._user(data["assignee"]) if data["assignee"] is not None else None
            services.assign(ticket, to=user, actor=self.actor)
        return self.answer(ticket)

    @writing(gives=TicketOut)
    @assignment.mapping.delete
    def unassign(self, request: Any, id: str) -> Response:
        ticket, _data = self._act("ticket.assign")
        services.assign(ticket, to=None, actor=self.actor)
        return self.answer(ticket)

    @writing(takes=NewStatus, gives=TicketOut, example={"status": "solved"})
    @action(detail=True, methods=["put"], url_path="status")
    def set_status(self, request: Any, id: str) -> Response:
        ticket, data = self._act("ticket.status", NewStatus)
        services.change_status(ticket, to=data["status"], actor=self.actor)
        return self.answer(ticket)

    @writing(gives=TicketOut)
    @action(detail=True, methods=["put"], url_path="tags/<slug:key>")
    def tag(self, request: Any, id: str, key: str) -> Response:
        ticket, _data = self._act("ticket.tag")
        services.tag(ticket, key=key, actor=self.actor)
        return self.answer(ticket)

    @writing(gives=TicketOut)
    @tag.mapping.delete
    def untag(self, request: Any, id: str, key: str) -> Response:
        ticket, _data = self._act("ticket.tag")
        services.untag(ticket, key=key, actor=self.actor)
        return self.answer(ticket)

    @writing(takes=Snooze, gives=TicketOut, example={"until": "2030-05-02T09:00:00-03:00"})
    @action(detail=True, methods=["put"])
    def snooze(self, request: Any, id: str) -> Response:
        ticket, data = self._act("ticket.status", Snooze)
        services.snooze(ticket, until=data["until"], actor=self.actor)
        return self.answer(ticket)

    @writing(gives=TicketOut)
    @snooze.mapping.delete
    def wake(self, request: Any, id: str) -> Response:
        ticket, _data = self._act("ticket.status")
        services.wake(ticket, actor=self.actor)
        return self.answer(ticket)

    @writing(takes=Reply, gives=MessageOut, code=201, example=A_REPLY, once=True)
    @action(detail=True, methods=["post"], parser_classes=WITH_FILES)
    def replies(self, request: Any, id: str) -> Response:
        ticket, data = self._act("ticket.reply", Reply)
        seen: Any = None
        if "last_seen" in data:
            seen = pick(Message.objects.filter(ticket=ticket), "last_seen", public_id=data["last_seen"])

        def act(files: list[KeptFile]) -> Response:
            message = services.reply(
                ticket,
                author=request.user,
                text=data["text"],
                attachments=files,
                then=data["then"],
                last_seen_message_id=seen.pk if seen else None,
                actor=self.actor,
            )
            return self._answer_message(message)

        return once(request, act, files=data["files"])

    @writing(takes=Note, gives=MessageOut, code=201, example={"text": "She called: the second volume."}, once=True)
    @action(detail=True, methods=["post"], parser_classes=WITH_FILES)
    def notes(self, request: Any, id: str) -> Response:
        ticket, data = self._act("ticket.note", Note)

        def act(files: list[KeptFile]) -> Response:
            note = services.add_note(ticket, author=request.user, text=data["text"], attachments=files)
            return self._answer_message(note)

        return once(request, act, files=data["files"])

    def _act(self, verb: str, form: type[Input] | None = None) -> tuple[Ticket, dict[str, Any]]:
        """The ticket if it can be seen (404), the right to do it (403), the body (400), in this order."""
        ticket = self.get_object()
        self.require(verb, ticket.office_id)
        if form is None:
            self.no_body()
        return ticket, self.read(form) if form else {}

    def _answer_message(self, message: Message) -> Response:
        row = messages_for_reading(Message.objects.visible_to(self.viewer)).get(pk=message.pk)  # type: ignore[attr-defined]
        return Response(MessageOut(row, context=self.get_serializer_context()).data, status=status.HTTP_201_CREATED)

    def _requester(self, office: Office, data: dict[str, Any]) -> Any:
        if "requester" in data:
            known = Person.objects.visible_to(self.viewer).filter(body_id=office.body_id)  # type: ignore[attr-defined]
            return pick(known, "requester", public_id=data["requester"])
        return identify(office.body, kind="email", handle=data["email"], name=data["name"], language=data["language"])  # type: ignore[arg-type]

    def _chosen(self, office: Office, data: dict[str, Any]) -> dict[str, Any]:
        chosen: dict[str, Any] = {}
        if "service" in data:
            chosen["service"] = pick(Service.objects.active().filter(office=office), "service", key=data["service"])
        if "team" in data:
            chosen["team"] = self._team(data["team"], office)
        if "assignee" in data:
            chosen["assignee"] = self._user(data["assignee"], office)
        return chosen

    def _team(self, slug: str, office: Office) -> Any:
        teams = Team.objects.visible_to(self.viewer).filter(office__body_id=office.body_id)  # type: ignore[attr-defined]
        return pick(teams, "team", slug=slug)

    def _user(self, pk: int, office: Office | None = None) -> Any:
        user: Any = pick(User.objects.active().visible_to(self.viewer), "assignee", pk=pk)  # type: ignore[attr-defined]
        if office:
            services.check_assignee(user, office.pk)
        return user
