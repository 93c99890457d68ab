"""Who waits at this window, in which order, and how long it usually takes. Nothing is claimed that was not measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Min, Q
from django.utils.translation import gettext as _

from apps.core import clock
from apps.omnichannel.models import Channel, Thread
from apps.omnichannel.webchat.models import GONE_AFTER, Visitor
from apps.tickets.models import Ticket
from apps.tickets.states import Direction, Status

KEPT_SECONDS = 3
MEASURED_KEPT_SECONDS = 60
MEASURED_DAYS = 7
FEWEST, NEWEST = 5, 20  # conversations that a range is read from
LONGEST_CLAIM = 60  # minutes: above that a number helps nobody


@dataclass(frozen=True)
class Wait:
    """How long people waited lately for the first words of a person, in whole minutes."""

    from_minutes: int
    to_minutes: int


def queue_of(channel: Channel) -> list[int]:
    """The tickets of those who wait at an open window for the first words of a person, who came first in front."""
    name = f"webchat.queue.{channel.key}"
    known = cache.get(name)
    if known is None:
        known = _queue(channel)
        cache.set(name, known, KEPT_SECONDS)
    return known  # type: ignore[no-any-return]


def usual_wait(channel: Channel) -> Wait | None:
    """None while too few were measured."""
    name = f"webchat.wait.{channel.key}"
    known = cache.get(name, "")
    if known == "":
        known = spread(_waits(channel))
        cache.set(name, known, MEASURED_KEPT_SECONDS)
    return known  # type: ignore[no-any-return]


def forget(channel: Channel) -> None:
    cache.delete_many([f"webchat.queue.{channel.key}", f"webchat.wait.{channel.key}"])


def spread(seconds: Sequence[float]) -> Wait | None:
    """What happened to most of them: from the quickest fifth to the slowest tenth, rounded up (pure)."""
    if len(seconds) < FEWEST:
        return None
    ordered = sorted(seconds)
    low = ordered[len(ordered) // 5]
    high = ordered[min(len(ordered) - 1, math.ceil(len(ordered) * 0.9) - 1)]
    quick, slow = (max(1, math.ceil(value / 60)) for value in (low, high))
    return Wait(quick, slow) if slow <= LONGEST_CLAIM else None


def wait_words(wait: Wait | None) -> str:
    if wait is None:
        return ""
    if wait.from_minutes == wait.to_minutes:
        return _("Usually about %(n)s min.") % {"n": wait.to_minutes}
    return _("Usually %(from)s to %(to)s min.") % {"from": wait.from_minutes, "to": wait.to_minutes}


def _queue(channel: Channel) -> list[int]:
    """One query. Who has closed the window does not stand in anybody's way."""
    now = clock.now()
    here = Visitor.objects.filter(channel=channel, left_at=None, seen_at__gt=now - GONE_AFTER)
    rows = Thread.objects.current().filter(  # type: ignore[attr-defined]
        channel=channel,
        key__in=here.values("public_id"),
        is_with_program=False,
        ticket__status=Status.NEW,
        ticket__assignee=None,
        ticket__is_outside_hours=False,
    )
    return list(rows.order_by("ticket__opened_at", "ticket_id").values_list("ticket_id", flat=True))


def _waits(channel: Channel) -> list[float]:
    by_a_person = Q(messages__direction=Direction.OUT, messages__is_automatic=False)
    rows = (
        Ticket.objects.filter(
            threads__channel=channel,
            via="webchat",
            is_outside_hours=False,
            opened_at__gt=clock.now() - timedelta(days=MEASURED_DAYS),
        )
        .annotate(answered_at=Min("messages__written_at", filter=by_a_person))
        .exclude(answered_at=None)
        .order_by("-pk")
        .values_list("opened_at", "answered_at")[:NEWEST]
    )
    return [(answered - opened).total_seconds() for opened, answered in rows]
