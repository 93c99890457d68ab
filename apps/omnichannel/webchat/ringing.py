"""Who waits at a window for the word of a person, and which desks ring for them until somebody takes them."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from apps.accounts.models import User
from apps.accounts.viewers import Viewer
from apps.core import clock, live
from apps.hours.models import Presence
from apps.hours.presence import capacity_for
from apps.omnichannel.webchat.models import GONE_AFTER, Visitor
from apps.omnichannel.webchat.staffing import loads
from apps.tickets import services as tickets
from apps.tickets.models import LastSeen, Ticket
from apps.tickets.states import Direction, Status


@dataclass(frozen=True)
class Waiting:
    public_id: str
    name: str
    text: str
    since: datetime
    office_id: int


def ring_desks(ticket_id: int, office_id: int) -> None:
    """Something changed about who waits; each desk asks for itself what concerns it."""
    signal = {"type": "chat.waiting", "t": "chat.waiting", "id": ticket_id, "office": office_id}
    live.tell(f"office.{office_id}", signal)


def waiting_for(viewer: Viewer) -> list[Waiting]:
    """Those this viewer may answer, of their teams or of none, who came first in front: one query.

    What was given to them by itself rings as well, until they have looked at it.
    """
    looked = LastSeen.objects.filter(ticket=OuterRef("pk"), user=viewer.user_id)
    here = Visitor.objects.filter(left_at=None, seen_at__gt=clock.now() - GONE_AFTER, blocked_at=None)
    rows = (
        Ticket.objects.visible_to(viewer)
        .filter(
            Q(team=None) | Q(team__members=viewer.user_id) | Q(assignee=viewer.user_id),
            Q(assignee=None) | Q(assignee=viewer.user_id, status=Status.NEW) & ~Exists(looked),
            office__in=viewer.offices_with("ticket.reply"),
            status__in=(Status.NEW, Status.OPEN),
            last_direction=Direction.IN,
            is_outside_hours=False,
            threads__ended_at=None,
            threads__channel__kind="webchat",
            threads__channel__is_active=True,
            threads__key__in=here.values("public_id"),
        )
        .order_by("opened_at", "pk")
        .distinct()
    )
    facts = rows.values_list("public_id", "requester__full_name", "last_text", "last_message_at", "office_id")
    return [Waiting(*row) for row in facts]


def has_free_hand(user: User) -> bool:
    """May one more chat ring here? Who never says whether they are there hears everything. At most two queries."""
    row = Presence.objects.filter(user=user).first()
    if row is None:
        return True
    most = capacity_for(row, "webchat")
    if not most:
        return most is None
    return loads([user.pk], clock.now()).get(user.pk, 0) < most


@transaction.atomic
def take(ticket: Ticket, *, user: User) -> str:
    """The chat is this colleague's; or the name of whoever was faster. Of two who press at once one is told."""
    row = Ticket.objects.select_for_update(of=("self",)).select_related("assignee").get(pk=ticket.pk)
    if row.assignee and row.assignee_id != user.pk:
        return row.assignee.full_name
    tickets.assign(row, to=user, actor=user)
    return ""
