"""What a reader would stumble over. Pure: Markdown in, findings out."""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt

LONG_SENTENCE = 25  # words

_READER = MarkdownIt("commonmark", {"html": False}).enable(["table"])
_SENTENCE_END = re.compile(r"[.!?…]\s")


@dataclass(frozen=True)
class Findings:
    pictures_without_text: int = 0
    skipped_headings: int = 0
    long_sentences: int = 0
    words_a_sentence: int = 0

    @property
    def is_readable_by_all(self) -> bool:
        """Only these two keep an article from being published: a screen reader is lost without them."""
        return not self.pictures_without_text and not self.skipped_headings


def findings(text: str) -> Findings:
    pictures = skipped = 0
    level = 1  # the title of the page
    sentences: list[int] = []
    for token in _READER.parse(text[:200_000]):
        if token.type == "heading_open":
            own = int(token.tag[1])
            skipped += own > level + 1
            level = own
        for inner in token.children or ():
            pictures += inner.type == "image" and not inner.content.strip()
        if token.type == "inline":
            words = "".join(t.content if t.type in {"text", "code_inline"} else " " for t in token.children or ())
            sentences += [len(part.split()) for part in _SENTENCE_END.split(words + " ") if part.strip()]
    return Findings(
        pictures_without_text=pictures,
        skipped_headings=skipped,
        long_sentences=sum(length > LONG_SENTENCE for length in sentences),
        words_a_sentence=round(sum(sentences) / len(sentences)) if sentences else 0,
    )
