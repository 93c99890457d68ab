"""A channel that remembers what it was asked to send."""

from collections.abc import Iterable

from apps.omnichannel.ports import (
    ChannelFacts,
    Forged,
    InboundMessage,
    OutboundMessage,
    RawInput,
    Receipt,
    Sender,
    Unreadable,
)


class FakeAdapter:
    """Speaks `handle: text` lines; `boom` raises, `gibberish` is unreadable, `forged` does not pass the door."""

    kind = "fake"
    is_resident = False
    can_start = True
    recognises_repeats = True
    sent: list[OutboundMessage] = []
    fail_with: list[Exception] = []

    def __init__(self, facts: ChannelFacts) -> None:
        self.facts = facts

    def verify(self, raw: RawInput) -> None:
        if b"forged" in raw.body:
            raise Forged

    def parse(self, raw: RawInput) -> Iterable[InboundMessage]:
        text = raw.body.decode()
        if "boom" in text:
            raise RuntimeError("boom")
        if "gibberish" in text:
            raise Unreadable("not to be understood")
        handle, _, words = text.partition(": ")
        key, _, handle = handle.rpartition("@")
        return [InboundMessage(sender=Sender("fake", handle, name=handle.title()), text=words, thread_key=key)]

    def send(self, message: OutboundMessage) -> Receipt:
        if self.fail_with:
            raise self.fail_with.pop(0)
        self.sent.append(message)
        return Receipt(external_id=message.external_id)

    def name_thread(self, ticket_id: int, person_id: int) -> str:
        return f"t{ticket_id}.{person_id}"

    def name_message(self, thread_key: str, message_id: str) -> str:
        return f"{thread_key}/{message_id}"
