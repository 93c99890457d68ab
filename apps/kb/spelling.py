"""Words that no article knows, and the nearest that one does: "renuovar" was meant as "renovar"."""

import time
from dataclasses import dataclass
from functools import lru_cache

from apps.kb.models import Translation, Wording
from apps.search.analyzer import EMPTY_WORDS, analyze, fold, query_terms, words

KEPT_SECONDS = 600
MOST_TEXTS = 60_000
SHORTEST = 4
_known: dict[tuple[int, str], "_Vocabulary"] = {}


def corrected(question: str, *, body_id: int, language: str) -> str:
    """The question with unknown words replaced by near ones, or "" when there is nothing to replace.

    One slip is forgiven in a word, two from eight letters on. The vocabulary is that of public titles, summaries and
    ways of asking, read at most every ten minutes.
    """
    known = _vocabulary(body_id, language)
    said = question.split()
    better = [_nearest(word, known, language) or word for word in said]
    return " ".join(better) if better != said else ""


def forget() -> None:
    _known.clear()


@dataclass(frozen=True)
class _Vocabulary:
    """`words` as they are written, folded; `terms` also without their endings: a plural is no mistake."""

    words: frozenset[str]
    terms: frozenset[str]
    read_at: float


def _nearest(word: str, known: _Vocabulary, language: str) -> str:
    folded = fold(word.strip("¿?¡!.,;:"))
    if len(folded) < SHORTEST or not folded.isalpha() or folded in known.words:
        return ""
    if any(folded in empty for empty in EMPTY_WORDS.values()):
        return ""
    if any(term in known.terms for group in query_terms((language,), word) for term in group):
        return ""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA  # three megabytes that only a misspelt word needs

    slips = 1 + (len(folded) >= 8)
    best = process.extractOne(
        folded, _by_length(known.words, len(folded), slips), scorer=OSA.distance, score_cutoff=slips
    )
    return best[0] if best else ""


@lru_cache(maxsize=24)
def _by_length(vocabulary: frozenset[str], length: int, slips: int) -> list[str]:
    return sorted(word for word in vocabulary if abs(len(word) - length) <= slips)


def _vocabulary(body_id: int, language: str) -> _Vocabulary:
    kept = _known.get((body_id, language))
    if kept and time.monotonic() - kept.read_at < KEPT_SECONDS:
        return kept
    shown = Translation.objects.public().in_body(body_id).filter(language=language)
    asked = Wording.objects.filter(translation__in=shown)
    texts = [*shown.values_list("live__title", "live__summary"), *asked.values_list("text")]
    found = {word for row in texts[:MOST_TEXTS] for text in row for word in words(text) if len(word) >= SHORTEST}
    terms = {term for word in found for term in analyze(language, word)}
    kept = _Vocabulary(frozenset(found), frozenset(terms), time.monotonic())
    if found:
        _known[(body_id, language)] = kept
    return kept
