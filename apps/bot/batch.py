"""Many questions at once, for outside checkers and benches."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from apps.bot.answering.answerer import Answerer
from apps.bot.answering.pieces import Source

LANGUAGES = ("es", "it", "en", "pt")


class Unreadable(ValueError):
    """What was handed in is no list of {id, language, question}."""


def questions_in(text: str) -> list[dict[str, Any]]:
    """Raises Unreadable with a sentence that says where."""
    try:
        rows = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error}") from error
    if not isinstance(rows, list):
        raise Unreadable("not a list of questions")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("question"), str):
            raise Unreadable(f'question {number} has no "id" or no text under "question"')
    return rows


def answers(answerer: Answerer, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """{"id", "articles", "confidence", "refused"} for each. `articles` are the nearest, best first, in the language of
    the question where there is one; they are named when `refused` says that none of them is given, too."""
    slugs = _slugs(answerer.index.sources)
    for row in rows:
        language = str(row.get("language") or "")[:2].lower()
        language = language if language in LANGUAGES else "es"
        answer = answerer.answer(row["question"], language)
        named = [slugs[found.key].get(language) or next(iter(slugs[found.key].values())) for found in answer.found]
        yield {
            "id": row["id"],
            "articles": [slug for slug in named if slug],
            "confidence": round(answer.confidence, 4),
            "refused": answer.is_refused,
        }


def _slugs(sources: Iterable[Source]) -> dict[str, dict[str, str]]:
    slugs: dict[str, dict[str, str]] = {}
    for source in sources:
        slugs.setdefault(source.key, {})[source.language] = source.slug
    return slugs
