"""Mail that could not be delivered: RFC 3464 reports, and the older ones that only look like one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import Message

from . import words

STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
ADDRESS = re.compile(r"[\w.+=!#$%&'*/?^`{|}~-]{1,64}@[\w.-]{1,200}")
MESSAGE_ID = re.compile(r"(?im)^[>\s]{0,4}message-id:\s{0,4}<([^<>\s]{1,250})>")
CODE = re.compile(r"(?<!\d)(4\d\d|5\d\d)(?=[ -]#?\D)")
SUBJECTS = re.compile(
    r"^(?:undeliver(?:ed|able)|mail (?:delivery|system error)|returned mail|delivery (?:status notification|failure)"
    r"|delivery has failed|failure notice|mail delivery failed|message (?:could not be|undeliverable)|non remis"
    r"|unzustellbar|nicht zustellbar|no se (?:puede|pudo) entregar|mancata consegna|messaggio non recapitato"
    r"|non recapitabile|não foi possível entregar|falha na entrega|warning: could not send)"
)
ONLY_LATE = re.compile(
    r"delay|could not send message for past|still being retried|will (?:continue|keep) trying|retras|ritard|atras"
    r"|verzöger"
)
DAEMON = re.compile(r"^(?:mailer-daemon|postmaster|mdaemon|mail-daemon|mail\.daemon)(?:[+._-]|$)")
MOST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a mail of ours. `action`: failed, delayed, delivered, relayed or expanded."""

    action: str
    status: str = ""
    recipients: tuple[str, ...] = ()
    diagnostic: str = ""
    original_message_id: str = ""

    @property
    def is_bounce(self) -> bool:
        return self.action == "failed"

    @property
    def is_permanent(self) -> bool:
        return self.is_bounce and not self.status.startswith("4")


def read(message: Message, *, author: str, subject: str, text: str, return_path: str | None) -> Report | None:
    blocks = [block for part in _leaves(message, "message/delivery-status") for block in _blocks(part)]
    if blocks:
        return _from_blocks(blocks, _original_id(message, text))
    failed = message.get_all("x-failed-recipients") or []
    if failed:
        found = tuple(ADDRESS.findall(" ".join(map(str, failed))[:2000]))
        return Report("failed", _status(text), found, _diagnostic(text), _original_id(message, text))
    if _looks_like_one(author, subject.lower(), return_path, message.get_content_type()):
        late = ONLY_LATE.search(subject.lower()) or ONLY_LATE.search(text[:1500].lower())
        return Report(
            "delayed" if late else "failed",
            _status(text),
            tuple(dict.fromkeys(ADDRESS.findall(text[:4000])))[:1],
            _diagnostic(text),
            _original_id(message, text),
        )
    return None


def _looks_like_one(author: str, subject: str, return_path: str | None, content_type: str) -> bool:
    daemon = DAEMON.match(author) is not None or (not author and return_path == "")
    named = SUBJECTS.match(subject.strip()) is not None
    return (daemon and (named or return_path == "")) or (
        named and (return_path == "" or content_type == "multipart/report")
    )


def _from_blocks(blocks: Sequence[dict[str, str]], original_id: str) -> Report:
    fates = [block for block in blocks if block.get("action") or block.get("status")]
    failed = [block for block in fates if _action(block) == "failed"]
    shown = failed or fates
    if not shown:
        return Report("failed", original_message_id=original_id)
    first = shown[0]
    recipients = tuple(dict.fromkeys(address for block in shown if (address := _recipient(block))))
    return Report(
        _action(first),
        _status(first.get("status", "")),
        recipients,
        _without_type(first.get("diagnostic-code", ""))[:500],
        original_id,
    )


def _without_type(code: str) -> str:
    """ "smtp; 550 5.1.1 no such user" -> "550 5.1.1 no such user" """
    kind, _, text = code.partition(";")
    return (text or kind).strip()


def _action(block: dict[str, str]) -> str:
    action = block.get("action", "").strip().lower()
    action = re.match(r"[a-z]*", action).group()  # type: ignore[union-attr]
    if action in ("failed", "delayed", "delivered", "relayed", "expanded"):
        return action
    return "delayed" if block.get("status", "").strip().startswith("4") else "failed"


def _recipient(block: dict[str, str]) -> str:
    for name in ("final-recipient", "original-recipient"):
        found = ADDRESS.search(block.get(name, "")[:500])
        if found:
            return found.group().lower()
    return ""


def _blocks(part: Message) -> Iterable[dict[str, str]]:
    """The standard parser makes of each block a message; broken reports come as text."""
    payload = part.get_payload()
    if isinstance(payload, list):
        for block in payload[:100]:
            fields = {name.lower(): words.readable(value) for name, value in block.raw_items()}
            if fields:
                yield fields
            elif isinstance(block.get_payload(), str):
                yield from _blocks_of_text(block.get_payload())
    elif isinstance(payload, str):
        yield from _blocks_of_text(payload)


def _blocks_of_text(text: str) -> Iterable[dict[str, str]]:
    fields: dict[str, str] = {}
    for line in [*text[:MOST_TEXT].splitlines(), ""]:
        name, colon, value = line.partition(":")
        if colon and name and not name[0].isspace():
            fields[name.strip().lower()] = value.strip()
        elif not line.strip() and fields:
            yield fields
            fields = {}


def _leaves(message: Message, content_type: str) -> Iterable[Message]:
    for count, part in enumerate(message.walk()):
        if count > 200:
            return
        if part.get_content_type() == content_type:
            yield part


def _original_id(message: Message, text: str) -> str:
    for kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
        for part in _leaves(message, kind):
            payload = part.get_payload()
            if isinstance(payload, list) and payload:
                found = str(payload[0].get("message-id", "")).strip(" <>\r\n\t")
            else:
                match = MESSAGE_ID.search(str(payload)[:MOST_TEXT])
                found = match.group(1) if match else ""
            if found:
                return found[:250]
    match = MESSAGE_ID.search(text[:MOST_TEXT])
    return match.group(1) if match else ""


def _status(text: str) -> str:
    match = STATUS.search(text[:MOST_TEXT])
    if match:
        return match.group(1)
    code = CODE.search(text[:MOST_TEXT])
    return f"{code.group(1)[0]}.0.0" if code else ""


def _diagnostic(text: str) -> str:
    for line in text[:MOST_TEXT].splitlines():
        if CODE.search(line) or STATUS.search(line):
            return " ".join(line.split())[:500]
    return ""
