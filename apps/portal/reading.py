"""An article made easier to read: an index of its headings, the words that were looked for set off. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from html import unescape

from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import slugify

LEAST_HEADINGS = 4
_HEADING = re.compile(r"<(h[23])>(.*?)</\1>", re.DOTALL)


@dataclass(frozen=True)
class Heading:
    anchor: str
    text: str


@dataclass(frozen=True)
class Body:
    """`html` is clean, with anchors on its headings; `headings` is empty when there are too few for an index."""

    html: SafeString
    headings: tuple[Heading, ...]


def with_index(html: SafeString) -> Body:
    """Give the headings of already cleaned markup names to jump to."""
    found: list[Heading] = []

    def anchored(match: re.Match[str]) -> str:
        text = unescape(strip_tags(match[2]))
        anchor = slugify(text)[:60] or "part"
        if any(heading.anchor == anchor for heading in found):
            anchor = f"{anchor}-{len(found) + 1}"
        found.append(Heading(anchor, text))
        opening = format_html('<{} id="s-{}" tabindex="-1">', SafeString(match[1]), anchor)
        return f"{opening}{match[2]}</{match[1]}>"

    marked = SafeString(_HEADING.sub(anchored, html))
    return Body(marked, tuple(found) if len(found) >= LEAST_HEADINGS else ())


def mark(text: str, question: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it begins like a word of the question; accents and case do not count."""
    wanted = [_plain(word)[:5] for word in re.findall(r"\w+", question) if len(word) > 2]
    if not wanted:
        return [(text, False)]
    pieces = [
        (piece, piece[:1].isalnum() and any(_plain(piece).startswith(word) for word in wanted))
        for piece in re.findall(r"\w+|\W+", text)
    ]
    return pieces or [(text, False)]


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))
