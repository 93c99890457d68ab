"""Who wrote the message that somebody passed on to us? Shown to staff; nobody's identity follows from it (S-03)."""

from dataclasses import dataclass
from email.message import Message

from . import addresses, words
from .quotations import header_kind, is_forward, is_separator, plain

MOST_LINES = 2_000
MOST_HEADER_LINES = 14
LONGEST_LINE = 1_000


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The original sender as the forwarded headers name them."""

    name: str
    address: str
    subject: str = ""


def read(text: str, attached: list[Message], *, is_passed_on: bool) -> Forwarded | None:
    """`attached`: mails that came as attachments. `is_passed_on`: the subject says so; then an "original message"
    counts, too, which otherwise only stands above a quotation."""
    return _in_text(text, is_passed_on=is_passed_on) or (_of(attached[0]) if len(attached) == 1 else None)


def _in_text(text: str, *, is_passed_on: bool) -> Forwarded | None:
    lines = text.split("\n")[:MOST_LINES]
    bare = [plain(line.lstrip("> ")) for line in lines]  # some mark what they pass on as if they quoted it
    for at, line in enumerate(bare):
        if is_forward(line) or (is_passed_on and line and is_separator(line, bare, at)):
            return _in_block(lines, bare, at + 1)
    if is_passed_on:  # Outlook draws a line that no plain text shows
        for at, line in enumerate(bare):
            if header_kind(line) == "from" and {"sent", "to"} & {header_kind(other) for other in bare[at + 1 : at + 4]}:
                return _in_block(lines, bare, at)
    return None


def _in_block(lines: list[str], bare: list[str], at: int) -> Forwarded | None:
    sender, subject = None, ""
    for index in range(at, min(at + MOST_HEADER_LINES, len(lines))):
        kind = header_kind(bare[index])
        value = lines[index].lstrip("> *").partition(":")[2].strip(" *")[:LONGEST_LINE]
        if kind == "from" and sender is None:
            boxes = addresses.read(value.replace("[mailto:", "<").replace("<mailto:", "<").replace("]", ">"))
            sender = next((box for box in boxes if box.address), boxes[0] if boxes else None)
        elif kind == "subject" and not subject:
            subject = value[:500]
    return Forwarded(sender.name, sender.address, subject) if sender else None


def _of(message: Message) -> Forwarded | None:
    boxes = addresses.read(words.unfold(str(message.get("from", "") or ""))[:LONGEST_LINE])
    if not boxes:
        return None
    subject = words.readable(str(message.get("subject", "") or ""))[:500]
    return Forwarded(boxes[0].name, boxes[0].address, subject)
