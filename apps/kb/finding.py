"""What the public search answers: the articles, and what the question was taken for."""

from dataclasses import dataclass

from apps.accounts.viewers import Viewer
from apps.kb import spelling
from apps.kb.models import Translation


@dataclass(frozen=True)
class Found:
    """`taken_for` is another spelling of the question, when that is what was looked for."""

    rows: list[Translation]
    taken_for: str = ""


def find(question: str, viewer: Viewer, *, language: str, body_id: int, limit: int = 20) -> Found:
    """Public articles for a question in whatever spelling; in `language` when there are any."""
    public = Translation.objects.public().in_body(body_id).for_reading()
    better = spelling.corrected(question, body_id=body_id, language=language)
    for words in filter(None, (better, question)):
        hits = public.matching(words, viewer, language=language, body_id=body_id, any_word=True, limit=limit)
        if rows := list(hits):
            return Found(rows, better if words == better else "")
    return Found([])
