"""What we owe: written with the change that causes it (R-10), one row for each who is to get it (R-13)."""

from collections.abc import Sequence
from datetime import timedelta
from secrets import token_hex
from typing import Any

from apps.activity.bus import SYSTEM, record
from apps.core import clock, rows
from apps.core.errors import Invalid
from apps.core.queue import nudge
from apps.core.transactions import whole
from apps.omnichannel import registry
from apps.omnichannel.events import DeliveryGivenUp
from apps.omnichannel.models import Channel, Delivery, Thread
from apps.omnichannel.ports import Way
from apps.omnichannel.registry import adapter_class, adapter_for
from apps.omnichannel.services.doors import (
    Addressing,
    Door,
    current_addressing,
    door_for,
    let_in,
    sending_channels,
    thread_on,
    undo_seconds,
    ways_for,
)
from apps.omnichannel.services.guarding import hold_back
from apps.omnichannel.services.receive import number
from apps.people.services import identify
from apps.tickets.models import Message, Ticket

HELD_UP = "held_up"  # what it follows did not leave
DELIVER = "apps.omnichannel.tasks.deliver_message"


def owe(message: Message) -> Delivery | None:
    """Write down that a public message of ours is owed, in the transaction that wrote the message: to the person, to
    those who take part, and as its writer addressed it (`doors.addressed`). The row for the person is returned.

    In a resident thread the number is the delivery: nothing is owed. With no door at all the debt is dead at once
    and says so, so that nothing fails silently. What the desk says by itself goes to the person alone.
    """
    ticket = message.ticket
    current = current_addressing()
    addressing = Addressing(way=current.way) if message.is_automatic else current
    door = door_for(ticket)
    way = _way(ticket, door, addressing, is_automatic=message.is_automatic)
    door = _along(door, way) if way else _readdressed(ticket, door, addressing)
    if way:
        _mark_way(message, way, addressing)
    if door.channel is None:
        return _dead_letter(message)
    thread = door.thread or thread_on(
        door.channel, ticket, ticket.requester, recipient=door.recipient, role=Thread.Role.TO
    )
    copies = [] if message.is_automatic else _copies(ticket, door, addressing)
    due = clock.now() + timedelta(seconds=undo_seconds(door.channel) if addressing.waits else 0)
    if adapter_class(door.channel.kind).is_resident:
        number(thread, message)
        first = None
    else:
        first = owed(message, thread, door.recipient or thread.recipient, due, way=way, follows=addressing.follows)
    for copy in copies:
        if copy.pk != thread.pk and copy.recipient != door.recipient:
            owed(message, copy, copy.recipient, due, role=Delivery.Role.CC)
    if not message.is_automatic:
        _owe_hidden(message, door.channel, addressing.bcc, due, taken={door.recipient, *(c.recipient for c in copies)})
    return first


def owe_notices(message: Message, addresses: Sequence[str]) -> None:
    """Tell colleagues by mail that there is something to read: that, not what. Without a mailbox nothing is owed."""
    if not addresses:
        return
    channel = next((row for row in sending_channels(message.ticket) if row.kind == "email"), None)
    if channel is None:
        return
    standing = set(message.deliveries.values_list("recipient", flat=True))  # type: ignore[attr-defined]
    for address in dict.fromkeys(addresses):
        if address not in standing:
            _row(message, None, channel, address, clock.now(), Delivery.Role.NOTICE, _name(channel, message))


@whole()
def retry(delivery: Delivery, *, actor: Any) -> None:
    """A person decides to try again what is dead or uncertain."""
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if row.channel_id is None or row.state not in (Delivery.State.DEAD, Delivery.State.UNCERTAIN):
        return
    row.state, row.next_at, row.attempts = Delivery.State.WAITING, clock.now(), 0
    row.error_kind = row.error_text = row.outcome = ""
    row.created_at = clock.now()
    row.save(update_fields=["state", "next_at", "attempts", "error_kind", "error_text", "outcome", "created_at"])
    row.tries.filter(ended_at=None).update(ended_at=clock.now(), outcome="uncertain")  # type: ignore[attr-defined]
    nudge(DELIVER, row.pk)
    if row.follows and row.follows.state in (Delivery.State.DEAD, Delivery.State.UNCERTAIN):
        retry(row.follows, actor=actor)  # one act: what comes first is tried first
    for follower in Delivery.objects.filter(follows=row, state=Delivery.State.DEAD, error_kind=HELD_UP):
        retry(follower, actor=actor)


@whole()
def cancel(delivery: Delivery, *, actor: Any) -> None:
    """A person decides that it shall not leave."""
    Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.SENT).update(
        state=Delivery.State.CANCELLED, next_at=None
    )


def record_given_up(delivery: Delivery) -> None:
    """Say on the ticket that this recipient will not get it unless a person acts."""
    ticket = delivery.message.ticket
    event = DeliveryGivenUp(
        ticket_id=ticket.pk,
        office_id=ticket.office_id,
        message_id=delivery.message_id,
        delivery_id=delivery.pk,
        recipient=delivery.recipient,
        error_kind=delivery.error_kind,
        error_text=delivery.error_text,
    )
    record(event, SYSTEM)


