"""Fitting the two sums: parts of what is known are hidden, asked for, and looked for again. Nothing else is needed."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from apps.bot.answering import encoder, judge
from apps.bot.answering.answerer import Answerer
from apps.bot.answering.elsewhere import strangers
from apps.bot.answering.index import FEATURES, Index
from apps.bot.answering.judge import Weights
from apps.bot.answering.pieces import Source, pieces_of

FOLDS = 5
MANY = 600  # sources; from here on one fold and a third of the questions are enough, and more would take too long
HIDDEN_SHARE = 0.08  # of the articles, a fold: their questions must be refused
MOST_QUESTIONS = MOST_STRANGERS = 900  # that are asked while fitting, however many wordings there are
CANDIDATES = 25
START = (1.0, 2.0, 1.0, 2.0, 2.5, 1.0, 1.0, 1.0)  # one for each of FEATURES
TOO_ALIKE = 0.72  # a stranger's own likeness is not looked for among its twins in other words or languages
STRANGERS_WEIGH = 4  # so many strangers count as one when it is asked how often an answer is right
EVEN = Weights(
    START, *(judge.Sum((0.0,) * n, 0.0, (0.0,) * n, (1.0,) * n) for n in (len(judge.SIGNS), len(judge.SURE_SIGNS)))
)

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Labelled:
    """A question and the article that answers it; '' for one that must be refused."""

    text: str
    language: str
    key: str


def train(
    sources: Sequence[Source],
    *,
    known: Mapping[str, Any] | None = None,
    progress: Progress = lambda share: None,
    seed: int = 7,
) -> Weights:
    """Weights for these sources. `known` are vectors made before; `progress` hears shares between 0 and 1."""
    chance = random.Random(seed)
    vectors = _vectors(sources, known or {})
    progress(0.3)
    is_large = len(sources) >= MANY
    asked = _questions(sources, chance)[: MOST_QUESTIONS if not is_large else MOST_QUESTIONS // 3]
    others = strangers()
    others = chance.sample(others, k=min(len(others), MOST_STRANGERS if not is_large else MOST_STRANGERS // 3))
    folds = FOLDS if not is_large else 1
    near_rows: list[tuple[Any, int]] = []
    seen: list[tuple[Answerer, Any, Any, int, str]] = []
    for fold in range(folds):
        mine = [question for n, question in enumerate(asked) if n % folds == fold]
        index, hidden = _without(sources, mine, chance, vectors)
        answerer = Answerer(index, EVEN)
        foreign = [Labelled(text, code, "") for n, (code, text, _group) in enumerate(others) if n % folds == fold]
        for question in [*mine, *foreign]:
            if question.key in hidden:
                continue
            reading = index.read(_as_typed(question.text, chance), question.language)
            features = index.features(reading)
            right = index.place.get(question.key, -1)
            seen.append((answerer, reading, features, right, question.key))
            near = np.argsort(-(features @ np.asarray(START, dtype=np.float32)))[:CANDIDATES]
            if right in near:
                near_rows.append((features[near], int(np.where(near == right)[0][0])))
        progress(0.3 + 0.5 * (fold + 1) / folds)
    weights = replace(EVEN, rank=judge.fit_rank(near_rows, start=START))
    table, good, in_scope = [], [], []
    for answerer, reading, features, right, key in seen:
        order, scores = judge.rank(features, weights)
        table.append(answerer.signs(reading, features, order, scores, apart=TOO_ALIKE if not key else 2.0))
        good.append(right >= 0 and int(order[0]) == right)
        in_scope.append(bool(key))
    if not any(good) or all(in_scope):
        return replace(weights, about={"questions": len(asked)})
    weights = replace(weights, scope=judge.fit_sum(table, in_scope, direction=judge.DIRECTION))
    inside = [weights.scope.of(row) for row in table]
    counted = [n for n, is_in in enumerate(in_scope) if is_in or n % STRANGERS_WEIGH == 0]
    rows = [judge.sure_values(table[n], inside[n]) for n in counted]
    weights = replace(weights, sure=judge.fit_sum(rows, [good[n] for n in counted], direction=(1, 1, 1), balance=False))
    sure = [weights.sure.of(row) for row in rows]
    progress(0.9)
    return replace(
        weights,
        floor=judge.best_floor(inside, in_scope),
        clear=_clear(sure, [good[n] for n in counted]),
        about={"questions": len(asked), "features": list(FEATURES), "signs": list(judge.SIGNS)},
    )


def evaluate(answerer: Answerer, questions: Sequence[Labelled]) -> dict[str, Any]:
    """{"first", "in_three", "refused", "wrongly_refused", "precision", "recall", "coverage": shares; "count"} for all
    questions and, under "languages", for each language. A share of nothing is None."""
    outcomes = [(question, answerer.answer(question.text, question.language)) for question in questions]
    figures = _figures(outcomes)
    codes = sorted({question.language for question in questions})
    figures["languages"] = {code: _figures([row for row in outcomes if row[0].language == code]) for code in codes}
    return figures


def _figures(outcomes: Sequence[tuple[Labelled, Any]]) -> dict[str, Any]:
    inside = [(q, a) for q, a in outcomes if q.key]
    outside = [a for q, a in outcomes if not q.key]
    first = [bool(a.found) and a.found[0].key == q.key for q, a in inside]
    given = [(hit, a) for hit, (_q, a) in zip(first, inside, strict=True) if not a.is_refused]
    wrongly_given = sum(not a.is_refused for a in outside)
    return {
        "count": len(outcomes),
        "first": _share(sum(first), len(inside)),
        "in_three": _share(sum(q.key in [f.key for f in a.found[:3]] for q, a in inside), len(inside)),
        "refused": _share(sum(a.is_refused for a in outside), len(outside)),
        "wrongly_refused": _share(sum(a.is_refused for _q, a in inside), len(inside)),
        "precision": _share(sum(hit for hit, _a in given), len(given) + wrongly_given),
        "recall": _share(sum(hit for hit, _a in given), len(inside)),
        "coverage": _share(sum(not a.is_refused for _q, a in outcomes), len(outcomes)),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _vectors(sources: Sequence[Source], known: Mapping[str, Any]) -> dict[str, Any]:
    """Every piece's meaning, each text made once: rows of one table in half precision."""
    texts = list(dict.fromkeys(piece.text for source in sources for piece in pieces_of(source)))
    table = np.empty((len(texts), encoder.WIDTH), dtype=np.float16)
    missing = []
    for n, text in enumerate(texts):
        if text in known:
            table[n] = known[text]
        else:
            missing.append(n)
    for start in range(0, len(missing), 2_000):
        part = missing[start : start + 2_000]
        table[part] = encoder.encode([texts[n] for n in part])
    return dict(zip(texts, table, strict=True))


