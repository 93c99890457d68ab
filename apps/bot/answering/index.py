"""Everything that can be answered with, laid out for comparing: terms, letters, meaning. Built once, read by many."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from apps.bot.answering import encoder
from apps.bot.answering.pieces import PASSAGE, SHORT_KINDS, TITLE, WORDING, Piece, Source, pieces_of
from apps.bot.answering.spelling import Speller, plain_words
from apps.bot.answering.talk import without_courtesy
from apps.search.analyzer import EMPTY_WORDS, STEMMERS, analyze, fold

Vectors = Any  # rows of WIDTH numbers
FEATURES = ("meaning", "meaning_own", "meaning_wide", "letters", "covered_head", "covered_text", "rare_head", "bm25")
GRAMS = (3, 4)
WEIGHT_OF = {TITLE: 2.0, WORDING: 1.5}
SATURATION, LENGTH_SHARE = 1.2, 0.4  # of BM25
LONGEST_QUESTION = 600  # characters that are looked at


@dataclass(frozen=True)
class Reading:
    """A question as it was understood: its variants, their meaning, its terms in groups with one weight a group."""

    language: str
    variants: tuple[str, ...]
    meaning: Vectors
    groups: tuple[tuple[frozenset[str], float], ...]
    slips: int
    known_share: float  # of the weight of its words: 1.0 when the articles use all of them


class Index:
    """`sources` in whatever languages. `known` may bring vectors that were made before: {text: row}."""

    def __init__(self, sources: Sequence[Source], known: Mapping[str, Vectors] | None = None) -> None:
        self.sources = list(sources)
        self.keys = sorted({source.key for source in sources})
        self.place = {key: number for number, key in enumerate(self.keys)}
        pieces = sorted((p for source in sources for p in pieces_of(source)), key=lambda p: self.place[p.key])
        self.pieces = pieces
        self._lay_out_meaning(pieces, known or {})
        self._lay_out_terms(pieces)
        self._lay_out_letters(pieces)
        texts: dict[str, list[str]] = defaultdict(list)
        for piece in pieces:
            texts[piece.language].append(piece.text)
        self.spellers = {code: Speller(code, texts[code]) for code in STEMMERS}

    # -- laying out ------------------------------------------------------------------------------------------------

    def _lay_out_meaning(self, pieces: Sequence[Piece], known: Mapping[str, Vectors]) -> None:
        missing = list(dict.fromkeys(piece.text for piece in pieces if piece.text not in known))
        made = dict(zip(missing, encoder.encode(missing).astype(np.float16), strict=True))
        # Half precision: half the memory, and the order of the nearest stays the same.
        self.meaning = np.empty((len(pieces), encoder.WIDTH), dtype=np.float16)
        for n, piece in enumerate(pieces):
            self.meaning[n] = made[piece.text] if piece.text in made else known[piece.text]
        self.article_of = np.asarray([self.place[piece.key] for piece in pieces], dtype=np.int32)
        self.first_of = np.searchsorted(self.article_of, np.arange(len(self.keys)))
        self.languages = np.asarray([piece.language for piece in pieces])
        self.is_passage = np.asarray([piece.kind == PASSAGE for piece in pieces], dtype=bool)

    def _lay_out_terms(self, pieces: Sequence[Piece]) -> None:
        heads: list[Counter[str]] = [Counter() for _key in self.keys]
        texts: list[Counter[str]] = [Counter() for _key in self.keys]
        for piece in pieces:
            side = texts if piece.kind == PASSAGE else heads
            weight = WEIGHT_OF.get(piece.kind, 1.0)
            for term in analyze(piece.language, piece.text):
                side[self.place[piece.key]][term] += weight  # type: ignore[assignment]
        self.heads, self.texts = _postings(heads), _postings(texts)
        seen: Counter[str] = Counter()
        for head, text in zip(heads, texts, strict=True):
            seen.update(head.keys() | text.keys())
        count = max(1, len(self.keys))
        self.rarity = {term: math.log(1 + (count - n + 0.5) / (n + 0.5)) for term, n in seen.items()}
        self.rarest = math.log(1 + (count + 0.5) / 0.5)
        lengths = np.asarray([sum(h.values()) + sum(t.values()) for h, t in zip(heads, texts, strict=True)] or [1.0])
        self.length = (1 - LENGTH_SHARE) + LENGTH_SHARE * lengths / max(1.0, float(lengths.mean()))

    def _lay_out_letters(self, pieces: Sequence[Piece]) -> None:
        self.short = np.asarray([n for n, p in enumerate(pieces) if p.kind in SHORT_KINDS], dtype=np.int64)
        found: dict[str, list[int]] = defaultdict(list)
        weights: dict[str, list[float]] = defaultdict(list)
        counted = [Counter(grams(pieces[n].language, pieces[n].text)) for n in self.short]
        seen: Counter[str] = Counter(gram for counts in counted for gram in counts)
        total = max(1, len(counted))
        self.gram_rarity = {gram: math.log(1 + total / n) for gram, n in seen.items()}
        for row, counts in enumerate(counted):
            values = {gram: math.sqrt(n) * self.gram_rarity[gram] for gram, n in counts.items()}
            norm = math.sqrt(sum(v * v for v in values.values())) or 1.0
            for gram, value in values.items():
                found[gram].append(row)
                weights[gram].append(value / norm)
        self.grams = {
            gram: (np.asarray(rows, dtype=np.int32), np.asarray(weights[gram], dtype=np.float32))
            for gram, rows in found.items()
        }

    # -- asking ----------------------------------------------------------------------------------------------------

    def read(self, question: str, language: str) -> Reading:
        """Variants: as it was typed, in plain words as the articles spell them, and without the courtesy around it."""
        typed = " ".join(question[:LONGEST_QUESTION].split())
        mended, slips = self._mend(language, plain_words(language, typed))
        bare = without_courtesy(language, mended)
        variants = tuple(dict.fromkeys(text for text in (typed, mended, bare) if text)) or ("",)
        groups, known, asked = [], 0.0, 0.0
        for word in dict.fromkeys(bare.split()):
            terms = frozenset(analyze(language, word))
            if not terms or fold(word) in EMPTY_WORDS.get(language, ()):
                continue
            weight = min((self.rarity[t] for t in terms if t in self.rarity), default=None)
            known += weight or 0.0
            weight = self.rarest if weight is None else weight
            asked += weight
            groups.append((terms, weight))
        return Reading(
            language=language,
            variants=variants,
            meaning=encoder.encode(variants),
            groups=tuple(groups),
            slips=slips,
            known_share=known / asked if asked else 0.0,
        )

    def features(self, reading: Reading) -> Any:
        """A row for each article, a column for each of FEATURES, all about between 0 and 1."""
        columns = np.zeros((len(self.keys), len(FEATURES)), dtype=np.float32)
        if not self.keys:
            return columns
        near = self._nearness(reading)
        columns[:, 0] = np.maximum.reduceat(near, self.first_of)
        own = np.where(self.languages == reading.language, near, -1.0)
        columns[:, 1] = np.maximum(np.maximum.reduceat(own, self.first_of), 0)
        columns[:, 2] = self._wide(near)
        columns[:, 3] = self._letters(reading)
        columns[:, 4], columns[:, 5], columns[:, 6], columns[:, 7] = self._terms(reading)
        return columns

    def _mend(self, language: str, text: str) -> tuple[str, int]:
        speller = self.spellers.get(language)
        return speller.mend(text) if speller else (text, 0)

    def _nearness(self, reading: Reading) -> Any:
        near = np.empty(len(self.pieces), dtype=np.float32)
        for start in range(0, len(self.pieces), 8192):  # in blocks: the wide copy stays small
            block = self.meaning[start : start + 8192].astype(np.float32)
            near[start : start + 8192] = (block @ reading.meaning.T).max(axis=1)
        return near

    def _wide(self, near: Any) -> Any:
        """The mean of an article's three nearest pieces: one lucky sentence is less than an article about it."""
        out = np.zeros(len(self.keys), dtype=np.float32)
        bounds = np.append(self.first_of, len(near))
        best = np.argsort(-np.maximum.reduceat(near, self.first_of))[:40]  # the rest has no chance
        for article in best:
            part = near[bounds[article] : bounds[article + 1]]
            top = np.partition(part, -min(3, len(part)))[-min(3, len(part)) :]
            out[article] = top.mean()
        return out

    def _letters(self, reading: Reading) -> Any:
        best = np.zeros(len(self.keys), dtype=np.float32)
        for variant in reading.variants:
            counts = Counter(grams(reading.language, variant))
            values = {g: math.sqrt(n) * self.gram_rarity.get(g, 1.0) for g, n in counts.items()}
            norm = math.sqrt(sum(v * v for v in values.values())) or 1.0
            scores = np.zeros(len(self.short), dtype=np.float32)
            for gram, value in values.items():
                if gram in self.grams:
                    rows, weights = self.grams[gram]
                    scores[rows] += weights * (value / norm)
            np.maximum.at(best, self.article_of[self.short], scores)
        return best

    def _terms(self, reading: Reading) -> tuple[Any, Any, Any, Any]:
        """What share of the question's weight head and text have, the rarest word met, BM25 beside the best."""
        head, text, rare, score = (np.zeros(len(self.keys), dtype=np.float32) for _n in range(4))
        asked = sum(weight for _terms, weight in reading.groups) or 1.0
        for terms, weight in reading.groups:
            in_head, in_text = self._met(self.heads, terms), self._met(self.texts, terms)
            head += (in_head > 0) * weight
            text += ((in_head + in_text) > 0) * weight
            rare = np.maximum(rare, (in_head > 0) * weight / self.rarest)
            many = 2 * in_head + in_text
            score += weight * many * (SATURATION + 1) / (many + SATURATION * self.length)
        best = float(score.max()) if len(score) else 0.0
        return head / asked, text / asked, rare, score / best if best > 0 else score

    def _met(self, postings: Mapping[str, tuple[Any, Any]], terms: frozenset[str]) -> Any:
        met = np.zeros(len(self.keys), dtype=np.float32)
        for term in terms:
            if term in postings:
                articles, counts = postings[term]
                met[articles] = np.maximum(met[articles], counts)
        return met


def grams(language: str, text: str) -> list[str]:
    """Pieces of words, with their edges; words that every text has are left out."""
    empty = EMPTY_WORDS.get(language, frozenset())
    found = []
    for word in fold(text).split():
        letters = "".join(c for c in word if c.isalnum())
        if not letters or letters in empty:
            continue
        edged = f" {letters} "
        for n in GRAMS:
            found += [edged[i : i + n] for i in range(max(1, len(edged) - n + 1))]
    return found


def _postings(counted: Sequence[Mapping[str, float]]) -> dict[str, tuple[Any, Any]]:
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for article, counts in enumerate(counted):
        for term, count in counts.items():
            found[term].append((article, count))
    return {
        term: (np.asarray([a for a, _c in pairs], dtype=np.int32), np.asarray([c for _a, c in pairs], dtype=np.float32))
        for term, pairs in found.items()
    }
