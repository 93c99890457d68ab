"""One message of a person becomes part of one ticket."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from apps.activity.bus import Actor, record
from apps.core import clock, live, rows
from apps.core.transactions import whole
from apps.omnichannel import at_hand as doors
from apps.omnichannel.events import ThreadBegun
from apps.omnichannel.models import Channel, Thread, ThreadMessage
from apps.omnichannel.ports import InboundMessage
from apps.omnichannel.registry import adapter_class, adapter_for
from apps.people.models import Person
from apps.people.services import identify
from apps.tickets import at_hand
from apps.tickets import services as tickets
from apps.tickets.files import KeptFile, NewFile, keep
from apps.tickets.models import Message, Ticket
from apps.tickets.states import Status

# One statement instead of lock, read and write; both databases know RETURNING, the ORM does not yet.
NEXT_NUMBER = (
    "UPDATE omnichannel_thread SET last_sequence = last_sequence + 1, updated_at = %s WHERE id = %s "
    "RETURNING last_sequence"
)
# The same and the place that bears the number, where one statement may write two tables.
NEXT_PLACE = f"""
WITH next AS ({NEXT_NUMBER})
INSERT INTO omnichannel_threadmessage (thread_id, message_id, sequence, client_id, external_id)
SELECT %s, %s, last_sequence, %s, %s FROM next RETURNING id, sequence
"""  # noqa: S608  our own words
CURRENT = rows.Read(
    """
    SELECT {thread}, {ticket}, {person}, (
        SELECT entry.id FROM omnichannel_threadmessage entry
        WHERE entry.thread_id = thread.id AND entry.client_id = %s
    )
    FROM omnichannel_thread thread
    JOIN tickets_ticket ticket ON ticket.id = thread.ticket_id
    JOIN people_person person ON person.id = thread.person_id
    WHERE thread.channel_id = %s AND thread.key = %s AND thread.ended_at IS NULL
    """,
    holds="ticket",
    thread=Thread,
    ticket=Ticket,
    person=Person,
)
RACES = 4  # how often a lost race for the same new row is run again


@dataclass(frozen=True)
class Received:
    """What became of an inbound message; `is_new` is False for a repeat."""

    message: Message
    thread: Thread
    sequence: int
    is_new: bool


def receive(
    channel: Channel,
    inbound: InboundMessage,
    *,
    files: Sequence[KeptFile] = (),
    at: datetime | None = None,
) -> Received:
    """Find the thread, add to its ticket or open one, number the message. Once only per client id (R-16).

    Files are kept beforehand (`keep_files`): nothing is written to disk while rows are held. Two first messages of
    one new conversation meet at a unique row; the loser runs again and finds the winner's ticket (R-05).
    """
    for race in range(RACES):
        try:
            with whole():
                return _receive(channel, inbound, files, at or clock.now())
        except IntegrityError:
            if race == RACES - 1 or transaction.get_connection().in_atomic_block:
                raise
    raise AssertionError("unreachable")


def keep_files(inbound: InboundMessage) -> list[KeptFile]:
    """Put the message's files into the store; outside any transaction."""
    return keep(
        NewFile(file.name, file.content, file.content_type, file.content_id, file.is_inline)
        for file in inbound.attachments
    )


def number(thread: Thread, message: Message, *, client_id: str | None = None, external_id: str = "") -> ThreadMessage:
    """Give a public message its place: the next number, without gaps, whoever writes at the same moment.

    The row of the ticket is held before the row of its thread, everywhere: two writers never wait for each other.
    """
    entry = ThreadMessage(thread=thread, message=message, client_id=client_id, external_id=external_id)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(NEXT_PLACE, [clock.now(), thread.pk, thread.pk, message.pk, client_id, external_id])
            entry.pk, entry.sequence = cursor.fetchone()
            thread.last_sequence = entry.sequence
        else:
            cursor.execute(NEXT_NUMBER, [clock.now(), thread.pk])
            entry.sequence = thread.last_sequence = cursor.fetchone()[0]
            rows.insert(entry)
    return _placed(entry, thread)


