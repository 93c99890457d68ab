"""Read address lines as they come: in linear time, keeping note of everything that is odd about them."""

import re
import unicodedata
from dataclasses import dataclass, field

from .words import decode_words, word_end

# One address is at most 64 + 1 + 255 characters long (RFC 5321).
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\]{1,255}")
QUOTED_LOCAL_PART = re.compile(r"\"[^\"\r\n]{1,62}\"@[^\s@<>()\[\],;:\"\\]{1,255}")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
MOST_GROUP_WORDS = 20
MOST_BOXES = 1_000  # twice what a mail may have (S-59): enough to see that there are too many
SPECIALS = frozenset('"(<>,;:')


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox as written. `oddities` names each thing a careful reader would stumble over."""

    name: str
    address: str
    oddities: frozenset[str] = field(default=frozenset())


def read(line: str) -> list[Address]:
    """The mailboxes of an address line (still encoded, unfolded), in order. Never raises."""
    boxes: list[Address] = []
    for chunk in _split(line):
        box = chunk.finish()
        if box is not None:
            boxes.append(box)
    return boxes


class _Chunk:
    """What stands between two commas."""

    __slots__ = ("after_angle", "angles", "comments", "oddities", "quoted", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        self.quoted: list[str] = []
        self.comments: list[str] = []
        self.angles: list[str] = []
        self.oddities: set[str] = set()
        self.after_angle = False

    def is_blank(self) -> bool:
        return not (self.words or self.quoted or self.comments or self.angles)

    def finish(self) -> Address | None:
        bare = " ".join("".join(self.words).split())
        if not (bare or self.quoted or self.angles or self.comments):
            return None
        if self.angles:
            return self._with_angles(bare)
        return self._without_angles(bare)

    def _with_angles(self, bare: str) -> Address | None:
        if len(self.angles) > 1:
            self.oddities.add("several angle addresses")
        address = _address_in(self.angles[0], self.oddities)
        raw_name = " ".join([*self.quoted, bare]).strip() if self.quoted else bare
        name = _readable(raw_name) or _readable(" ".join(self.comments))
        self._judge(raw_name, name)
        return Address(name, address, frozenset(self.oddities))

    def _without_angles(self, bare: str) -> Address | None:
        found = [match.group() for match in ADDRESS.finditer(bare)]
        if len(found) == 1 and found[0] == bare:
            name = _readable(" ".join(self.comments))
            self._judge(" ".join(self.comments), name)
            return Address(name, _address_in(bare, self.oddities), frozenset(self.oddities))
        if found:
            self.oddities.add("address among other words")
            return Address(
                _readable(bare.replace(found[0], " ")), _address_in(found[0], self.oddities), frozenset(self.oddities)
            )
        squeezed = _address_in(bare.replace(" ", ""), set()) if "@" in bare else ""
        if squeezed:
            self.oddities.add("address among other words")
            return Address(_readable(" ".join(self.comments)), squeezed, frozenset(self.oddities))
        name = _readable(" ".join([*self.quoted, bare]) or " ".join(self.comments))
        self.oddities.add("no address")
        return Address(name, "", frozenset(self.oddities))

    def _judge(self, raw_name: str, name: str) -> None:
        if "@" in name or "＠" in name:
            self.oddities.add("address in the name")
        if CONTROL.search(raw_name) or CONTROL.search(name):
            self.oddities.add("control characters")


def _split(line: str) -> list[_Chunk]:
    chunks, chunk, at, end = [], _Chunk(), 0, len(line)
    in_group = False
    while at < end and len(chunks) < MOST_BOXES:
        sign = line[at]
        if sign == '"':
            at = _take_quoted(line, at, chunk)
        elif sign == "(":
            at = _take_comment(line, at, chunk)
        elif sign == "<":
            at = _take_angle(line, at, chunk)
        elif sign == ">":
            chunk.oddities.add("stray bracket")
            at += 1
        elif sign in ",;":
            if sign == ";":
                in_group = False
            if not chunk.is_blank():
                chunks.append(chunk)
                chunk = _Chunk()
            if in_group:
                chunk.oddities.add("group")
            at += 1
        elif sign == ":" and _opens_group(line, at, chunk):
            in_group = True
            chunk = _Chunk()
            chunk.oddities.add("group")
            at += 1
        else:
            stop = _end_of_words(line, at)
            text = line[at:stop]
            if chunk.after_angle and text.strip():
                chunk.oddities.add("words after the address")
            else:
                chunk.words.append(text)
            at = stop
    chunks.append(chunk)
    return chunks


def _end_of_words(line: str, at: int) -> int:
    """At least one sign on, whatever it is."""
    stop = at + (line[at] in SPECIALS)
    while stop < len(line) and line[stop] not in SPECIALS:
        if line.startswith("=?", stop):  # a comma inside an encoded word parts nothing
            stop = max(word_end(line, stop), stop + 1)
        else:
            stop += 1
    return stop


def _opens_group(line: str, at: int, chunk: _Chunk) -> bool:
    """A colon ends a group's name, unless it stands inside what can only be an address or a time."""
    if chunk.angles or len(chunk.words) + len(chunk.quoted) > MOST_GROUP_WORDS:
        return False
    before = "".join(chunk.words).strip() or " ".join(chunk.quoted)
    return bool(before) and "@" not in before