def _way(ticket: Ticket, door: Door, addressing: Addressing, *, is_automatic: bool) -> Way | None:
    """The one that was chosen, else the one the door proposes; None where there is no choice, or another address was
    named. Raises Invalid for one that has shut."""
    if addressing.recipient or addressing.channel or door.channel is None or not registry.ways(door.channel.kind):
        return None
    way = addressing.way or next(iter(ways_for(ticket, door)), None)
    if way and not way.is_open and not is_automatic:
        raise Invalid("way_shut", way.hint, field="way")
    return way


def _along(door: Door, way: Way) -> Door:
    thread = Thread.objects.select_related("channel__office", "person").get(pk=way.thread_id)
    return Door(thread.channel, thread, thread.recipient)


def _mark_way(message: Message, way: Way, addressing: Addressing) -> None:
    """Everybody who reads the ticket sees who could read it. What is personal does not leave in public (002-35)."""
    if way.is_public and not message.is_automatic:
        hold_back(message, overrules=addressing.overrules)
    message.details = {**message.details, "is_public": way.is_public}
    message.save(update_fields=["details"])


def _readdressed(ticket: Ticket, door: Door, addressing: Addressing) -> Door:
    """The door as the writer wants it: from another of our addresses, or to another address."""
    recipient = addressing.recipient
    has_own_door = bool(door.channel) and not adapter_class(door.channel.kind).is_resident  # type: ignore[union-attr]
    channel = addressing.channel or (door.channel if has_own_door or not recipient else None)
    if recipient and channel is None:
        channel = next((row for row in sending_channels(ticket) if row.kind == "email"), None)
    if channel is None:
        return door
    if recipient and recipient != door.recipient:
        person = identify(ticket.office.body, kind="email", handle=recipient)  # type: ignore[arg-type]
        thread = thread_on(channel, ticket, person, recipient=recipient, role=Thread.Role.TO)
        return Door(channel, thread, recipient, door.copies)
    if door.thread and channel.pk != door.thread.channel_id:
        thread = _beside(door.thread, channel)
        return Door(channel, thread, thread.recipient, door.copies)
    return Door(channel, door.thread, recipient or door.recipient, door.copies)


def _beside(thread: Thread, channel: Channel) -> Thread:
    """The same conversation, going on from another of our addresses."""
    values = {"ticket": thread.ticket, "person": thread.person, "recipient": thread.recipient, "role": thread.role}
    beside, _made = Thread.objects.get_or_create(channel=channel, key=thread.key, ended_at=None, defaults=values)
    beside.channel = channel
    return beside


def _copies(ticket: Ticket, door: Door, addressing: Addressing) -> Sequence[Thread]:
    if addressing.cc is None:
        return door.copies
    if not addressing.cc and not door.copies:
        return []
    channel = door.channel
    if channel is None or channel.kind != "email":
        channel = next((row for row in sending_channels(ticket) if row.kind == "email"), None)
    return let_in(ticket, channel, addressing.cc) if channel else []


def _owe_hidden(message: Message, channel: Channel, addresses: Sequence[str], due: Any, *, taken: set[str]) -> None:
    """Hidden copies stand in no conversation: an answer to one opens a request of its own, seen by staff alone."""
    if channel.kind != "email":
        return
    for address in dict.fromkeys(addresses):
        if address not in taken:
            _row(message, None, channel, address, due, Delivery.Role.BCC, _name(channel, message))


def owed(
    message: Message,
    thread: Thread,
    recipient: str,
    due: Any,
    role: str = Delivery.Role.TO,
    *,
    way: Way | None = None,
    follows: Delivery | None = None,
) -> Delivery:
    external_id = adapter_for(thread.channel).name_message(thread.key, message.public_id)
    number(thread, message, external_id=external_id)
    return _row(message, thread, thread.channel, recipient, due, role, external_id, way=way, follows=follows)


def _row(
    message: Message,
    thread: Thread | None,
    channel: Channel,
    recipient: str,
    due: Any,
    role: str,
    external_id: str,
    *,
    way: Way | None = None,
    follows: Delivery | None = None,
) -> Delivery:
    delivery = rows.insert(
        Delivery(
            message=message,
            thread=thread,
            channel=channel,
            recipient=recipient,
            external_id=external_id,
            way=way.key if way else "",
            follows=follows,
            role=role,
            is_automatic=message.is_automatic,
            next_at=due,
        )
    )
    nudge(DELIVER, delivery.pk, after=max((due - clock.now()).total_seconds(), 0))
    return delivery


def _name(channel: Channel, message: Message) -> str:
    """The name of a mail outside every conversation: no key, so nothing that answers it joins the ticket."""
    return f"<{message.public_id[:10]}.{token_hex(16)}@{channel.address.rpartition('@')[2] or 'localhost'}>"


def _dead_letter(message: Message) -> Delivery:
    delivery = Delivery.objects.create(
        message=message,
        thread=None,
        channel=None,
        recipient="",
        is_automatic=message.is_automatic,
        state=Delivery.State.DEAD,
        next_at=None,
        error_kind="recipient_unavailable",
        error_text="no address",
    )
    if not message.is_automatic:
        record_given_up(delivery)
    return delivery
