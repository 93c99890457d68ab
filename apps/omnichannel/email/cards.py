"""What the page of mailboxes shows of each: one state, and the figures behind it. A fixed number of questions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.omnichannel.models import Channel, Delivery, Envelope, RoundTrip, Watch
from apps.omnichannel.ports import Pulse

from .probe import door_of
from .pulse import pulses

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer

SHOWN_TRIPS = 24
SLOW = timedelta(minutes=15)  # owed for longer than that is worth a look

DOORS = {
    "webhook": _("A provider posts it to us"),
    "imap": _("We fetch it (IMAP)"),
    "local": _("Our mail server hands it over"),
    "command": _("A mail server calls our command"),
}


@dataclass(frozen=True)
class Look:
    """Shape, word and colour: never colour alone."""

    key: str
    icon: str
    css: str
    word: Any


LOOKS = {
    look.key: look
    for look in (
        Look("silent", "octagon-alert", "bad", _("Silent")),
        Look("trouble", "triangle-alert", "warn", _("Needs a look")),
        Look("setup", "wrench", "info", _("Being set up")),
        Look("untested", "circle-dashed", "info", _("Not tested yet")),
        Look("works", "circle-check", "ok", _("Works")),
        Look("off", "circle-slash", "line", _("Not in use")),
    )
}


@dataclass(frozen=True)
class Card:
    channel: Channel
    look: Look
    door: Any
    watch: Watch | None
    pulse: Pulse | None
    trips: list[RoundTrip] = field(default_factory=list)  # oldest first
    waiting_in: int = 0
    in_quarantine: int = 0
    owed: int = 0
    oldest_owed_at: datetime | None = None
    failed: int = 0  # dead or uncertain

    @property
    def silent_since(self) -> datetime | None:
        return self.watch.silent_since if self.watch else None


def cards(viewer: "Viewer", *, slug: str = "") -> list[Card]:
    """The mailboxes this viewer may see, the worst first."""
    rows = Channel.objects.visible_to(viewer).filter(kind="email").select_related("office", "team", "watch")  # type: ignore[attr-defined]
    channels = list(rows.filter(slug=slug) if slug else rows)
    ids = [channel.pk for channel in channels]
    arrived, owed, trips, beats = _arrived(ids), _owed(ids), _trips(ids), pulses()
    found = [
        _card(channel, arrived.get(channel.pk, {}), owed.get(channel.pk, {}), trips[channel.pk], beats.get(channel.pk))
        for channel in channels
    ]
    order = list(LOOKS)
    return sorted(found, key=lambda card: (order.index(card.look.key), card.channel.name))


def _card(
    channel: Channel, arrived: dict[str, Any], owed: dict[str, Any], trips: list[RoundTrip], pulse: Pulse | None
) -> Card:
    watch = getattr(channel, "watch", None)
    figures = {
        "waiting_in": arrived.get("waiting", 0),
        "in_quarantine": arrived.get("quarantined", 0),
        "owed": owed.get("owed", 0),
        "oldest_owed_at": owed.get("oldest"),
        "failed": owed.get("failed", 0),
    }
    key = _state(channel, watch, trips, pulse, figures)
    return Card(channel, LOOKS[key], DOORS[door_of(channel)], watch, pulse, trips, **figures)


def _state(
    channel: Channel, watch: Watch | None, trips: list[RoundTrip], pulse: Pulse | None, figures: dict[str, Any]
) -> str:
    if not channel.is_active:
        return "off" if channel.received_count or trips else "setup"
    if watch and watch.silent_since:
        return "silent"
    oldest = figures["oldest_owed_at"]
    is_slow = oldest is not None and clock.now() - oldest > SLOW
    if figures["in_quarantine"] or figures["failed"] or is_slow or _is_refused(channel, pulse):
        return "trouble"
    if not (watch and watch.heard_at) and not channel.received_count:
        return "untested"
    return "works"


def _is_refused(channel: Channel, pulse: Pulse | None) -> bool:
    """Fetching fails, or the way out refuses whatever it is given (a password, say): both are tried on and on."""
    return bool(channel.failed_in_row or (pulse and pulse.last_error))


def _arrived(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    open_states = (Envelope.State.WAITING, Envelope.State.QUARANTINED)
    rows = Envelope.objects.filter(channel_id__in=ids, state__in=open_states).order_by()
    counted = rows.values("channel_id").annotate(
        waiting=Count("pk", filter=Q(state=Envelope.State.WAITING)),
        quarantined=Count("pk", filter=Q(state=Envelope.State.QUARANTINED)),
    )
    return {row["channel_id"]: row for row in counted}


def _owed(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    lost = Q(state__in=(Delivery.State.DEAD, Delivery.State.UNCERTAIN))
    waiting = Q(state=Delivery.State.WAITING)
    counted = (
        Delivery.objects.filter(lost | waiting, channel_id__in=ids)
        .order_by()
        .values("channel_id")
        .annotate(
            owed=Count("pk", filter=waiting), oldest=Min("created_at", filter=waiting), failed=Count("pk", filter=lost)
        )
    )
    return {row["channel_id"]: row for row in counted}


def _trips(ids: Iterable[int]) -> dict[int, list[RoundTrip]]:
    """The newest of each, oldest first. An hour each: a day and a half is more than is shown."""
    found: dict[int, list[RoundTrip]] = defaultdict(list)
    since = clock.now() - timedelta(hours=36)
    for trip in RoundTrip.objects.filter(channel_id__in=ids, began_at__gte=since).order_by("pk"):
        found[trip.channel_id].append(trip)
    return defaultdict(list, {pk: trips[-SHOWN_TRIPS:] for pk, trips in found.items()})
