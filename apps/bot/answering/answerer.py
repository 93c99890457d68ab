# ruff: noqa: E501  word lists are wide
"""From a question to articles and a confidence. Knows no database and no person."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from apps.bot.answering import encoder, judge, talk
from apps.bot.answering.elsewhere import strangers
from apps.bot.answering.index import Index, Reading
from apps.bot.answering.judge import Weights

MOST = 5  # articles named in an answer
SHORTEST_PART = 2  # words; a shorter part of a question is no question of its own

_PARTS = re.compile(
    r"[?!.;\n]+\s*|,?\s+(?:y|e|and|además|ademas|también|tambien|anche|inoltre|also|além disso|alem disso|otra cosa|un'altra cosa)\s+"
    r"(?=(?:¿|también|tambien|además|ademas|anche|also|que|qué|q|como|cómo|cuando|cuándo|cuanto|cuánto|cuanta|donde|dónde|si|puedo|se puede|hay|quien|"
    r"quanto|quanti|quando|dove|come|cosa|che|posso|si può|how|what|when|where|who|can|do|does|is|are|onde|quais|qual|cadê|tem)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    key: str
    score: float
    confidence: float
    inside: float = 1.0


@dataclass(frozen=True)
class Answer:
    """`found` best first. `talk` names small talk; `is_refused`: nothing here may be given as an answer."""

    found: tuple[Found, ...] = ()
    confidence: float = 0.0
    is_refused: bool = True
    is_clear: bool = False
    talk: str = ""
    wants_person: bool = False
    parts: tuple[str, ...] = field(default=())


class Answerer:
    """`elsewhere`: more examples of what is not answered here, {language: texts}."""

    def __init__(self, index: Index, weights: Weights, elsewhere: Any = None) -> None:
        self.index, self.weights = index, weights
        self.elsewhere = elsewhere if elsewhere is not None else elsewhere_meaning()

    def answer(self, question: str, language: str, *, allowed: Collection[str] | None = None) -> Answer:
        """`allowed`: the keys that may be answered with, None for all."""
        kind = talk.small_talk(question)
        wants_person = talk.wants_a_person(question)
        among = self._among(allowed)
        is_empty = not any(char.isalnum() for char in question)
        if kind or wants_person or is_empty or not among.any():
            return Answer(talk=kind, wants_person=wants_person)
        whole = self._judged(question, language, among)
        parts = parts_of(question)
        if len(parts) < 2:
            return self._as_answer(whole, ())
        judged = [self._judged(part, language, among) for part in parts]
        sure = [rows for rows in judged if rows[0].inside >= self.weights.floor]
        first = list(dict.fromkeys(rows[0].key for rows in sure))
        mixed = [row for rows in sure for row in rows[:1]] + list(whole) + [row for rows in judged for row in rows[1:]]
        best = max([whole[0], *(rows[0] for rows in judged)], key=lambda row: row.confidence)
        if whole[0].confidence >= best.confidence - 0.05 and whole[0].key not in first:
            mixed.insert(0, whole[0])
        kept: dict[str, Found] = {}
        for row in mixed:
            kept.setdefault(row.key, row)
        rows = sorted(kept.values(), key=lambda row: -row.confidence) if len(first) < 2 else list(kept.values())
        inside = max(rows[0].inside for rows in (whole, *judged))
        return self._as_answer(rows, tuple(parts) if len(first) > 1 else (), confidence=best.confidence, inside=inside)

    def _among(self, allowed: Collection[str] | None) -> Any:
        if allowed is None:
            return np.ones(len(self.index.keys), dtype=bool)
        return np.asarray([key in allowed for key in self.index.keys], dtype=bool)

    def _judged(self, question: str, language: str, among: Any) -> list[Found]:
        reading = self.index.read(question, language)
        features = self.index.features(reading)
        order, scores = judge.rank(features, self.weights)
        order = order[among[order]]
        inside, sure = judge.verdict(self.signs(reading, features, order, scores), self.weights)
        top = float(scores[order[0]])
        # What follows the first is as sure as its score is near.
        return [
            Found(self.index.keys[n], float(scores[n]), sure * float(np.exp(min(0.0, float(scores[n]) - top))), inside)
            for n in order[:MOST]
        ]

    def signs(self, reading: Reading, features: Any, order: Any, scores: Any, *, apart: float = 2.0) -> Any:
        """`apart`: examples of elsewhere at least so much alike are left out, as when one of them is asked."""
        near = (self.elsewhere @ reading.meaning.T).max(axis=1) if len(self.elsewhere) else np.zeros(1)
        elsewhere = float(near[near < apart].max(initial=0.0))
        return judge.signs(
            features, order, scores,
            known=reading.known_share, slips=reading.slips, words=len(reading.groups), elsewhere=elsewhere,
        )  # fmt: skip

    def _as_answer(
        self, rows: list[Found], parts: tuple[str, ...], *, confidence: float | None = None, inside: float | None = None
    ) -> Answer:
        sure = rows[0].confidence if confidence is None else confidence
        return Answer(
            found=tuple(rows[:MOST]),
            confidence=sure,
            is_refused=(rows[0].inside if inside is None else inside) < self.weights.floor,
            is_clear=sure >= self.weights.clear,
            parts=parts,
        )


def parts_of(question: str) -> list[str]:
    """The questions within a question; one when it is one."""
    parts = [part.strip(" ,¿¡") for part in _PARTS.split(question)]
    return [part for part in parts if len(part.split()) >= SHORTEST_PART and not talk.small_talk(part)] or [question]


@cache
def elsewhere_meaning() -> Any:
    return encoder.encode([text for _language, text, _group in strangers()])
