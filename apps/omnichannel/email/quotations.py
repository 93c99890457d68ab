"""Where does a quotation begin? Judged line by line; no language is named here, the words are in phrases.py.

Every pattern meets one line of at most 400 characters (a joined heading: 500), so none can run away.
"""

import re
import unicodedata

from . import phrases

LONGEST_LINE = 400
LONGEST_HEADING = 500
MOST_HEADING_LINES = 4
MOST_HEADINGS = 1_000
MOST_HEADER_LINES = 14


def any_of(phrases_: list[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(set(phrases_), key=len, reverse=True))


ODD_SPACES = re.compile("[\u00a0\u202f\u2007\u2009\u3000\t]")
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
ADDRESS = re.compile(r"[^\s<>()\[\]:,;\"']{1,64}@[\w.-]{1,200}")
DATE = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)|(?<!\d)(?:19|20)\d\d(?!\d)|\d\s?[年月日년월일]"
    r"|(?<!\d)\d{1,2}[ -][a-z]{3,9}[ -]\d{2,4}"
)
STARTS_WITH_DATE = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{4}\s?[年년]|\d{1,2}[:.]\d{2}|\d{1,2}\.? [^\W\d]{3,12}\.? "
)
WROTE = re.compile(rf"(?<![^\W\d_])(?:{any_of(phrases.WROTE)})(?![^\W\d_])")
ENDS_WITH_WROTE = re.compile(rf"(?:{any_of(phrases.WROTE)})\s{{0,3}}[:：]?[-\s]{{0,20}}$")
OPENING = re.compile(rf"(?:{any_of([*phrases.OPENINGS, *phrases.DAYS])})(?=[\s,.\d]|$)")
DASHED = re.compile(r"^[-–—_=*~\s]{0,60}$")
RULE = re.compile(r"^(?:[-–—_=*~#.]\s?){3,120}$|^_{2,120}$")
SEPARATOR_WORDS = any_of(phrases.SEPARATORS)
SEPARATOR = re.compile(rf"^[-–—_=*~+#\s]{{2,60}}(?:{SEPARATOR_WORDS})\s?[:：]?[-–—_=*~+#\s:]{{0,60}}$")
BARE_SEPARATOR = re.compile(rf"^\*?(?:{SEPARATOR_WORDS})\s?[:：]?\*?$")
FORWARD = re.compile(rf"^[-–—_=*~+#>\s]{{0,60}}(?:{any_of(phrases.FORWARDS)})\s?[:：]?[-–—_=*~+#\s:]{{0,60}}$")
BETWEEN_DASHES = re.compile(r"^-{3,60}\s?([^\W\d_][^-]{2,60}?)\s?-{3,60}$")
HEADER_LINE = re.compile(r"^[*_\s]{0,4}([^\W\d_][^:：*]{0,28}?)\s?[*_]{0,2}\s?[:：][*_]{0,2}(?:\s|$|\S)")
QUOTED = re.compile(r"^\s{0,4}(?:>|&gt;)")
ARROWS = re.compile(r"^[>\s]{2,30}[^<>]{1,200}<[<\s]{1,30}$")

KINDS = {
    **{name: "from" for name in phrases.FROM},
    **{name: "to" for name in phrases.TO},
    **{name: "subject" for name in phrases.SUBJECT},
    **{name: "sent" for name in phrases.SENT},
}


def plain(line: str) -> str:
    """A line as the patterns want it: ordinary spaces, nothing invisible, lower case, not too long."""
    line = line[: LONGEST_LINE + 1]
    if not line.isascii():
        line = INVISIBLE.sub("", ODD_SPACES.sub(" ", unicodedata.normalize("NFC", line))).replace("’", "'")
    return line.strip().lower()


def is_quoted(line: str) -> bool:
    return QUOTED.match(line) is not None and (not line.rstrip().endswith("<") or ARROWS.match(line[:300]) is None)


def is_forward(line: str) -> bool:
    """ "Begin forwarded message": what follows is passed on to us on purpose."""
    return bool(line) and len(line) <= 120 and FORWARD.match(line) is not None


def headings(lines: list[str], next_filled: list[int]) -> dict[int, int]:
    """First line -> last line of every "On ... wrote:". `lines` are plain, `next_filled` as in `next_filled_lines`."""
    found: dict[int, int] = {}
    looked_at = 0
    for last, line in enumerate(lines):
        after = next_filled[last]
        next_line = lines[after] if after < len(lines) else ""
        if not _may_end_heading(line, next_line):
            continue
        looked_at += 1
        if looked_at > MOST_HEADINGS:
            break
        first = _heading_ending_at(lines, last, next_line)
        if first is not None:
            found[first] = last
    return found


