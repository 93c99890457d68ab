"""What a channel speaks: plain data and one protocol. No database, no request object, nothing else of ours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol, runtime_checkable


@dataclass(frozen=True)
class ChannelFacts:
    """A configured door as its adapter sees it."""

    id: int
    kind: str
    key: str
    slug: str
    name: str
    address: str
    language: str
    office_name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RawInput:
    """Bytes as they arrived. `headers` have lower-case names; `meta` is what the envelope said (sender, recipients).

    `external_id` is the provider's own name for this input, or '' to be named by the hash of the bytes.
    """

    body: bytes
    source: str  # "webhook", "smtp", "command", "mailbox"
    headers: Mapping[str, str] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    external_id: str = ""


@dataclass(frozen=True)
class Sender:
    """Who says they wrote. An ambiguous author is nobody: never matched to a known person (S-03)."""

    kind: str  # of identity: "email", "webchat"
    handle: str
    name: str = ""
    is_verified: bool = False
    is_ambiguous: bool = False
    person_id: int | None = None  # where the channel already knows them


@dataclass(frozen=True)
class InboundAttachment:
    name: str
    content: bytes
    content_type: str = "application/octet-stream"
    content_id: str = ""
    is_inline: bool = False
    url: str = ""  # where the provider keeps it, until FetchesFiles has brought it here


@dataclass(frozen=True)
class InboundMessage:
    """One message of a person. `thread_key` is the provider's conversation, proven genuine, or '' for a new one.

    `client_id` is the name the client gave it: a repeat is answered with the first result (R-16).
    `external_id` is the provider's own name of it: in this channel it never comes twice, whatever became of the thread.
    `answers` are names of messages it stands below: where this person has a conversation with one of them, it goes on.
    `may_be_answered` is False when no robot of ours may answer it (S-08).
    """

    sender: Sender
    text: str
    thread_key: str = ""
    subject: str = ""
    html: str = ""
    quoted_text: str = ""
    attachments: Sequence[InboundAttachment] = ()
    language: str = ""
    client_id: str = ""
    external_id: str = ""
    answers: Sequence[str] = ()
    is_automatic: bool = False
    may_be_answered: bool = True
    claimed_at: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    via: str = ""  # another word for the way it came than its channel's kind: a fax comes as a mail
    # What the message says about messages of ours, where it proves that it had them: a mail that came back.
    news: Sequence["DeliveryNews"] = ()


@dataclass(frozen=True)
class Echo:
    """Our own mail to ourselves, or what a machine says about it: a proof of the door, never a message of anybody.

    `channel_id` and `token` name the round trip; `is_home` is False for a report about it, whose words are in `said`.
    """

    channel_id: int
    token: str
    is_home: bool = True
    said: str = ""


@dataclass(frozen=True)
class SaidElsewhere:
    """Words of ours that went out by another tool than the desk, or our own coming back.

    `mark` is what we gave along when they are our own. They stand in a conversation that is there, and begin none.
    `again`: bytes that say just this, for a later look while the way out of the very same words is still open.
    """

    external_id: str
    thread_key: str = ""
    text: str = ""
    mark: str = ""
    answers: Sequence[str] = ()
    claimed_at: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    again: bytes = b""


@dataclass(frozen=True)
class Afterwards:
    """What became of a message later: `what` is one of WORDS; `by` is the handle of whoever reacted.

    `order` counts up as the provider counts: what is older than what is known changes nothing. `again`: bytes that
    say just this, for a later look when the message has not come yet.
    """

    WORDS: ClassVar[tuple[str, ...]] = ("edited", "withdrawn", "hidden", "shown", "reaction", "reaction_removed")
    external_id: str
    what: str
    by: str = ""
    text: str = ""
    emoji: str = ""
    order: int = 0
    again: bytes = b""


@dataclass(frozen=True)
class HowFar:
    """All that we wrote to this recipient until that moment has the outcome (a word of Delivery.Outcome)."""

    recipient: str
    outcome: str
    until: datetime


@dataclass(frozen=True)
class Way:
    """One way an answer can take from a ticket: `key` is a word of the door's, `thread_id` the conversation it takes.

    `hint` says what the writer should know before the first letter: how long it stays open, or why it is shut.
    `notice_by`: the name of the way by which it is first said in public that a private answer comes, where that is due.
    """

    key: str
    thread_id: int
    label: Any
    icon: str
    is_public: bool = False
    is_open: bool = True
    hint: Any = ""
    notice_by: str = ""
    is_conversation: bool = True  # False for one single message

    @property
    def name(self) -> str:
        return f"{self.key}-{self.thread_id}"


@dataclass(frozen=True)
class Pulse:
    """How fetching goes for one channel.

    `watched_since`: when we began; `waiting`: seen there, not yet here; `process`: whose heartbeat must go on for it.
    """

    is_fetched: bool = True
    watched_since: datetime | None = None
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None
    last_item_at: datetime | None = None
    last_error: str = ""
    waiting: int = 0
    token_expires_at: datetime | None = None
    process: str = ""


@dataclass(frozen=True)
class OutboundAttachment:
    """`read` gives the bytes when they are needed, not before."""

    name: str
    content_type: str
    size: int
    read: Any
    content_id: str = ""


@dataclass(frozen=True)
class Quoted:
    """One earlier message, as it is repeated below an answer."""

    author_name: str
    at: datetime
    text: str


@dataclass(frozen=True)
class OutboundMessage:
    """One message owed to one recipient. `external_id` was fixed when the debt was written down (R-11)."""

    external_id: str
    thread_key: str
    recipient: str
    recipient_name: str
    subject: str
    reference: str
    text: str
    html: str
    language: str
    author_name: str
    is_automatic: bool
    attachments: Sequence[OutboundAttachment] = ()
    # External names of the conversation so far, oldest first: what mail calls References.
    earlier_ids: Sequence[str] = ()
    # To whom it is addressed and who gets visible copies, when that is more than `recipient`; hidden ones never.
    to: str = ""
    copies: Sequence[str] = ()
    # What this recipient already has of the conversation, newest first (S-06).
    history: Sequence[Quoted] = ()
    signature: str = ""  # of who writes; '' leaves the channel's own
    is_notice: bool = False  # to a colleague: that there is something to read
    mark: str = ""  # what a provider is asked to give back with each event about it
    way: str = ""  # the key of the Way it takes, where the door has more than one
    answers: str = ""  # the provider's name of the person's newest message in this conversation
    heard_at: datetime | None = None  # when that came


@dataclass(frozen=True)
class Receipt:
    """What the provider said when it took the message."""

    external_id: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    opened: "Opened | None" = None


@dataclass(frozen=True)
class Opened:
    """A conversation that the message began elsewhere: what the person answers there belongs to the same matter."""

    thread_key: str
    recipient: str
    identity_kind: str


@dataclass(frozen=True)
class DeliveryNews:
    """What a provider says became of a message it took. `outcome` is a word of Delivery.Outcome; `name` tells the same
    news apart from other news; `mark` and `external_id` are ours, `provider_id` is theirs. `is_lasting`: what failed
    would fail again."""

    name: str
    outcome: str
    recipient: str = ""
    mark: str = ""
    external_id: str = ""
    provider_id: str = ""
    reason: str = ""
    said_at: datetime | None = None
    is_lasting: bool = True


Heard = InboundMessage | Echo | SaidElsewhere | Afterwards | HowFar | DeliveryNews


@dataclass(frozen=True)
class CallLink:
    """An address to press: it opens another program, and what is said there never comes through here."""

    href: str
    label: str
    icon: str


class Forged(Exception):
    """The input does not prove that it comes from the provider (S-53).

    `wants_password`: the provider shows its password only after it was asked for it (401).
    """

    def __init__(self, reason: str = "", *, wants_password: bool = False) -> None:
        super().__init__(reason)
        self.wants_password = wants_password


class Unreadable(Exception):
    """Genuine, but not to be understood now or ever: it is kept, and shown to an operator with this reason."""


class DeliveryFailed(Exception):
    """`kind` is one of KINDS; `retry_after` in seconds where the provider said so.

    `is_outcome_unknown`: the message may have been taken although no yes was heard. `is_of_channel`: the way out
    itself is shut (nobody there, password refused), whatever the message.
    """

    KINDS: ClassVar[tuple[str, ...]] = (
        "auth",
        "window_closed",
        "recipient_unavailable",
        "rate_limited",
        "temporary",
        "invalid",
        "policy",
        "unknown",
    )
    PASSING: ClassVar[tuple[str, ...]] = ("rate_limited", "temporary")

    def __init__(
        self,
        kind: str,
        reason: str,
        *,
        retry_after: float | None = None,
        is_outcome_unknown: bool = False,
        is_of_channel: bool = False,
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.retry_after = retry_after
        self.is_outcome_unknown = is_outcome_unknown
        self.is_of_channel = is_of_channel


@runtime_checkable
class ChannelAdapter(Protocol):
    """Translation between one provider and our plain data; built with its channel's facts."""

    kind: str
    # The thread itself is the delivery: what is committed can be read there at once, nothing is owed.
    is_resident: bool
    # We may write first: a request from the portal is answered this way.
    can_start: bool
    # Sending the same external id again is recognised by who receives it.
    recognises_repeats: bool

    def __init__(self, facts: ChannelFacts) -> None: ...

    def verify(self, raw: RawInput) -> None:
        """Raises Forged."""

    def parse(self, raw: RawInput) -> Iterable[Heard]:
        """Pure. Raises Unreadable; an input that says nothing to us gives an empty list."""

    def send(self, message: OutboundMessage) -> Receipt:
        """Raises DeliveryFailed. The only method that may use the network."""

    def name_thread(self, ticket_id: int, person_id: int) -> str:
        """The key of a conversation that begins with us or with a message that carried none."""

    def name_message(self, thread_key: str, message_id: str) -> str:
        """The external id a message will bear: fixed before it is sent."""


