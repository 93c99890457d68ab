"""A call is a link to another program: nothing comes in here, and nothing leaves."""

from collections.abc import Iterable

from apps.core.ids import public_id
from apps.omnichannel.calls import links
from apps.omnichannel.ports import (
    CallLink,
    ChannelFacts,
    DeliveryFailed,
    Forged,
    InboundMessage,
    OutboundMessage,
    RawInput,
    Receipt,
)


class CallsAdapter:
    kind = "calls"
    is_resident = True  # nothing is ever owed through a link
    can_start = False
    recognises_repeats = True

    def __init__(self, facts: ChannelFacts) -> None:
        self.facts = facts

    def verify(self, raw: RawInput) -> None:
        raise Forged("A link to a call has no webhook.")

    def parse(self, raw: RawInput) -> Iterable[InboundMessage]:
        return []

    def send(self, message: OutboundMessage) -> Receipt:
        raise DeliveryFailed("invalid", "A link to a call carries no messages.")

    def name_thread(self, ticket_id: int, person_id: int) -> str:
        return public_id()

    def name_message(self, thread_key: str, message_id: str) -> str:
        return message_id

    def link(self, language: str) -> CallLink | None:
        """What `apps.omnichannel.links` shows; None when the settings make no usable address."""
        return links.call_link(self.facts, language)
