"""What did the person newly write? Their own words, apart from the quotation and the signature. Pure and linear."""

import re
from dataclasses import dataclass

from . import markup, phrases
from .quotations import (
    DASHED,
    any_of,
    header_block_end,
    headings,
    is_forward,
    is_header_block,
    is_quoted,
    is_rule,
    is_separator,
    next_filled_lines,
    plain,
    resembles_header_block,
)

MOST_LINES = 10_000
LONGEST_FOOTER = 12  # lines below a drawn line that still pass for a list's or a company's footer
LONGEST_CLOSING = 12
WRAPPED_FROM = 60  # a quoted line this long may have been broken by the mail program

SIGNATURE_MARK = re.compile(r"^--\s?$")
FENCE = re.compile(r"^\s{0,3}```")
SENT_FROM = re.compile(rf"^(?:{any_of(phrases.SENT_FROM)})(?=[^\w]|$|my|mi|il|meu|mon)")
DEVICE = re.compile(rf"(?<![^\W\d_])(?:{any_of(phrases.DEVICES)})")
FROM_PRODUCT = re.compile(
    rf"^(?:{any_of(phrases.SENT_FROM)})\s(?:my|mi|il mio|meu|mon|meinem|mijn|min|mój)?\s?\w{{0,3}}machine"
)
CLOSING = re.compile(rf"^(?:{any_of(phrases.CLOSINGS)})\s?[,.!;:]{{0,2}}$")
AFTERTHOUGHT = re.compile(r"^(?:p\.?\s?[sd]\.?|nb|n\.b\.?)(?:\s|:)")


@dataclass(frozen=True, slots=True)
class Reply:
    """`text` is what was newly written; `rest` what was taken away, in its order."""

    text: str
    rest: str


def from_text(text: str, *, is_passed_on: bool = False) -> Reply:
    """`is_passed_on`: the subject says that something is passed on; then all of it is what the person sends us."""
    if is_passed_on:
        return Reply(text.strip(), "")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = _Reader(lines[:MOST_LINES])
    reader.read()
    reader.rest.extend(lines[MOST_LINES:])
    kept = _without_closing(_trimmed(reader.kept))
    written = "\n".join(kept).strip()
    if not written and not reader.quotes:  # nothing but a forwarded message, say: then that is what they sent
        return Reply(text.strip(), "")
    return Reply(written, "\n".join(reader.rest).strip("\n"))


def from_html(html: str, *, is_passed_on: bool = False) -> Reply:
    return from_text(markup.text_from(html, marks=not is_passed_on), is_passed_on=is_passed_on)


