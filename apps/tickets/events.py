"""What can happen to a ticket: ids and plain values only."""

from dataclasses import dataclass
from typing import ClassVar

from apps.activity.bus import Event


@dataclass(frozen=True)
class TicketEvent(Event):
    subject_kind: ClassVar[str] = "ticket"
    ticket_id: int
    office_id: int

    @property
    def subject_id(self) -> int:
        return self.ticket_id


@dataclass(frozen=True)
class TicketOpened(TicketEvent):
    via: str
    requester_id: int


@dataclass(frozen=True)
class MessageWritten(TicketEvent):
    """`direction` is "in", "out" or "note"; `is_first` marks the message a ticket was opened with."""

    message_id: int
    direction: str
    is_automatic: bool
    via: str
    is_first: bool = False


@dataclass(frozen=True)
class TicketAssigned(TicketEvent):
    old: int | None
    new: int | None
    new_label: str = ""


@dataclass(frozen=True)
class TeamChanged(TicketEvent):
    """`old_party` and `new_party`: as what each team worked then (accounts.Team.Party)."""

    old: int | None
    new: int | None
    new_label: str = ""
    old_party: str = "desk"
    new_party: str = "desk"


@dataclass(frozen=True)
class StatusChanged(TicketEvent):
    old: str
    new: str
    at: str = ""  # ISO 8601: differs from the row's own moment when history is told


@dataclass(frozen=True)
class PriorityChanged(TicketEvent):
    old: int
    new: int


@dataclass(frozen=True)
class SubjectChanged(TicketEvent):
    old: str
    new: str


@dataclass(frozen=True)
class TagsChanged(TicketEvent):
    added: str = ""
    removed: str = ""


@dataclass(frozen=True)
class TicketSnoozed(TicketEvent):
    until: str  # ISO 8601


@dataclass(frozen=True)
class TicketWoken(TicketEvent):
    pass


@dataclass(frozen=True)
class TagChanged(Event):
    """`what` is "created", "renamed", "retired" or "used_again"."""

    subject_kind: ClassVar[str] = "tag"
    tag_id: int
    office_id: int
    what: str

    @property
    def subject_id(self) -> int:
        return self.tag_id


@dataclass(frozen=True)
class ReplyTakenBack(TicketEvent):
    """The writer undid an answer before it left: what it kept is open again."""

    message_id: int


@dataclass(frozen=True)
class MatterForwarded(TicketEvent):
    """Somebody was written to about this, on a ticket of its own: `other` is its public id, `label` its reference."""

    other: str
    label: str
    reason: str


@dataclass(frozen=True)
class OfficeChanged(TicketEvent):
    """`office_id` is the office it went to."""

    old: int
    new: int
    new_label: str = ""


@dataclass(frozen=True)
class TicketMerged(TicketEvent):
    """This ticket became part of another: `other` is the public id of the one kept, `label` its reference."""

    merge_id: int
    kept_id: int
    other: str
    label: str
    at: str  # ISO 8601


@dataclass(frozen=True)
class TicketAbsorbed(TicketEvent):
    """Another ticket became part of this one."""

    merge_id: int
    other: str
    label: str
    words_stay: bool


@dataclass(frozen=True)
class MergeUndone(TicketEvent):
    """Told on both: `other` is the public id of the other of the two, `status` that of the one that is told of."""

    merge_id: int
    other: str
    label: str
    is_kept: bool
    status: str
    at: str  # ISO 8601


@dataclass(frozen=True)
class TicketSplit(TicketEvent):
    """Messages of this ticket became one of their own."""

    new_id: int
    other: str
    label: str
    count: int
    at: str  # ISO 8601


@dataclass(frozen=True)
class TicketLinked(TicketEvent):
    """This ticket is `kind` of the other; told on both, there as "parent", "duplicated" or "related"."""

    other: str
    label: str
    kind: str


@dataclass(frozen=True)
class TicketUnlinked(TicketEvent):
    other: str
    label: str
    kind: str


@dataclass(frozen=True)
class MessageAmended(TicketEvent):
    """Words that stood already became others: `what` is "edited", "withdrawn", "hidden" or "shown"."""

    message_id: int
    what: str


@dataclass(frozen=True)
class MessageReacted(TicketEvent):
    message_id: int
    emoji: str
