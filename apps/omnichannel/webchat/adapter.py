"""The chat on a web page. Its socket calls `receive()` itself; there is nobody outside to send to."""

from collections.abc import Iterable

from apps.core.ids import public_id
from apps.omnichannel.ports import (
    ChannelFacts,
    DeliveryFailed,
    Forged,
    InboundMessage,
    OutboundMessage,
    RawInput,
    Receipt,
    Unreadable,
)


class WebchatAdapter:
    kind = "webchat"
    is_resident = True  # an answer is read in the thread; nothing is owed
    can_start = False  # without the browser that wrote to us there is nobody to write to
    recognises_repeats = True

    def __init__(self, facts: ChannelFacts) -> None:
        self.facts = facts

    def verify(self, raw: RawInput) -> None:
        raise Forged("The chat has no webhook.")

    def parse(self, raw: RawInput) -> Iterable[InboundMessage]:
        raise Unreadable("The chat writes through its socket.")

    def send(self, message: OutboundMessage) -> Receipt:
        raise DeliveryFailed("invalid", "A chat message is read in its thread and never sent.")

    def name_thread(self, ticket_id: int, person_id: int) -> str:
        return public_id()

    def name_message(self, thread_key: str, message_id: str) -> str:
        return message_id
