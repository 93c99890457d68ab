"""What can happen at a door."""

from dataclasses import dataclass
from typing import ClassVar

from apps.activity.bus import Event
from apps.tickets.events import TicketEvent


@dataclass(frozen=True)
class ThreadBegun(TicketEvent):
    """The first message of a conversation has its place."""

    message_id: int
    channel_id: int
    thread_id: int
    may_be_answered: bool


@dataclass(frozen=True)
class MessageDelivered(TicketEvent):
    message_id: int
    delivery_id: int
    recipient: str


@dataclass(frozen=True)
class DeliveryGivenUp(TicketEvent):
    """Nobody will get this unless a person acts: a promise it kept is open again."""

    message_id: int
    delivery_id: int
    recipient: str
    error_kind: str
    error_text: str


@dataclass(frozen=True)
class DeliveryReported(TicketEvent):
    """The other side told what became of a mail it took: `outcome` is a word of Delivery.Outcome."""

    message_id: int
    delivery_id: int
    recipient: str
    outcome: str


@dataclass(frozen=True)
class CallLinkOpened(Event):
    """Somebody pressed the link to a call. Who it was is not known, and not asked."""

    subject_kind: ClassVar[str] = "channel"
    channel_id: int
    office_id: int
    kind: str

    @property
    def subject_id(self) -> int:
        return self.channel_id


@dataclass(frozen=True)
class ChannelSaved(Event):
    """Somebody set up a door or changed it. What was typed is not part of the trail: it may be secret."""

    subject_kind: ClassVar[str] = "channel"
    channel_id: int
    office_id: int
    kind: str
    is_active: bool

    @property
    def subject_id(self) -> int:
        return self.channel_id


@dataclass(frozen=True)
class DoorEvent(Event):
    """Something about one configured door."""

    subject_kind: ClassVar[str] = "channel"
    channel_id: int
    office_id: int

    @property
    def subject_id(self) -> int:
        return self.channel_id


@dataclass(frozen=True)
class MailboxFellSilent(DoorEvent):
    """Nothing is heard behind this door any more; `since` when it was last known to be well (ISO 8601)."""

    since: str
    reason: str


@dataclass(frozen=True)
class MailboxHeardAgain(DoorEvent):
    since: str


@dataclass(frozen=True)
class WatchSwitched(DoorEvent):
    is_on: bool


@dataclass(frozen=True)
class EnvelopeReadAgain(DoorEvent):
    """An operator asked for another look at what could not be read."""

    envelope_id: int


@dataclass(frozen=True)
class EnvelopeCorrected(DoorEvent):
    """An operator wrote a corrected copy; the first one stays as it came."""

    envelope_id: int
    copy_id: int


@dataclass(frozen=True)
class EnvelopeDiscarded(DoorEvent):
    envelope_id: int
    reason: str


@dataclass(frozen=True)
class DeliveryTriedAgain(TicketEvent):
    """A person decided to send again what was not delivered."""

    message_id: int
    delivery_id: int


@dataclass(frozen=True)
class DeliveryDropped(TicketEvent):
    """A person decided that it shall not leave, and said why."""

    message_id: int
    delivery_id: int
    reason: str