@runtime_checkable
class WritesToItself(Protocol):
    """An adapter that can send a message to its own address: how a door is tried from one end to the other."""

    def send_to_itself(self, token: str) -> Receipt:
        """What comes back is parsed to an Echo with this token. Raises DeliveryFailed."""


@runtime_checkable
class HearsOfDeliveries(Protocol):
    """An adapter whose provider tells afterwards what became of a message."""

    def verify_news(self, raw: RawInput) -> None:
        """Raises Forged."""

    def parse_news(self, raw: RawInput) -> Iterable[DeliveryNews]:
        """Pure. Raises Unreadable."""


@runtime_checkable
class ShakesHands(Protocol):
    """An adapter whose provider asks once, by GET, whether the address is ours."""

    def greet(self, query: Mapping[str, str]) -> str:
        """What is to be said back, as plain text. Raises Forged."""


@runtime_checkable
class NamesDoors(Protocol):
    """An adapter whose provider sends what is for several doors to one address."""

    def doors_in(self, raw: RawInput) -> set[str]:
        """The addresses (Channel.address) of all doors that a genuine input speaks to."""


@runtime_checkable
class FetchesFiles(Protocol):
    """An adapter whose provider only tells where a file is."""

    def fetch(self, file: InboundAttachment) -> InboundAttachment | None:
        """With its content; None when it cannot be had. Uses the network."""


@runtime_checkable
class KnowsNames(Protocol):
    """An adapter whose provider tells, when asked, who is behind a handle."""

    def name_of(self, sender: Sender) -> str:
        """'' when it does not say. Uses the network."""


@runtime_checkable
class ChangesAfterwards(Protocol):
    """An adapter that can change at its provider what stands there."""

    def change(self, external_id: str, what: str, *, text: str = "") -> None:
        """`what` is "edited", "withdrawn", "hidden" or "shown". Raises DeliveryFailed. Uses the network."""
