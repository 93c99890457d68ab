"""Many at once, by a person: each row is a transaction of its own; a broken run leaves the rest as they were."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.activity.bus import Actor, record
from apps.core.errors import Invalid
from apps.core.transactions import whole
from apps.omnichannel.events import DeliveryDropped, DeliveryTriedAgain
from apps.omnichannel.models import Delivery, Envelope
from apps.omnichannel.services import intake, outbox

LONGEST_REASON = 500
MENDABLE = (Delivery.State.DEAD, Delivery.State.UNCERTAIN)


def read_again(envelopes: Iterable[Envelope], *, actor: Any) -> int:
    """How many wait for another look now."""
    return sum(intake.process_again(envelope, actor=actor) for envelope in envelopes)


def discard_all(envelopes: Iterable[Envelope], *, reason: str, actor: Any) -> int:
    """How many are done with. Raises Invalid without a reason."""
    return sum(intake.discard(envelope, reason=reason, actor=actor) for envelope in envelopes)


def try_again(deliveries: Iterable[Delivery], *, actor: Any) -> int:
    """How many will be sent again. What has no channel has no way out: it is passed over."""
    return sum(_try_again(delivery, actor) for delivery in deliveries)


def drop(deliveries: Iterable[Delivery], *, reason: str, actor: Any) -> int:
    """How many will not be sent. Raises Invalid without a reason."""
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise Invalid("reason_missing", _("Say why: somebody may ask."))
    return sum(_drop(delivery, said, actor) for delivery in deliveries)


@whole()
def _try_again(delivery: Delivery, actor: Any) -> bool:
    if delivery.channel_id is None or delivery.state not in MENDABLE:
        return False
    outbox.retry(delivery, actor=actor)
    record(DeliveryTriedAgain(**_ticket(delivery), delivery_id=delivery.pk), Actor.of(actor))
    return True


@whole()
def _drop(delivery: Delivery, reason: str, actor: Any) -> bool:
    if delivery.state in (Delivery.State.SENT, Delivery.State.CANCELLED):
        return False
    outbox.cancel(delivery, actor=actor)
    record(DeliveryDropped(**_ticket(delivery), delivery_id=delivery.pk, reason=reason), Actor.of(actor))
    return True


def _ticket(delivery: Delivery) -> dict[str, int]:
    ticket = delivery.message.ticket
    return {"ticket_id": ticket.pk, "office_id": ticket.office_id, "message_id": delivery.message_id}
