"""How what is owed leaves: begun on record before the network is touched, sent once as far as the world allows."""

import logging
import random
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_noop

from apps.activity.bus import SYSTEM, record
from apps.core import clock
from apps.core.transactions import whole
from apps.omnichannel.events import MessageDelivered
from apps.omnichannel.models import Channel, Delivery, DeliveryAttempt, Thread
from apps.omnichannel.ports import DeliveryFailed, Opened, Receipt
from apps.omnichannel.registry import adapter_class, adapter_for
from apps.omnichannel.services.composing import NobodyToTell, outbound
from apps.omnichannel.services.outbox import HELD_UP, record_given_up
from apps.omnichannel.services.outcomes import adopt, mark_unreachable
from apps.people.services import add_identity

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
FIRST_PAUSE = 15.0  # seconds; doubled at each try
LONGEST_PAUSE = 3600.0
PATIENCE = timedelta(hours=24)
NOT_BEFORE = gettext_noop("what was to go out before it did not leave")
MOST_UNKNOWN = 2  # begun and never ended: one repeat with the same id, no third
SHUT_AFTER = 3  # tries in a row that the server never took: then the channel rests
FIRST_REST = 30.0  # seconds; doubled at each try that finds it still shut
LONGEST_REST = 15 * 60.0


def deliver(delivery_id: int) -> None:
    """Try once to send. Safe to run twice and at once: the row is leased, the try is on record before the network."""
    claimed = _claim(delivery_id)
    if claimed is None:
        return
    delivery, attempt = claimed
    try:
        receipt = adapter_for(delivery.channel).send(outbound(delivery))
    except NobodyToTell:
        _dropped(delivery, attempt)
    except DeliveryFailed as error:
        _failed(delivery, attempt, error)
    except Exception as error:
        log.exception("delivery %s", delivery.pk)
        _failed(delivery, attempt, DeliveryFailed("unknown", f"{type(error).__name__}: {error}"))
    else:
        _sent(delivery, attempt, receipt)


@whole()
def _claim(delivery_id: int) -> tuple[Delivery, DeliveryAttempt] | None:
    delivery = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related(
            "channel__office", "thread__person", "message__ticket__requester", "message__author_user", "follows"
        )
        .filter(pk=delivery_id, state=Delivery.State.WAITING, next_at__lte=clock.now())
        .first()
    )
    if delivery is None or delivery.channel is None:
        return None
    if delivery.channel.resting_until and delivery.channel.resting_until > clock.now():
        return _later(delivery, (delivery.channel.resting_until - clock.now()).total_seconds() + random.uniform(0, 5))
    if _waits_for_an_earlier_one(delivery):
        return _later(delivery, FIRST_PAUSE)
    if delivery.follows and delivery.follows.state != Delivery.State.SENT:
        return _held_up(delivery, delivery.follows)
    unknown = delivery.tries.filter(ended_at=None).count() if delivery.attempts else 0  # type: ignore[attr-defined]
    allowed = MOST_UNKNOWN if adapter_class(delivery.channel.kind).recognises_repeats else 1
    if unknown >= allowed:
        is_confirmed = bool(delivery.provider_id)  # it came back to us with our mark before the answer did
        delivery.state = Delivery.State.SENT if is_confirmed else Delivery.State.UNCERTAIN
        delivery.next_at = None
        delivery.save(update_fields=["state", "next_at"])
        return None
    delivery.attempts += 1
    delivery.next_at = clock.now() + LEASE
    delivery.save(update_fields=["attempts", "next_at"])
    return delivery, DeliveryAttempt.objects.create(delivery=delivery)


def _held_up(delivery: Delivery, first: Delivery) -> None:
    """What was to leave before it has not left: it waits, or ends with it; trying again is one act for both."""
    if first.state == Delivery.State.WAITING:
        return _later(delivery, FIRST_PAUSE)
    delivery.state, delivery.next_at = Delivery.State.DEAD, None
    delivery.error_kind, delivery.error_text = HELD_UP, NOT_BEFORE
    delivery.save(update_fields=["state", "next_at", "error_kind", "error_text"])
    record_given_up(delivery)


def _later(delivery: Delivery, seconds: float) -> None:
    delivery.next_at = clock.now() + timedelta(seconds=seconds)
    delivery.save(update_fields=["next_at"])


def _waits_for_an_earlier_one(delivery: Delivery) -> bool:
    """A later answer does not overtake an earlier one in the same thread (R-14)."""
    if delivery.thread_id is None:
        return False
    return Delivery.objects.owed().filter(thread_id=delivery.thread_id, pk__lt=delivery.pk).exists()  # type: ignore[attr-defined]


