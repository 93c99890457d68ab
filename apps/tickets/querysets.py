"""The questions a support lead would ask, as words that chain."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan

from apps.core import clock
from apps.core.lookups import Among, Spelled
from apps.tickets.states import ENDED, UNSOLVED, Direction, Status

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.accounts.viewers import Viewer

# The columns a row of a list reads, and those its order and cursor need.
LISTED = (
    "public_id", "subject", "status", "priority", "via", "assignee_id", "snoozed_until", "next_due_at",
    "next_due_warn_at", "urgent_at", "last_message_at", "last_direction", "last_text", "opened_at",
)  # fmt: skip


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, viewer: "Viewer") -> "TicketQuerySet":
        """Staff: their offices. A person: what they asked. A visitor: the conversation the browser was given."""
        if viewer.is_staff:
            return self.filter(Among(F("office_id"), viewer.offices_with("ticket.view")))
        if viewer.person_id:
            return self.filter(requester_id=viewer.person_id).exclude(status=Status.SPAM)
        if viewer.ticket_ids:
            return self.filter(pk__in=viewer.ticket_ids)
        return self.none()

    def open(self) -> "TicketQuerySet":
        # Spelled as the partial indexes spell it, so that the planner may use them.
        return self.filter(Spelled(F("status"), UNSOLVED))

    def ended(self) -> "TicketQuerySet":
        return self.filter(status__in=ENDED)

    def solved(self) -> "TicketQuerySet":
        return self.filter(status__in=(Status.SOLVED, Status.CLOSED))

    def own_words(self) -> "TicketQuerySet":
        """Without those whose words went over to another ticket of the same person."""
        return self.exclude(merged_into__isnull=False, merged_into__requester=F("requester"))

    def unassigned(self) -> "TicketQuerySet":
        return self.filter(assignee=None)

    def assigned_to(self, user: "User | int") -> "TicketQuerySet":
        return self.filter(assignee=user)

    def in_team(self, team: Any) -> "TicketQuerySet":
        return self.filter(team=team)

    def in_office(self, office: Any) -> "TicketQuerySet":
        return self.filter(office=office)

    def in_body(self, body_id: int) -> "TicketQuerySet":
        return self.filter(office__body_id=body_id)

    def of_requester(self, person: Any) -> "TicketQuerySet":
        return self.filter(requester=person)

    def waiting_for_us(self) -> "TicketQuerySet":
        return self.open().filter(last_direction=Direction.IN)

    def snoozed(self) -> "TicketQuerySet":
        return self.filter(snoozed_until__gt=clock.now())

    def awake(self) -> "TicketQuerySet":
        return self.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=clock.now()))

    def due_to_wake(self, moment: datetime) -> "TicketQuerySet":
        return self.filter(snoozed_until__lte=moment)

    def with_tag(self, key: str) -> "TicketQuerySet":
        return self.filter(tags__key=key)

    def outside_hours(self) -> "TicketQuerySet":
        return self.filter(is_outside_hours=True)

    def breaching_within(self, *, hours: float) -> "TicketQuerySet":
        return self.filter(next_due_at__lte=clock.now() + timedelta(hours=hours))

    def by_urgency(self) -> "TicketQuerySet":
        """Late first, then least time left, then urgent, then oldest. `urgent_at` is never null: it pages by key."""
        return self.order_by("urgent_at", "-priority", "pk")

    def newest_first(self) -> "TicketQuerySet":
        return self.order_by("-last_message_at", "-pk")

    def oldest_first(self) -> "TicketQuerySet":
        return self.order_by("opened_at", "pk")

    def for_list(self, user: "User | int") -> "TicketQuerySet":
        """All a row shows, in one query and one for the tags (`listed_tags`): the columns it reads, the names of people
        and team, and `is_unread` for this user. Whole rows of four tables would cost more than to find them."""
        from apps.tickets.models import LastSeen, Message, Tag

        # One row each by index, and never a set over the whole table: the planner would choose that for EXISTS.
        newest = Message.objects.filter(ticket=OuterRef("pk"), direction=Direction.IN).order_by("-pk")
        seen = LastSeen.objects.filter(ticket=OuterRef("pk"), user=user)
        unread = GreaterThan(
            Coalesce(Subquery(newest.values("pk")[:1]), 0), Coalesce(Subquery(seen.values("message_id")[:1]), 0)
        )
        return (
            self.only(*LISTED)
            .annotate(
                is_unread=unread,
                requester_name=F("requester__full_name"),
                assignee_name=F("assignee__full_name"),
                team_name=F("team__name"),
            )
            .prefetch_related(Prefetch("tags", Tag.objects.only("key", "names"), to_attr="listed_tags"))
        )


class MergeQuerySet(models.QuerySet["Merge"]):
    def visible_to(self, viewer: "Viewer") -> "MergeQuerySet":
        """For staff who may see both tickets."""
        if not viewer.is_staff:
            return self.none()
        offices = viewer.offices_with("ticket.view")
        return self.filter(merged__office_id__in=offices, kept__office_id__in=offices)

    def standing(self) -> "MergeQuerySet":
        return self.filter(undone_at=None)


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, viewer: "Viewer") -> "MessageQuerySet":
        """Staff read all of a ticket they may see; everybody else only what was said in public (S-29)."""
        from apps.tickets.models import Ticket

        tickets = Ticket.objects.visible_to(viewer)
        rows = self.filter(ticket__in=tickets)
        return rows if viewer.is_staff else rows.public()

    def public(self) -> "MessageQuerySet":
        return self.exclude(direction=Direction.NOTE)

    def of_weight(self) -> "MessageQuerySet":
        """Those that say whose turn it is: what a program of ours said by itself does not."""
        return self.public().exclude(direction=Direction.OUT, is_automatic=True)

    def from_person(self) -> "MessageQuerySet":
        return self.filter(direction=Direction.IN)

    def by_people(self) -> "MessageQuerySet":
        """Written by a human being, not by the desk."""
        return self.filter(is_automatic=False)

    def after(self, message_id: int) -> "MessageQuerySet":
        return self.filter(pk__gt=message_id)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, viewer: "Viewer") -> "AttachmentQuerySet":
        from apps.tickets.models import Message

        return self.filter(message__in=Message.objects.visible_to(viewer))


class TagQuerySet(models.QuerySet["Tag"]):
    def visible_to(self, viewer: "Viewer") -> "TagQuerySet":
        return self.filter(body_id__in=viewer.body_ids)

    def in_use(self) -> "TagQuerySet":
        return self.filter(retired_at=None)