def _placed(entry: ThreadMessage, thread: Thread) -> ThreadMessage:
    if adapter_class(thread.channel.kind).is_resident:
        live.tell(f"visitor.{thread.pk}", {"type": "thread.grew", "thread": thread.pk, "sequence": entry.sequence})
    return entry


def _receive(channel: Channel, inbound: InboundMessage, files: Sequence[KeptFile], at: datetime) -> Received:
    if inbound.external_id and (entry := said_before(channel, inbound.external_id)):
        return Received(entry.message, entry.thread, entry.sequence, is_new=False)
    thread = _current_thread(channel, inbound) or _thread_below(channel, inbound)
    if thread and thread.said_before:  # type: ignore[attr-defined]
        entry = ThreadMessage.objects.select_related("message").get(pk=thread.said_before)  # type: ignore[attr-defined]
        return Received(entry.message, thread, entry.sequence, is_new=False)
    person = _person(channel, inbound, thread)
    if thread is None:
        thread = _at_another_door(channel, inbound.thread_key, person)
    earlier, reason = None, ""
    if thread and thread.person_id != person.pk:
        # A key proves "had that message", not who writes now (S-07): a new ticket, linked for staff only.
        earlier, reason, thread = thread.ticket, "unverified", None
    elif thread and _is_over(thread.ticket, at):
        earlier, reason = thread.ticket, "earlier"
        Thread.objects.filter(pk=thread.pk).update(ended_at=at)
        thread = None
    names = inbound.client_id or None, (inbound.external_id or str(inbound.details.get("message_id", "")))[:250]
    if thread:
        ticket = thread.ticket
        with at_hand.holding(ticket):
            message = tickets.add_message(ticket, author=person, at=at, **_words(channel, inbound, files))
        entry = number(thread, message, client_id=names[0], external_id=names[1])
    else:
        ticket = _open(channel, inbound, person, files, at, earlier, reason)
        message = ticket.first_message  # type: ignore[attr-defined]
        thread = _new_thread(channel, inbound, ticket, person, keep_key=reason != "unverified")
        entry = ThreadMessage(thread=thread, message=message, sequence=1, client_id=names[0], external_id=names[1])
        _placed(rows.insert(entry), thread)
    if entry.sequence == 1:
        event = ThreadBegun(
            ticket_id=ticket.pk,
            office_id=ticket.office_id,
            message_id=message.pk,
            channel_id=channel.pk,
            thread_id=thread.pk,
            may_be_answered=inbound.may_be_answered and not inbound.is_automatic and ticket.message_count == 1,
        )
        with at_hand.holding(ticket, message), doors.holding(thread):
            record(event, Actor.of(person))
    return Received(message, thread, entry.sequence, is_new=True)


def _current_thread(channel: Channel, inbound: InboundMessage) -> Thread | None:
    """With its ticket held until the commit, in one statement; `said_before` is the place of a repeated message."""
    if not inbound.thread_key:
        return None
    found = CURRENT.first([inbound.client_id or None, channel.pk, inbound.thread_key])
    if found is None:
        return None
    if found[1].is_merged:
        # Merged while we waited for its row: a new look finds the conversation where it went.
        found = CURRENT.first([inbound.client_id or None, channel.pk, inbound.thread_key]) or found
    thread, ticket, thread.person, thread.said_before = found
    thread.ticket, thread.channel = ticket, channel
    if ticket.office_id == channel.office_id:
        ticket.office = channel.office
    if ticket.requester_id == thread.person_id:
        ticket.requester = thread.person
    return thread


def said_before(channel: Channel, external_id: str) -> ThreadMessage | None:
    """The place of the message that bears this name in this channel, in a thread that goes on or is over."""
    return (
        ThreadMessage.objects.filter(thread__channel=channel, external_id=external_id[:250])
        .select_related("message__ticket__office", "message__ticket__requester", "thread__channel")
        .order_by("pk")
        .first()
    )


