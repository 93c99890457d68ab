"""Many at once, by a person: each row is a transaction of its own; a broken run leaves the rest as they were."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.activity.bus import Actor, record
from apps.core import clock
from apps.core.errors import Invalid
from apps.core.transactions import whole
from apps.omnichannel.events import DeliveryDropped, DeliveryTriedAgain
from apps.omnichannel.models import Delivery, Envelope, Thread
from apps.omnichannel.services import doors, intake, outbox
from apps.people.services import identify

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


@whole()
def send_elsewhere(delivery: Delivery, *, to: str, actor: Any) -> Delivery:
    """The same words to another address of the same matter: a debt of its own, for that address has a key of its own.

    Raises Invalid for what is no address of a mail, or when it was delivered meanwhile.
    """
    (address, *more) = doors.addresses_in(to) or [""]
    row = Delivery.objects.select_for_update(of=("self",)).select_related("channel__office").get(pk=delivery.pk)
    if row.channel is None or row.channel.kind != "email" or row.state not in MENDABLE:
        raise Invalid("not_mendable", _("This message does not wait for a person any more."))
    if not address or more:
        raise Invalid("address", _("Write one e-mail address."), field="to")
    ticket = delivery.message.ticket
    person = identify(row.channel.office.body, kind="email", handle=address)
    role = row.thread.role if row.thread else Thread.Role.TO
    thread = doors.thread_on(row.channel, ticket, person, recipient=address, role=role)
    outbox.cancel(row, actor=actor)
    fresh = outbox.owed(delivery.message, thread, address, clock.now(), role=row.role)
    record(DeliveryTriedAgain(**_ticket(delivery), delivery_id=fresh.pk), Actor.of(actor))
    return fresh


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