class _Reader:
    """Goes down the lines once and puts each where it belongs."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.plain = [plain(line) for line in lines]
        self.next_filled = next_filled_lines(self.plain)
        self.headings = headings(self.plain, self.next_filled)
        self.kept: list[str] = []
        self.rest: list[str] = []
        self.quotes = 0  # lines that carry a quotation mark
        self.in_signature = False
        self.in_fence = False

    def read(self) -> None:
        at = 0
        while at < len(self.lines):
            at = self._step(at)

    def _step(self, at: int) -> int:
        line, bare = self.lines[at], self.plain[at]
        if FENCE.match(line):
            self.in_fence = not self.in_fence
        if self.in_fence:
            return self._keep(at)
        if is_quoted(line):
            return self._take_quoted(at)
        if is_forward(bare):
            self.kept.extend(line for line in self.lines[at:] if line not in (markup.CUT, markup.BORDER))
            return len(self.lines)
        if self._is_rest_from_here(at, line, bare):
            return self._take_all(at)
        block_end = header_block_end(self.plain, at) if not self._wrote_anything() else at
        if block_end > at:  # headers pasted above the whole text: neither written nor quoted
            return self._drop(at, block_end)
        heading_end = self.headings.get(at)
        if heading_end is not None:
            if is_quoted(self._after(heading_end)) or not self._wrote_anything_or_signature():
                return self._drop(at, heading_end + 1, quotes=is_quoted(self._after(heading_end)))
            return self._take_all(at)
        if not self.in_signature and self._begins_signature(at, bare):
            self.in_signature = True
        return self._drop(at, at + 1) if self.in_signature else self._keep(at)

    def _is_rest_from_here(self, at: int, line: str, bare: str) -> bool:
        if line == markup.CUT:
            return True
        if line == markup.BORDER:
            return resembles_header_block(self.plain, at + 1)
        if not bare:
            return False
        if is_separator(bare, self.plain, at):
            return True
        if not self._wrote_anything():
            return False
        if is_header_block(self.plain, at):
            return True
        return DASHED.match(bare) is not None and len(bare) > 2 and is_header_block(self.plain, self.next_filled[at])

    def _take_quoted(self, at: int) -> int:
        self.in_signature = False
        self.quotes += 1
        self.rest.append(self.lines[at])
        at += 1
        # A line the mail program broke: no mark of its own, but between two that have one.
        while (
            at + 1 < len(self.lines)
            and self.plain[at]
            and not is_quoted(self.lines[at])
            and is_quoted(self.lines[at + 1])
            and len(self.lines[at - 1]) >= WRAPPED_FROM
        ):
            self.rest.append(self.lines[at])
            at += 1
        return at

    def _begins_signature(self, at: int, bare: str) -> bool:
        if SIGNATURE_MARK.match(bare):
            return self._wrote_anything()
        previous_is_empty = at == 0 or not self.plain[at - 1]
        if previous_is_empty and is_sent_from(bare):
            return True
        if bare.startswith("__") and is_rule(bare) and self._wrote_anything():
            return self._unquoted_lines_below(at) <= LONGEST_FOOTER
        return False

    def _unquoted_lines_below(self, at: int) -> int:
        count = 0
        for index in range(at + 1, len(self.lines)):
            if is_quoted(self.lines[index]):
                break
            count += bool(self.plain[index])
            if count > LONGEST_FOOTER:
                break
        return count

    def _wrote_anything(self) -> bool:
        return any(line.strip() for line in self.kept[:50])

    def _wrote_anything_or_signature(self) -> bool:
        return self._wrote_anything() or self.in_signature

    def _after(self, at: int) -> str:
        index = self.next_filled[at]
        return self.lines[index] if index < len(self.lines) else ""

    def _keep(self, at: int) -> int:
        if self.lines[at] not in (markup.CUT, markup.BORDER):
            self.kept.append(self.lines[at])
        return at + 1

    def _drop(self, at: int, end: int, *, quotes: bool = False) -> int:
        self.quotes += quotes
        if quotes:
            self.in_signature = False
        self.rest.extend(self.lines[at:end])
        return end

    def _take_all(self, at: int) -> int:
        if self._wrote_anything():
            self.quotes += 1
        self.rest.extend(line for line in self.lines[at:] if line not in (markup.CUT, markup.BORDER))
        return len(self.lines)


def is_sent_from(bare: str) -> bool:
    """A whole line that a telephone or a mail program adds by itself."""
    if not bare or len(bare) > 160:
        return False
    bare = bare.lstrip("*_[(<- ")
    if not SENT_FROM.match(bare):
        return False
    words = bare.split("<")[0].split("(")[0].split()
    if FROM_PRODUCT.match(bare):
        return True
    return (
        len(words) <= 9
        and DEVICE.search(bare) is not None
        and not bare.rstrip("*_ ").endswith(("?", ":", ","))
        and ". " not in bare
        and ", " not in " ".join(words)
    )


def _trimmed(lines: list[str]) -> list[str]:
    """Without empty lines and drawn lines at the end, where only what followed gave them sense."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or is_rule(lines[end - 1].strip())):
        end -= 1
    return lines[:end]


def _without_closing(lines: list[str]) -> list[str]:
    """Without "Regards," and the block of name, office and telephone below it. A lone name stays: people sign so."""
    for at in range(max(1, len(lines) - LONGEST_CLOSING), len(lines)):
        if not CLOSING.match(plain(lines[at])):
            continue
        below = [line.strip() for line in lines[at + 1 :] if line.strip()]
        if len(below) < 2 or any(_is_prose(line) for line in below):
            return lines
        return _trimmed(lines[:at])
    return lines


def _is_prose(line: str) -> bool:
    return len(line) > 70 or line.endswith(("?", ":")) or AFTERTHOUGHT.match(line.lower()) is not None