@whole()
def _sent(delivery: Delivery, attempt: DeliveryAttempt, receipt: Receipt) -> None:
    moment = clock.now()
    _end(attempt, "sent", "", dict(receipt.details))
    provider_id = str(receipt.details.get("provider_id", ""))[:250]
    done = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING).update(
        state=Delivery.State.SENT, next_at=None, sent_at=moment, provider_id=provider_id, error_kind="", error_text=""
    )
    if done:
        Channel.objects.filter(pk=delivery.channel_id).update(
            last_success_at=moment, last_error="", failed_in_row=0, resting_until=None
        )
        if delivery.role != Delivery.Role.NOTICE:
            ticket = delivery.message.ticket
            event = MessageDelivered(
                ticket_id=ticket.pk,
                office_id=ticket.office_id,
                message_id=delivery.message_id,
                delivery_id=delivery.pk,
                recipient=delivery.recipient,
            )
            record(event, SYSTEM)
        if receipt.opened:
            _follow_to(delivery, receipt.opened)
        if provider_id:
            delivery.state, delivery.provider_id = Delivery.State.SENT, provider_id
            adopt(delivery)


def _follow_to(delivery: Delivery, opened: Opened) -> None:
    """The person may answer in the conversation that our message opened: what they say there joins this ticket. Where
    they have one there already it stays what it is."""
    thread = delivery.thread
    if thread is None or delivery.channel_id is None:
        return
    if not add_identity(thread.person, kind=opened.identity_kind, handle=opened.recipient, is_verified=True):
        return
    Thread.objects.get_or_create(
        channel_id=delivery.channel_id,
        key=opened.thread_key,
        ended_at=None,
        defaults={"ticket": delivery.message.ticket, "person": thread.person, "recipient": opened.recipient},
    )


@whole()
def _failed(delivery: Delivery, attempt: DeliveryAttempt, error: DeliveryFailed) -> None:
    if error.is_outcome_unknown:
        # Left open on purpose: the next claim counts it and decides between one repeat and a person's eyes.
        attempt.reason = error.reason[:500]
        attempt.save(update_fields=["reason"])
        changes: dict[str, Any] = {"next_at": clock.now() + timedelta(seconds=FIRST_PAUSE)}
    else:
        _end(attempt, error.kind, error.reason, {})
        changes = _next_step(delivery, error)
    changes |= {"error_kind": error.kind, "error_text": error.reason[:500]}
    done = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING).update(**changes)
    _note_on_channel(delivery.channel_id, error)
    if done and changes.get("state") == Delivery.State.DEAD and delivery.role != Delivery.Role.NOTICE:
        delivery.error_kind, delivery.error_text = error.kind, error.reason[:500]
        if error.kind == "recipient_unavailable" and delivery.channel:
            is_full = "5.2.2" in error.reason  # a mailbox that is full may be emptied
            mark_unreachable(delivery.channel, delivery.recipient, reason=error.reason, is_lasting=not is_full)
        record_given_up(delivery)


@whole()
def _dropped(delivery: Delivery, attempt: DeliveryAttempt) -> None:
    """A colleague who may not read it any more is not told of it."""
    _end(attempt, "dropped", "", {})
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.CANCELLED, next_at=None)


def _note_on_channel(channel_id: int | None, error: DeliveryFailed) -> None:
    """A way out that is shut for all is tried ever more seldom, and by one message at a time."""
    rows = Channel.objects.filter(pk=channel_id)
    rows.update(
        last_error=error.reason[:300], **({"failed_in_row": F("failed_in_row") + 1} if error.is_of_channel else {})
    )
    if not error.is_of_channel:
        return
    failed = rows.values_list("failed_in_row", flat=True).first() or 0
    if failed >= SHUT_AFTER:
        rest = min(FIRST_REST * 2 ** min(failed - SHUT_AFTER, 10), LONGEST_REST)
        rows.update(resting_until=clock.now() + timedelta(seconds=rest))


def _next_step(delivery: Delivery, error: DeliveryFailed) -> dict[str, Any]:
    may_pass = error.kind in DeliveryFailed.PASSING or error.is_of_channel
    if not may_pass or clock.now() - delivery.created_at > PATIENCE:
        return {"state": Delivery.State.DEAD, "next_at": None}
    pause = min(FIRST_PAUSE * 2 ** (delivery.attempts - 1), LONGEST_PAUSE) * random.uniform(0.8, 1.2)
    return {"next_at": clock.now() + timedelta(seconds=max(pause, error.retry_after or 0))}


def _end(attempt: DeliveryAttempt, outcome: str, reason: str, receipt: dict[str, Any]) -> None:
    attempt.ended_at, attempt.outcome, attempt.reason, attempt.receipt = clock.now(), outcome, reason[:500], receipt
    attempt.save(update_fields=["ended_at", "outcome", "reason", "receipt"])
