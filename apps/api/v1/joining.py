"""Tickets joined, parted, linked and moved: what the dialogs on a ticket's page do."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from apps.accounts.models import Office
from apps.api.describing import writing
from apps.api.v1.base import Input, pick
from apps.core.errors import Invalid
from apps.tickets import services
from apps.tickets.models import Link, Merge, Message, Ticket
from apps.tickets.services.linking import INVERSE

VERB = "ticket.status"


class MergeInto(Input):
    """`other_person`: said on purpose, where `into` is somebody else's ticket; then nobody's words move."""

    into = serializers.CharField(max_length=40)
    other_person = serializers.BooleanField(default=False)


class SplitOff(Input):
    messages = serializers.ListField(child=serializers.CharField(max_length=40), min_length=1, max_length=500)
    subject = serializers.CharField(max_length=250, required=False, default="")


class NewLink(Input):
    """This ticket is `kind` of `to`."""

    to = serializers.CharField(max_length=40)
    kind = serializers.ChoiceField(choices=Link.Kind.choices)


class OtherOffice(Input):
    office = serializers.SlugField()


class LinkOut(serializers.Serializer):
    kind = serializers.CharField(help_text="What this ticket is: related, child, parent, duplicate or duplicated.")
    ticket = serializers.CharField(help_text="The other one.")
    reference = serializers.CharField()


class Joining:
    """For the resource of tickets. `into`, `to` and the like are ids of tickets the key may see."""

    def merge_acts(self: Any, ticket: Ticket, data: dict[str, Any]) -> Ticket:
        into: Any = pick(self.get_queryset(), "into", public_id=data["into"])
        self.require(VERB, into.office_id)
        if into.requester_id != ticket.requester_id and not data["other_person"]:
            raise Invalid("two_persons", _("These are tickets of two people. Confirm that you want to join them."))
        services.merge(ticket, into=into, actor=self.actor)
        return into

    def undo_acts(self: Any, ticket: Ticket) -> None:
        row = Merge.objects.standing().filter(merged=ticket).select_related("kept").first()
        if row is None:
            raise NotFound
        self.require(VERB, row.kept.office_id)
        services.undo_merge(row, actor=self.actor)

    def split_acts(self: Any, ticket: Ticket, data: dict[str, Any]) -> Ticket:
        rows = Message.objects.visible_to(self.viewer).filter(ticket=ticket)
        chosen = [pick(rows, "messages", public_id=name) for name in dict.fromkeys(data["messages"])]
        return services.split(ticket, messages=chosen, subject=data["subject"], actor=self.actor)  # type: ignore[arg-type]

    def links_of(self: Any, ticket: Ticket) -> list[dict[str, str]]:
        seen = Ticket.objects.visible_to(self.viewer)
        rows = Link.objects.filter(Q(one=ticket, other__in=seen) | Q(other=ticket, one__in=seen))
        found = []
        for row in rows.select_related("one", "other"):
            is_one = row.one_id == ticket.pk
            other = row.other if is_one else row.one
            kind = row.kind if is_one else INVERSE[Link.Kind(row.kind)]
            found.append({"kind": str(kind), "ticket": other.public_id, "reference": other.reference})
        return found


def joining(gives: Any) -> type:
    """The operations, answering with tickets as `gives` shows them."""

    class Operations(Joining):
        @writing(takes=MergeInto, gives=gives, example={"into": "4fGh…"}, once=True)
        @action(detail=True, methods=["post"])
        def merge(self: Any, request: Any, id: str) -> Response:
            """The answer is the ticket that is kept."""
            ticket, data = self._act(VERB, MergeInto)
            return self.once(lambda: self.answer(self.merge_acts(ticket, data)))

        @writing(gives=gives)
        @merge.mapping.delete
        def unmerge(self: Any, request: Any, id: str) -> Response:
            """Within seven days of the merge."""
            ticket, _data = self._act(VERB)
            self.undo_acts(ticket)
            return self.answer(ticket)

        @writing(
            takes=SplitOff, gives=gives, code=201, example={"messages": ["7kLm…"], "subject": "The hall"}, once=True
        )
        @action(detail=True, methods=["post"])
        def splits(self: Any, request: Any, id: str) -> Response:
            """The answer is the new ticket."""
            ticket, data = self._act(VERB, SplitOff)
            return self.once(lambda: self.answer(self.split_acts(ticket, data), status.HTTP_201_CREATED))

        @extend_schema(responses=LinkOut(many=True))
        @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
        def links(self: Any, request: Any, id: str) -> Response:
            return Response(LinkOut(self.links_of(self.get_object()), many=True).data)

        @writing(takes=NewLink, gives=LinkOut(many=True), code=200, example={"to": "4fGh…", "kind": "child"}, once=True)
        @links.mapping.post
        def link(self: Any, request: Any, id: str) -> Response:
            """The answer is all links of the ticket."""
            ticket, data = self._act(VERB, NewLink)
            other: Any = pick(self.get_queryset(), "to", public_id=data["to"])

            def act() -> Response:
                services.link(ticket, to=other, kind=data["kind"], actor=self.actor)
                return Response(LinkOut(self.links_of(ticket), many=True).data)

            return self.once(act)

        @writing(gives=LinkOut(many=True))
        @action(detail=True, methods=["delete"], url_path="links/<slug:other>")
        def unlink(self: Any, request: Any, id: str, other: str) -> Response:
            ticket, _data = self._act(VERB)
            row = self.get_queryset().filter(public_id=other).first()
            if row is None:
                raise NotFound
            services.unlink(ticket, other=row, actor=self.actor)
            return Response(LinkOut(self.links_of(ticket), many=True).data)

        @writing(takes=OtherOffice, gives=gives, example={"office": "branch"})
        @action(detail=True, methods=["put"], url_path="office")
        def move_to_office(self: Any, request: Any, id: str) -> Response:
            """Whoever may see it there gets it as it is now; whoever may not, what it was."""
            ticket, data = self._act("ticket.assign", OtherOffice)
            own = Office.objects.filter(body_id=ticket.office.body_id)
            office: Any = pick(own, "office", slug=data["office"])
            services.move_to_office(ticket, office=office, actor=self.actor)
            return (
                self.answer(ticket)
                if self.viewer.may("ticket.view", office.pk)
                else Response(self.get_serializer(ticket).data)
            )

    return Operations