def next_filled_lines(lines: list[str]) -> list[int]:
    """For each line the index of the next one below it with anything on it."""
    found, below = [0] * len(lines), len(lines)
    for index in range(len(lines) - 1, -1, -1):
        found[index] = below
        if lines[index]:
            below = index
    return found


def _heading_ending_at(lines: list[str], last: int, next_line: str) -> int | None:
    """The first line of the heading whose last line is `last`: the topmost that opens one."""
    found, joined, whole = None, "", False
    for first in range(last, max(0, last - MOST_HEADING_LINES + 1) - 1, -1):
        line = lines[first]
        if not line or len(line) > LONGEST_LINE or (first < last and (is_quoted(line) or _ends_a_sentence(line))):
            break
        joined = f"{line} {joined}".strip()
        opens = _opens_heading(line)
        if len(joined) > LONGEST_HEADING or (whole and not (opens and DATE.search(line))):
            break
        if (opens or found is None) and _is_heading(joined, next_line, opens=opens):
            found, whole = first, opens
    return found


def is_separator(line: str, lines: list[str], at: int) -> bool:
    """ "-----Original message-----" in a known language, or anything between dashes above quoted headers."""
    if not line or len(line) > 120:
        return False
    if SEPARATOR.match(line) or BARE_SEPARATOR.match(line):
        return True
    if BETWEEN_DASHES.match(line):
        return ENDS_WITH_WROTE.search(line.rstrip("- ")) is not None or is_header_block(
            lines, _first_filled(lines, at + 1)
        )
    return False


def is_header_block(lines: list[str], at: int) -> bool:
    """From:, Sent:, To:, Subject: of a quoted message begin at line `at`."""
    return header_block_end(lines, at) > at


def header_block_end(lines: list[str], at: int) -> int:
    """The line after the block of quoted headers at `at`; `at` itself when there is none."""
    if at >= len(lines) or header_kind(lines[at]) not in ("from", "sent", "subject", "to"):
        return at
    kinds, end = {header_kind(lines[at])}, at + 1
    gaps = 0
    for index in range(at + 1, min(at + MOST_HEADER_LINES, len(lines))):
        line = lines[index]
        kind = header_kind(line)
        if kind:
            kinds.add(kind)
            end = index + 1
        elif not line:
            gaps += 1
            if gaps > 1 or len(kinds) > 2:
                break
        elif _looks_like_continuation(line):
            continue
        else:
            break
    if len(kinds) >= 3 or (len(kinds) == 2 and kinds != {"from", "to"} and _has_proof(lines[at:end])):
        return end
    return at


def resembles_header_block(lines: list[str], at: int) -> bool:
    """Two of the next four lines look like headers in any language, and one carries a date or an address."""
    filled = [line for line in lines[at : at + 9] if line][:4]
    named = [line for line in filled if len(line) <= LONGEST_LINE and HEADER_LINE.match(line)]
    return len(named) >= 2 and _has_proof(named)


def is_rule(line: str) -> bool:
    return bool(line) and len(line) <= 240 and RULE.match(line) is not None


def _may_end_heading(line: str, next_line: str) -> bool:
    if not line or len(line) > LONGEST_LINE:
        return False
    if line[-1] in ":：":
        return True
    if line.endswith("-"):
        return ENDS_WITH_WROTE.search(line) is not None
    return is_quoted(next_line) and (line[-1] in ">)" or ENDS_WITH_WROTE.search(line) is not None)


def _is_heading(joined: str, next_line: str, *, opens: bool) -> bool:
    dated = DATE.search(joined) is not None
    addressed = ADDRESS.search(joined) is not None
    said = WROTE.search(joined) is not None
    followed = is_quoted(next_line)
    if dated and addressed:
        return opens or said or followed
    if dated and said:
        return opens or followed
    if addressed and opens and followed:
        return True
    if addressed and said:
        return ENDS_WITH_WROTE.search(joined) is not None
    return said and followed and ENDS_WITH_WROTE.search(joined) is not None


def _opens_heading(line: str) -> bool:
    line = line.lstrip("-–—*_ ([\"'")
    return bool(OPENING.match(line) or STARTS_WITH_DATE.match(line))


def _ends_a_sentence(line: str) -> bool:
    return line.endswith(("?", "!", ";")) or (line.endswith(".") and not DATE.search(line))


def header_kind(line: str) -> str:
    if not line or len(line) > LONGEST_LINE:
        return ""
    match = HEADER_LINE.match(line)
    return KINDS.get(" ".join(match.group(1).split()), "") if match else ""


def _looks_like_continuation(line: str) -> bool:
    return len(line) <= LONGEST_LINE and ("@" in line or line.endswith((";", ">", ",")))


def _has_proof(lines: list[str]) -> bool:
    return any(ADDRESS.search(line) or DATE.search(line) for line in lines)


def _first_filled(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at]:
        at += 1
    return at
