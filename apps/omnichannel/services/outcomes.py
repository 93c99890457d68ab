"""What became of a message after it was taken: told by providers and by bounces, in any order, more than once."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.activity.bus import SYSTEM, record
from apps.core import clock
from apps.core.transactions import whole
from apps.omnichannel.events import DeliveryReported
from apps.omnichannel.models import Channel, Delivery, DeliveryEvent
from apps.omnichannel.ports import DeliveryNews
from apps.omnichannel.registry import adapter_class
from apps.omnichannel.services.outbox import record_given_up
from apps.people.services import address_failed, address_works

Outcome = Delivery.Outcome
# What counts when several things were said, whatever came first: a complaint is the last word, an opening says more
# than an arrival, and who sent a mail back after taking it has not got it.
RANK = {
    "": 0,
    Outcome.DEFERRED: 1,
    Outcome.DELIVERED: 2,
    Outcome.OPENED: 3,
    Outcome.BOUNCED: 4,
    Outcome.COMPLAINED: 5,
}


def hear(channel: Channel, news: Iterable[DeliveryNews]) -> int:
    """Keep what a provider told, each piece once; the number of new ones. News of a message that we do not know (yet)
    waits for it."""
    return sum(_hear(channel, piece) for piece in news)


@whole()
def report(delivery: Delivery, outcome: str, *, reason: str = "") -> bool:
    """`outcome` is known of this delivery; True when that is news. A mail that came back is shown as not delivered,
    its promise is open again, and its writer is told."""
    row = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("message__ticket__office", "message__ticket__requester")
        .get(pk=delivery.pk)
    )
    if RANK[outcome] <= RANK[row.outcome]:
        return False
    if outcome == Outcome.OPENED and not (row.channel and _may_know_of_reading(row.channel)):
        return False
    row.outcome, row.outcome_at = outcome, clock.now()
    changed = ["outcome", "outcome_at"]
    if outcome == Outcome.BOUNCED:
        row.state, row.next_at = Delivery.State.DEAD, None
        row.error_kind, row.error_text = "recipient_unavailable", reason[:500]
        changed += ["state", "next_at", "error_kind", "error_text"]
    elif row.state == Delivery.State.UNCERTAIN and outcome in (Outcome.DELIVERED, Outcome.OPENED):
        row.state = Delivery.State.SENT  # nobody had confirmed; now somebody did
        changed.append("state")
    row.save(update_fields=changed)
    if row.role == Delivery.Role.NOTICE:
        return True
    if outcome == Outcome.BOUNCED:
        record_given_up(row)
    else:
        ticket = row.message.ticket
        event = DeliveryReported(
            ticket_id=ticket.pk,
            office_id=ticket.office_id,
            message_id=row.message_id,
            delivery_id=row.pk,
            recipient=row.recipient,
            outcome=str(outcome),
        )
        record(event, SYSTEM)
    return True


def adopt(delivery: Delivery) -> None:
    """The provider's name of this delivery is known now: what it said before we knew belongs to it."""
    early = DeliveryEvent.objects.filter(
        channel_id=delivery.channel_id, delivery=None, provider_id=delivery.provider_id
    ).filter(Q(recipient="") | Q(recipient__iexact=delivery.recipient))
    for event in list(early):
        event.delivery = delivery
        event.save(update_fields=["delivery"])
        report(delivery, event.outcome, reason=event.reason)


@whole()
def confirm(channel: Channel, *, mark: str, provider_id: str) -> bool:
    """What we sent came back with our own mark: it left, under that name. True when the mark is ours."""
    row = Delivery.objects.select_for_update().filter(channel=channel, public_id=mark).first()
    if row is None:
        return False
    row.provider_id = provider_id[:250]
    changed = ["provider_id"]
    if row.state == Delivery.State.UNCERTAIN:
        row.state, row.sent_at = Delivery.State.SENT, clock.now()
        changed += ["state", "sent_at"]
    row.save(update_fields=changed)
    return True


def _may_know_of_reading(channel: Channel) -> bool:
    """Where the platform itself shows both sides what was read, or the office chose to be told."""
    return bool(getattr(adapter_class(channel.kind), "tells_progress", False) or channel.settings.get("tracks_opening"))


@whole()
def _hear(channel: Channel, piece: DeliveryNews) -> bool:
    delivery = _meant(channel, piece)
    try:
        with transaction.atomic():
            DeliveryEvent.objects.create(
                channel=channel,
                delivery=delivery,
                name=piece.name[:100],
                outcome=piece.outcome,
                provider_id=piece.provider_id[:250],
                recipient=piece.recipient[:254],
                reason=piece.reason[:500],
                said_at=piece.said_at,
            )
    except IntegrityError:
        return False  # said before
    if delivery:
        report(delivery, piece.outcome, reason=piece.reason)
        _mark_address(channel, delivery, piece)
    return True


def mark_unreachable(channel: Channel, recipient: str, *, reason: str, is_lasting: bool = True) -> None:
    """What we send there comes back: the agents see it beside the address."""
    body = channel.office.body
    address_failed(body, kind=channel.kind, handle=recipient, is_permanent=is_lasting, reason=reason, at=clock.now())


def _mark_address(channel: Channel, delivery: Delivery, piece: DeliveryNews) -> None:
    """An address that sends our mail back is marked, and one at which mail arrives is not marked any more."""
    body = channel.office.body
    if piece.outcome == Outcome.BOUNCED:
        mark_unreachable(channel, delivery.recipient, reason=piece.reason, is_lasting=piece.is_lasting)
    elif piece.outcome in (Outcome.DELIVERED, Outcome.OPENED):
        address_works(body, kind=channel.kind, handle=delivery.recipient)


def _meant(channel: Channel, piece: DeliveryNews) -> Delivery | None:
    """Ours by the mark we gave along, else by its Message-ID, else by the provider's own name."""
    rows = Delivery.objects.filter(channel=channel)
    if piece.mark:
        found = rows.filter(public_id=piece.mark).first()
        if found:
            return found
    names = Q()
    if piece.external_id:
        names |= Q(external_id=piece.external_id)
    if piece.provider_id:
        names |= Q(provider_id=piece.provider_id)
    if not names:
        return None
    candidates = list(rows.filter(names)[:20])
    if piece.recipient and (len(candidates) != 1 or not piece.external_id):  # a forwarder names another address
        return next((row for row in candidates if row.recipient.lower() == piece.recipient.lower()), None)
    return candidates[0] if len(candidates) == 1 else None
