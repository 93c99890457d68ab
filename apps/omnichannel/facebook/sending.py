"""One answer as the calls it takes at Facebook. The first call decides: what fails before it went nowhere."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_noop

from apps.omnichannel.meta.graph import Graph
from apps.omnichannel.ports import DeliveryFailed, OutboundAttachment, OutboundMessage, Receipt

from .reading import MARK

LONGEST = 1990  # characters in one message; Facebook says fewer than 2,000
LONGEST_COMMENT = 8000
IN_PART = gettext_noop("a part of it arrived, the rest did not. See in the page what they got before you send again")
TOO_LONG = gettext_noop("this is too long for a comment: at most 8,000 characters")
ONE_PICTURE = gettext_noop("a public answer can carry one picture and no other file. Send the rest in private")


def messages(client: Graph, page: str, how: dict[str, Any], message: OutboundMessage) -> Receipt:
    """The words in as many messages as they need, then each file. Raises DeliveryFailed."""
    path = f"{page}/messages"
    names: list[str] = []
    recipient = ""
    calls = [("text", part) for part in pieces(message.text)] + [("file", file) for file in message.attachments]
    for kind, what in calls:
        try:
            said = _words(client, path, how, what, message) if kind == "text" else _file(client, path, how, what)
        except DeliveryFailed as error:
            if names:
                raise DeliveryFailed("unknown", IN_PART) from error
            raise
        names.append(str(said.get("message_id", "")))
        recipient = str(said.get("recipient_id", "")) or recipient
        if recipient and "id" not in how["recipient"]:
            # The one private answer to a comment is spent; what follows goes to the person it opened.
            how = {**how, "recipient": {"id": recipient}, "messaging_type": "RESPONSE"}
    return Receipt(
        external_id=message.external_id, details={"provider_id": names[0], "names": names, "recipient_id": recipient}
    )


def comment(client: Graph, page: str, below: str, message: OutboundMessage) -> str:
    """A public answer below a comment or a post; its id. Raises DeliveryFailed."""
    if len(message.text) > LONGEST_COMMENT:
        raise DeliveryFailed("invalid", TOO_LONG)
    body: dict[str, Any] = {"message": message.text}
    if message.attachments:
        body["attachment_id"] = _unpublished(client, page, message.attachments)
    return str(client.post(f"{below}/comments", body).get("id", ""))


def pieces(text: str, most: int = LONGEST) -> list[str]:
    """Cut between paragraphs, else between sentences, else between words, else anywhere; nothing is lost."""
    text = text.strip()
    cut: list[str] = []
    while len(text) > most:
        window = text[:most]
        at = next((n for mark in ("\n\n", "\n", ". ", " ") if (n := window.rfind(mark)) > most // 3), -1)
        at = most if at < 0 else at + 1
        cut.append(text[:at].strip())
        text = text[at:].strip()
    return [*cut, text] if text else cut


def _words(client: Graph, path: str, how: dict[str, Any], text: str, message: OutboundMessage) -> dict[str, Any]:
    return client.post(path, {**how, "message": {"text": text, "metadata": f"{MARK}{message.mark}"}})


def _file(client: Graph, path: str, how: dict[str, Any], file: OutboundAttachment) -> dict[str, Any]:
    family = file.content_type.partition("/")[0]
    kind = family if family in ("image", "audio", "video") else "file"
    fields = {**how, "message": {"attachment": {"type": kind, "payload": {"is_reusable": False}}}}
    return client.upload(path, fields, name=file.name, kind=file.content_type, content=file.read())


def _unpublished(client: Graph, page: str, attachments: Sequence[OutboundAttachment]) -> str:
    file = attachments[0]
    if len(attachments) > 1 or not file.content_type.startswith("image/"):
        raise DeliveryFailed("invalid", ONE_PICTURE)
    said = client.upload(
        f"{page}/photos", {"published": "false"}, name=file.name, kind=file.content_type, content=file.read()
    )
    return str(said.get("id", ""))