def _questions(sources: Sequence[Source], chance: random.Random) -> list[Labelled]:
    """Every wording is a question; where an article has none, its title is one."""
    found = [
        Labelled(text, source.language, source.key)
        for source in sources
        for text in (source.wordings or (source.title,))
    ]
    chance.shuffle(found)
    return found[:MOST_QUESTIONS]


def _without(
    sources: Sequence[Source], mine: Sequence[Labelled], chance: random.Random, vectors: Mapping[str, Any]
) -> tuple[Index, set[str]]:
    """The world without these wordings, and without some articles altogether."""
    keys = sorted({source.key for source in sources})
    hidden = set(chance.sample(keys, k=int(len(keys) * HIDDEN_SHARE))) if len(keys) > 5 else set()
    asked = {(question.key, question.text) for question in mine}
    left = [
        replace(source, wordings=tuple(text for text in source.wordings if (source.key, text) not in asked))
        for source in sources
        if source.key not in hidden
    ]
    return Index(left, vectors), hidden


def _as_typed(text: str, chance: random.Random) -> str:
    """Now and then as people type it: without accents, with a slip, in small letters."""
    from apps.search.analyzer import fold

    roll = chance.random()
    if roll < 0.35:
        return text
    text = fold(text).strip("¿?¡!.") if roll < 0.7 else text
    if roll < 0.55 or len(text) < 8:
        return text
    letters = list(text)
    for _slip in range(1 + (len(text) > 30)):
        place = chance.randrange(1, len(letters) - 1)
        if letters[place].isalpha() and letters[place + 1].isalpha():
            kind = chance.randrange(3)
            if kind == 0:
                letters[place], letters[place + 1] = letters[place + 1], letters[place]
            elif kind == 1:
                del letters[place]
            else:
                letters.insert(place, letters[place])
    return "".join(letters)


def _clear(values: Sequence[float], good: Sequence[bool]) -> float:
    """From where on nine of ten answers were right: below it one asks back."""
    clear, right = 0.95, 0
    for count, (value, is_good) in enumerate(sorted(zip(values, good, strict=True), reverse=True), 1):
        right += is_good
        if right / count >= 0.9:
            clear = value
    return min(clear, 0.95)
