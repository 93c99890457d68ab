"""An article is taken apart into the short pieces a question can resemble. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

TITLE, WORDING, SUMMARY, HEADING, PASSAGE = "title", "wording", "summary", "heading", "passage"
SHORT_KINDS = frozenset({TITLE, WORDING, SUMMARY, HEADING})
MOST_PASSAGES = 8  # of one translation: what stands far below is seldom what is asked for
LONGEST_PASSAGE = 240  # characters

_MARKUP = re.compile(r"!\[([^\]]*)\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)|[*_`>|#]+|^\s*(?:[-+]|\d+\.)\s+", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?…:])\s+|\n+")
_RULE = re.compile(r"^[\s|:-]+$")


@dataclass(frozen=True)
class Source:
    """What can be answered with: an article in one language, and the ways people have asked for it.

    `key` names the article across its languages; `slug` is its address in this one.
    """

    key: str
    language: str
    slug: str
    title: str
    summary: str = ""
    text: str = ""
    wordings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    key: str
    language: str
    kind: str
    text: str


def pieces_of(source: Source) -> Iterator[Piece]:
    def piece(kind: str, text: str) -> Piece:
        return Piece(source.key, source.language, kind, text)

    yield piece(TITLE, source.title)
    for wording in source.wordings:
        yield piece(WORDING, wording)
    if source.summary:
        yield piece(SUMMARY, source.summary)
    passages = 0
    for kind, text in _passages(source.text):
        if kind == HEADING:
            yield piece(HEADING, f"{source.title}: {text}")
        elif passages < MOST_PASSAGES:
            passages += 1
            yield piece(PASSAGE, text)


def _passages(text: str) -> Iterable[tuple[str, str]]:
    for line in text.splitlines():
        if not line.strip() or _RULE.match(line):
            continue
        words = " ".join(_MARKUP.sub(r" \1\2 ", line).split())
        if line.lstrip().startswith("#"):
            yield HEADING, words
            continue
        for sentence in _SENTENCE_END.split(words):
            if len(sentence) > 12:
                yield PASSAGE, sentence[:LONGEST_PASSAGE]
