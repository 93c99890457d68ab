"""Is anybody at the desk right now, and has anybody a free hand? Answers are kept a moment: every window asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q

from apps.accounts.models import User
from apps.core import clock
from apps.hours.models import Presence
from apps.hours.presence import capacity_for, takes
from apps.omnichannel.models import Channel
from apps.tickets.models import Ticket
from apps.tickets.states import UNSOLVED

KEPT_SECONDS = 3
# One goes, the next one comes: at a change of shift the window does not say "closed".
HANDOVER = timedelta(minutes=5)
GOES_ON = timedelta(minutes=30)


@dataclass(frozen=True)
class Staffing:
    """`is_known` is False where nobody of this desk ever says whether they are there: then the calendar decides."""

    is_known: bool = False
    is_anybody_there: bool = True
    has_free_hand: bool = True


def staffing_of(channel: Channel) -> Staffing:
    name = f"webchat.staffing.{channel.key}"
    known = cache.get(name)
    if known is None:
        known = _ask(channel)
        cache.set(name, known, KEPT_SECONDS)
    return known  # type: ignore[no-any-return]


def forget(channel: Channel) -> None:
    cache.delete(f"webchat.staffing.{channel.key}")


def _ask(channel: Channel) -> Staffing:
    """One query while nobody keeps a state, two otherwise."""
    rows = list(Presence.objects.filter(user__in=colleagues(channel)))
    if not rows:
        return Staffing()
    now = clock.now()
    there = [row for row in rows if row.state != Presence.State.AWAY and takes(row, "webchat")]
    if not there:
        just_left = any(now - row.since < HANDOVER for row in rows)
        return Staffing(is_known=True, is_anybody_there=just_left, has_free_hand=just_left)
    busy = loads([row.pk for row in there], now)
    has_free_hand = any(_has_room(row, busy.get(row.pk, 0)) for row in there)
    return Staffing(is_known=True, is_anybody_there=True, has_free_hand=has_free_hand)


def loads(people: Iterable[int], now: datetime) -> dict[int, int]:
    """How many conversations each of them is in: still going on, not left for tomorrow. One query."""
    rows = Ticket.objects.filter(via="webchat", status__in=UNSOLVED, assignee__in=people)
    counted = rows.filter(last_message_at__gt=now - GOES_ON).order_by().values_list("assignee").annotate(n=Count("pk"))
    return dict(counted)


def _has_room(row: Presence, talking: int) -> bool:
    most = capacity_for(row, "webchat")
    return most is None or talking < most


def colleagues(channel: Channel) -> Any:
    """The team that gets what comes in; without one, everybody who works in this office or above it."""
    active = User.objects.filter(is_active=True)
    if channel.team_id:
        return active.filter(teams=channel.team_id)
    above = [int(part) for part in channel.office.path.split("/") if part]
    return active.filter(Q(memberships__office__in=above)).distinct()
