"""A Facebook page as a channel: Messenger, comments and what people write on the page's wall."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from apps.core import clock
from apps.core.given import storable
from apps.omnichannel.meta import errors, files, signatures, windows
from apps.omnichannel.meta.graph import Graph
from apps.omnichannel.ports import (
    ChannelFacts,
    DeliveryFailed,
    Heard,
    InboundAttachment,
    Opened,
    OutboundMessage,
    RawInput,
    Receipt,
    Sender,
)

from . import reading, sending

PUBLIC, PRIVATE = "public", "private"


class FacebookAdapter:
    kind = "facebook"
    is_resident = False
    can_start = False  # who never wrote to the page cannot be written to
    recognises_repeats = False
    tells_progress = True  # both sides see there what was read
    wants_context = True
    greets_once = True
    undo_seconds = 5
    most_bytes = 25_000_000
    most_webhook_bytes = 1_000_000

    def __init__(self, facts: ChannelFacts) -> None:
        self.facts = facts

    def verify(self, raw: RawInput) -> None:
        signatures.verify(raw, app_secret=str(self.facts.secrets.get("app_secret", "")))

    def greet(self, query: Mapping[str, str]) -> str:
        return signatures.greet(query, verify_token=str(self.facts.secrets.get("verify_token", "")))

    def doors_in(self, raw: RawInput) -> set[str]:
        return reading.pages_in(raw.body)

    def parse(self, raw: RawInput) -> Iterable[Heard]:
        settings = self.facts.settings
        options = reading.Options(
            page=self.facts.address,
            opens_on_reaction=bool(settings.get("opens_on_reaction")),
            opens_on_mention=bool(settings.get("opens_on_mention")),
        )
        return reading.read(raw.body, options)

    def send(self, message: OutboundMessage) -> Receipt:
        kind, _colon, rest = message.thread_key.partition(":")
        if kind not in ("m", "c", "p"):
            raise DeliveryFailed("invalid", errors.REFUSED)
        client = self.graph()
        target = rest.partition(":")[0]
        if kind == "m":
            return self._message(client, message, {"id": target})
        if message.way == PRIVATE:
            return self._private_reply(client, message, post=target if kind == "p" else "")
        said = sending.comment(client, self.facts.address, target, message)
        return Receipt(external_id=message.external_id, details={"provider_id": said})

    def name_thread(self, ticket_id: int, person_id: int) -> str:
        return f"t:{ticket_id}:{person_id}"

    def name_message(self, thread_key: str, message_id: str) -> str:
        return f"{thread_key[:200]}/{message_id}"

    def fetch(self, file: InboundAttachment) -> InboundAttachment | None:
        found = files.fetch(file.url)
        if found is None:
            return None
        content, content_type = found
        return replace(file, name=files.name_in(file.url, file.name), content=content, content_type=content_type)

    def name_of(self, sender: Sender) -> str:
        """Asked only for people who wrote in Messenger: the page's own comments carry the name."""
        if sender.kind != reading.MESSENGER:
            return ""
        try:
            said = self.graph().get(sender.handle, fields="first_name,last_name")
        except DeliveryFailed:
            return ""
        return storable(f"{said.get('first_name', '')} {said.get('last_name', '')}").strip()[:160]

    def change(self, external_id: str, what: str, *, text: str = "") -> None:
        client = self.graph()
        if what == "withdrawn":
            client.delete(external_id)
        elif what == "edited":
            client.post(external_id, {"message": text})
        else:
            client.post(external_id, {"is_hidden": what == "hidden"})

    def graph(self) -> Graph:
        """Raises DeliveryFailed without a token."""
        secrets, settings = self.facts.secrets, self.facts.settings
        token = str(secrets.get("page_token", ""))
        if not token:
            raise DeliveryFailed("auth", errors.NEW_TOKEN)
        return Graph(
            token=token,
            app_secret=str(secrets.get("app_secret", "")),
            base=str(settings.get("graph_base", "")),
            version=str(settings.get("graph_version", "")),
        )

    def _message(self, client: Graph, message: OutboundMessage, recipient: dict[str, Any]) -> Receipt:
        may_tag = bool(self.facts.settings.get("human_agent")) and not message.is_automatic
        window = windows.messages(message.heard_at, now=clock.now(), may_tag=may_tag)
        if not window.is_open:
            raise DeliveryFailed("window_closed", errors.WINDOW)
        how = {"messaging_type": "RESPONSE"}
        if window.kind == "people":
            how = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        return sending.messages(client, self.facts.address, {"recipient": recipient, **how}, message)

    def _private_reply(self, client: Graph, message: OutboundMessage, *, post: str) -> Receipt:
        if not message.answers:
            raise DeliveryFailed("invalid", errors.GONE)
        name = "post_id" if message.answers == post else "comment_id"
        receipt = sending.messages(client, self.facts.address, {"recipient": {name: message.answers}}, message)
        person = str(receipt.details.get("recipient_id", ""))
        return replace(receipt, opened=Opened(f"m:{person}", person, reading.MESSENGER) if person else None)