def _take_quoted(line: str, at: int, chunk: _Chunk) -> int:
    text, stop = [], at + 1
    while stop < len(line) and line[stop] != '"':
        if line[stop] == "\\" and stop + 1 < len(line):
            stop += 1
        text.append(line[stop])
        stop += 1
    if stop >= len(line):
        chunk.oddities.add("unclosed quote")
        chunk.words.append(line[at + 1 :])
        return len(line)
    if stop + 1 < len(line) and line[stop + 1] == "@":  # "odd local part"@example.org
        match = QUOTED_LOCAL_PART.match(line, at)
        if match:
            chunk.words.append(match.group())
            return match.end()
    if chunk.after_angle:
        chunk.oddities.add("words after the address")
    chunk.quoted.append("".join(text))
    return stop + 1


def _take_comment(line: str, at: int, chunk: _Chunk) -> int:
    depth, stop, text = 0, at, []
    while stop < len(line):
        sign = line[stop]
        if sign == "\\" and stop + 1 < len(line):
            stop += 1
            text.append(line[stop])
        elif sign == "(":
            depth += 1
            if depth > 1:
                text.append(sign)
        elif sign == ")":
            depth -= 1
            if depth == 0:
                break
            text.append(sign)
        else:
            text.append(sign)
        stop += 1
    if depth:
        chunk.oddities.add("unclosed comment")
    chunk.oddities.add("comment")
    chunk.comments.append("".join(text))
    return stop + 1


def _take_angle(line: str, at: int, chunk: _Chunk) -> int:
    stop = line.find(">", at + 1)
    comma = line.find(",", at + 1)
    if stop == -1:
        chunk.oddities.add("unclosed bracket")
        stop = comma if comma != -1 else len(line)
        inside = line[at + 1 : stop]
        next_at = stop
    else:
        inside = line[at + 1 : stop]
        next_at = stop + 1
    if "<" in inside:
        chunk.oddities.add("several angle addresses")
        inside = inside.rpartition("<")[2]
    if "(" in inside:
        chunk.oddities.add("comment")
        inside = _without_comments(inside)
    chunk.angles.append(inside)
    chunk.after_angle = True
    return next_at


def _without_comments(text: str) -> str:
    kept, depth = [], 0
    for sign in text:
        if sign == "(":
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(sign)
    return "".join(kept)


def _address_in(text: str, oddities: set[str]) -> str:
    """The bare address of a piece such as `@route:mary@example.net`, lower case, or "" when there is none."""
    text = text.strip()
    if text.lower().startswith("mailto:"):
        text = text[7:]
    if text.startswith("@") and ":" in text:
        oddities.add("route")
        text = text.rpartition(":")[2]
    if CONTROL.search(text):
        oddities.add("control characters")
        text = CONTROL.sub("", text)
    if any(sign.isspace() for sign in text):
        oddities.add("space in the address")
        text = "".join(text.split())
    if not text.isascii():
        oddities.add("letters beyond ASCII in the address")
    if QUOTED_LOCAL_PART.fullmatch(text):
        oddities.add("quoted local part")
    elif not ADDRESS.fullmatch(text):
        oddities.add("no address")
        return ""
    return text.lower()


def _readable(text: str) -> str:
    """A display name as people should see it: decoded, normalised, without quotes and control characters."""
    text = unicodedata.normalize("NFC", decode_words(text))
    text = CONTROL.sub("", text.replace("\n", " ").replace("\r", " "))
    return " ".join(text.split()).strip("\"' ")[:200]
