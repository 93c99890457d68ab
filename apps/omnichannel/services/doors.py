"""Through which door an answer would leave, from which of our addresses, and to whom."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Office
from apps.core import clock, rows
from apps.core.errors import Invalid
from apps.hours.services import is_open
from apps.omnichannel import at_hand, registry
from apps.omnichannel.models import Channel, Delivery, Thread
from apps.omnichannel.ports import Way
from apps.omnichannel.registry import adapter_class, adapter_for, starting_kinds
from apps.people.models import Person
from apps.people.services import identify
from apps.tickets.models import Ticket

MOST_COPIES = 20
STANDING = rows.Read(
    """
    SELECT {thread}, {channel}, {office} FROM omnichannel_thread thread
    JOIN omnichannel_channel channel ON channel.id = thread.channel_id
    JOIN accounts_office office ON office.id = channel.office_id
    WHERE thread.ticket_id = %s AND thread.ended_at IS NULL AND channel.is_active
    ORDER BY thread.updated_at DESC, thread.id DESC
    """,
    thread=Thread,
    channel=Channel,
    office=Office,
)


@dataclass(frozen=True)
class Door:
    """Where an answer would leave. Without a channel nothing can be sent: the person left no address.

    `copies` are the threads of those who get a copy of every answer: somebody of ours let them in (S-05).
    """

    channel: Channel | None
    thread: Thread | None
    recipient: str
    copies: Sequence[Thread] = ()


@dataclass(frozen=True)
class Addressing:
    """What the writer decided instead of what a door would do by itself.

    `cc` is None for "those who take part already"; a list replaces them. `waits`: it leaves after the channel's time
    for undoing. `way`: which of the door's ways (`ways_for`); `follows`: not before that delivery has left;
    `overrules`: the writer has looked at what the guard took for personal data and says it is none.
    """

    recipient: str = ""
    channel: Channel | None = None
    cc: Sequence[str] | None = None
    bcc: Sequence[str] = field(default=())
    waits: bool = False
    way: Way | None = None
    follows: Delivery | None = None
    overrules: bool = False


AS_USUAL = Addressing()
_current: ContextVar[Addressing] = ContextVar("addressing", default=AS_USUAL)


@contextmanager
def addressed(addressing: Addressing) -> Iterator[None]:
    """Inside, what is written leaves as `addressing` says."""
    token = _current.set(addressing)
    try:
        yield
    finally:
        _current.reset(token)


def current_addressing() -> Addressing:
    return _current.get()


def door_for(ticket: Ticket) -> Door:
    """The thread of the person's last message; by e-mail when there is none; nothing when there is no address.

    One query when a conversation stands, none when it is the one just coming in. A ticket in the hands of a team that
    has a mailbox of its own is answered from there.
    """
    coming_in = at_hand.thread_of(ticket.pk)
    if coming_in:
        return Door(_of_the_team(ticket, coming_in.channel), coming_in, coming_in.recipient)
    threads = _standing(ticket)
    copies = _once_a_person(thread for thread in threads if thread.role == Thread.Role.CC)
    main = next((thread for thread in threads if thread.role == Thread.Role.TO), None)
    if main:
        return Door(_of_the_team(ticket, main.channel), main, main.recipient, copies)
    address = ticket.requester.handle("email")
    channel = starting_channel(ticket) if address else None
    return Door(channel, None, address if channel else "", copies)


def ways_for(ticket: Ticket, door: Door | None = None) -> list[Way]:
    """How an answer may leave where there is a choice, the one to propose first; [] where there is none."""
    door = door or door_for(ticket)
    path = registry.ways(door.channel.kind) if door.channel else ""
    return list(import_string(path)(ticket)) if path else []


def sending_channels(ticket: Ticket) -> list[Channel]:
    """The addresses of this body that an answer may leave from, those of the office first."""
    rows = (
        Channel.objects.active()  # type: ignore[attr-defined]
        .filter(office__body_id=ticket.office.body_id, kind__in=starting_kinds())
        .exclude(address="")
        .select_related("office", "team", "calendar")
        .order_by("pk")
    )
    return sorted(rows, key=lambda row: (row.office_id != ticket.office_id, row.name))


def thread_on(channel: Channel, ticket: Ticket, person: Person, *, recipient: str, role: str) -> Thread:
    """The conversation of this person about this ticket on that channel; begun when there is none."""
    key = adapter_for(channel).name_thread(ticket.pk, person.pk)
    thread, _made = Thread.objects.get_or_create(
        channel=channel,
        key=key,
        ended_at=None,
        defaults={"ticket": ticket, "person": person, "recipient": recipient, "role": role},
    )
    thread.channel = channel
    return thread


def let_in(ticket: Ticket, channel: Channel, addresses: Sequence[str]) -> list[Thread]:
    """Exactly these get copies from now on: new ones begin with nothing of the past, others end (S-05)."""
    wanted = {address.lower(): address for address in addresses}
    standing = Thread.objects.filter(ticket=ticket, ended_at=None, role=Thread.Role.CC).select_related(
        "channel__office"
    )
    kept: dict[str, Thread] = {}
    for thread in standing:
        if thread.recipient.lower() in wanted:
            kept.setdefault(thread.recipient.lower(), thread)
        else:
            _end(thread)
    for low, address in wanted.items():
        if low not in kept:
            person = identify(ticket.office.body, kind="email", handle=address)  # type: ignore[arg-type]
            thread = thread_on(channel, ticket, person, recipient=address, role=Thread.Role.CC)
            if thread.role == Thread.Role.CC:
                kept[low] = thread
    return list(kept.values())


def addresses_in(text: str) -> list[str]:
    """The addresses somebody typed, one a line or between commas; each once. Raises Invalid (S-10)."""
    words = [word.strip().strip("<>") for word in text.replace(";", ",").replace("\n", ",").split(",")]
    found = list(dict.fromkeys(word for word in words if word))
    for word in found:
        try:
            validate_email(word)
        except ValidationError as error:
            message = _("“%(address)s” is not an e-mail address.") % {"address": word[:80]}
            raise Invalid("address", message, field="cc") from error
    if len(found) > MOST_COPIES:
        raise Invalid("too_many_copies", _("At most %(n)s copies.") % {"n": MOST_COPIES}, field="cc")
    return found


def most_bytes(channel: Channel | None) -> int | None:
    """How much one message may carry in files through this channel; None where nothing is said."""
    if channel is None:
        return None
    own = channel.settings.get("most_mb")
    return int(own) * 1_000_000 if own else getattr(adapter_class(channel.kind), "most_bytes", None)


def undo_seconds(channel: Channel) -> int:
    """How long an answer waits, so that its writer may take it back."""
    own = channel.settings.get("undo_seconds")
    return int(own) if own is not None else int(getattr(adapter_class(channel.kind), "undo_seconds", 0))


def _standing(ticket: Ticket) -> list[Thread]:
    """The conversations that go on, the newest word first, each with its channel and office."""
    threads = []
    for thread, thread.channel, office in STANDING.all([ticket.pk]):
        thread.channel.office, thread.ticket = office, ticket
        threads.append(thread)
    return threads


def _end(thread: Thread) -> None:
    Thread.objects.filter(pk=thread.pk).update(ended_at=clock.now())


def _once_a_person(threads: Any) -> list[Thread]:
    by_person: dict[int, Thread] = {}
    for thread in threads:
        by_person.setdefault(thread.person_id, thread)
    return list(by_person.values())


def _of_the_team(ticket: Ticket, channel: Channel) -> Channel:
    """The mailbox of the team that has the ticket, when it has one of the same kind."""
    if not ticket.team_id or channel.team_id == ticket.team_id or channel.kind not in starting_kinds():
        return channel
    own = Channel.objects.active().of_kind(channel.kind).exclude(address="").select_related("office")  # type: ignore[attr-defined]
    return own.filter(team_id=ticket.team_id, office__body_id=ticket.office.body_id).order_by("pk").first() or channel


def starting_channel(ticket: Ticket) -> Channel | None:
    """The team's own address, else one of the office whose hours are open now, else the office's, else the body's."""
    able = sending_channels(ticket)
    if len(able) < 2:
        return able[0] if able else None

    def closeness(row: Channel) -> tuple[bool, bool, bool, int]:
        is_of_team = bool(ticket.team_id) and row.team_id == ticket.team_id
        is_of_others = row.team_id is not None and not is_of_team
        has_shift = row.calendar is not None and row.office_id == ticket.office_id and is_open(row.calendar)
        return (not is_of_team, row.office_id != ticket.office_id, is_of_others or not has_shift, row.pk)

    return min(able, key=closeness)