def thread_with(channel: Channel, names: Sequence[str]) -> Thread | None:
    """The current conversation that holds one of these messages, theirs or ours, by the provider's names."""
    names = [name for name in names if name]
    if not names:
        return None
    rows = Thread.objects.current().filter(channel=channel).select_related("ticket", "person")  # type: ignore[attr-defined]
    by_entry = rows.filter(entries__external_id__in=names).order_by("-pk").first()
    return by_entry or rows.filter(deliveries__provider_id__in=names).order_by("-pk").first()


def _thread_below(channel: Channel, inbound: InboundMessage) -> Thread | None:
    """Who answers below words of theirs or of ours goes on with the same matter, whatever the provider calls it."""
    found = thread_with(channel, inbound.answers)
    if found is None or not found.person.identities.filter(  # type: ignore[attr-defined]
        kind=inbound.sender.kind, handle=inbound.sender.handle
    ):
        return None
    return _current_thread(channel, replace(inbound, thread_key=found.key))


def _at_another_door(channel: Channel, key: str, person: Person) -> Thread | None:
    """A genuine key that came to another of this body's doors of the same kind: the same matter goes on here, too."""
    if not key:
        return None
    there = (
        Thread.objects.select_for_update(of=("ticket",))
        .select_related("ticket")
        .current()  # type: ignore[attr-defined]
        .filter(key=key, person=person, channel__kind=channel.kind, channel__office__body_id=channel.office.body_id)
        .first()
    )
    if there is None:
        return None
    here = Thread.objects.create(
        channel=channel, key=key, ticket=there.ticket, person=person, recipient=there.recipient, role=there.role
    )
    here.ticket = there.ticket
    return here


def _person(channel: Channel, inbound: InboundMessage, thread: Thread | None) -> Person:
    sender = inbound.sender
    if thread and (sender.person_id == thread.person_id or adapter_class(channel.kind).is_resident):
        return thread.person  # who holds the key of a resident thread is its person: there is no other way to name it
    if sender.person_id:
        return Person.objects.get(pk=sender.person_id, body_id=channel.office.body_id)
    kind = f"{sender.kind}?" if sender.is_ambiguous or not sender.handle else sender.kind
    return identify(
        channel.office.body,
        kind=kind,
        handle=sender.handle or f"unknown-{clock.now().timestamp()}",
        name=sender.name,
        language=inbound.language,
        is_verified=sender.is_verified,
    )


def _is_over(ticket: Ticket, at: datetime) -> bool:
    """Closed, or solved longer ago than the days within which writing again reopens."""
    if ticket.status == Status.CLOSED:
        return True
    patience = timedelta(days=settings.ACUDO_REOPEN_DAYS)
    return ticket.status == Status.SOLVED and ticket.solved_at is not None and at - ticket.solved_at > patience


def _open(
    channel: Channel,
    inbound: InboundMessage,
    person: Person,
    files: Sequence[KeptFile],
    at: datetime,
    earlier: Ticket | None,
    reason: str,
) -> Ticket:
    return tickets.open_ticket(
        channel.office,
        requester=person,
        subject=inbound.subject or inbound.text,
        language=inbound.language or person.language or channel.language,
        team=channel.team,
        calendar=channel.calendar,
        linked_to=earlier,
        link_reason=reason,
        at=at,
        **_words(channel, inbound, files),
    )


def _words(channel: Channel, inbound: InboundMessage, files: Sequence[KeptFile]) -> dict[str, Any]:
    sender = inbound.sender
    return {
        "text": inbound.text,
        "html": inbound.html,
        "quoted_text": inbound.quoted_text,
        "attachments": files,
        "is_automatic": inbound.is_automatic,
        "claimed_at": inbound.claimed_at,
        "verdict": "verified" if sender.is_verified else ("unverified" if sender.is_ambiguous else ""),
        "details": dict(inbound.details),
        "via": inbound.via or channel.kind,
    }


def _new_thread(channel: Channel, inbound: InboundMessage, ticket: Ticket, person: Person, *, keep_key: bool) -> Thread:
    key = (inbound.thread_key if keep_key else "") or adapter_for(channel).name_thread(ticket.pk, person.pk)
    recipient = inbound.sender.handle[:254]
    return rows.insert(
        Thread(channel=channel, key=key, ticket=ticket, person=person, recipient=recipient, last_sequence=1)
    )
