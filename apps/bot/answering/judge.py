"""Which article, and how sure: two small sums whose weights were fitted. Pure numbers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

SIGNS = (
    "score", "lead", "meaning", "meaning_own", "letters", "covered_head", "covered_text", "known", "slips",
    "elsewhere", "words",
)  # fmt: skip
# Which way each sign may count: one that seems to count the other way only repeats another.
DIRECTION = (1, 1, 1, 1, 1, 1, 1, 1, -1, -1, 1)
# Hidden wordings are harder than most questions, so more of them may be lost than of these.
MOST_LOST = 0.12
SURE_SIGNS = ("inside", "lead", "score")


@dataclass(frozen=True)
class Sum:
    """A logistic sum over standardised values."""

    weights: tuple[float, ...]
    offset: float
    mean: tuple[float, ...]
    spread: tuple[float, ...]

    def of(self, values: Any) -> float:
        z = (np.asarray(values) - np.asarray(self.mean)) / np.asarray(self.spread)
        return float(1 / (1 + np.exp(-(z @ np.asarray(self.weights) + self.offset))))


@dataclass(frozen=True)
class Weights:
    """`rank` for the features of an article. `scope` says from the signs whether the question is one for this desk:
    below `floor` nothing is answered. `sure` says how likely the first article is right: from `clear` on nothing is
    asked back."""

    rank: tuple[float, ...]
    scope: Sum
    sure: Sum
    floor: float = 0.5
    clear: float = 0.75
    about: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Weights":
        sums = {name: Sum(**{key: _tuple(value) for key, value in data[name].items()}) for name in ("scope", "sure")}
        return cls(**{**data, **sums, "rank": tuple(data["rank"])})


def rank(features: Any, weights: Weights) -> tuple[Any, Any]:
    """Places of the articles, best first, and all scores."""
    scores = features @ np.asarray(weights.rank, dtype=np.float32)
    return np.argsort(-scores, kind="stable"), scores


def signs(features: Any, order: Any, scores: Any, *, known: float, slips: int, words: int, elsewhere: float) -> Any:
    """What tells a good answer from a bad one; `elsewhere`: how near the question is to what no desk is asked."""
    top = features[order[0]]
    second = float(scores[order[1]]) if len(order) > 1 else 0.0
    score = float(scores[order[0]])
    return np.asarray(
        [
            score, score - second, top[0], top[1], top[3], top[4], top[5], known,
            min(slips, 3) / 3, elsewhere - float(top[0]), min(words, 8) / 8,
        ],
        dtype=np.float64,
    )  # fmt: skip


def verdict(values: Any, weights: Weights) -> tuple[float, float]:
    """Whether the question is one for this desk, and how likely the first article is right; both between 0 and 1."""
    inside = weights.scope.of(values)
    return inside, weights.sure.of(sure_values(values, inside))


def sure_values(values: Any, inside: float) -> Any:
    return np.asarray([np.log((inside + 1e-6) / (1 - inside + 1e-6)), values[1], values[0]])


def fit_rank(examples: Sequence[tuple[Any, int]], *, start: Sequence[float], rounds: int = 400) -> tuple[float, ...]:
    """From (features of the candidates, place of the right one): the right one's share of a softmax is made larger."""
    w = np.asarray(start, dtype=np.float64)
    anchor = w.copy()
    if not examples:
        return tuple(w)
    longest = max(len(rows) for rows, _right in examples)
    width = len(w)
    table = np.zeros((len(examples), longest, width))
    there = np.zeros((len(examples), longest), dtype=bool)
    right = np.asarray([place for _rows, place in examples])
    for number, (rows, _place) in enumerate(examples):
        table[number, : len(rows)] = rows
        there[number, : len(rows)] = True
    each = np.arange(len(examples))
    velocity = np.zeros_like(w)
    for _round in range(rounds):
        scores = np.where(there, table @ w, -1e9)
        scores -= scores.max(axis=1, keepdims=True)
        share = np.exp(scores)
        share /= share.sum(axis=1, keepdims=True)
        slope = table[each, right] - np.einsum("ej,ejw->ew", share, table)
        step = slope.mean(axis=0) - 0.002 * (w - anchor)
        velocity = 0.9 * velocity + step
        w = np.maximum(w + 0.8 * velocity, 0.0)  # no sign of likeness may count against an article
    return tuple(float(v) for v in w)


def fit_sum(
    rows: Sequence[Any], good: Sequence[bool], *, direction: Sequence[int], balance: bool = True, rounds: int = 700
) -> Sum:
    """`direction`: the sign each weight may have. With `balance` both outcomes weigh the same."""
    table, truth = np.asarray(rows, dtype=np.float64), np.asarray(good, dtype=np.float64)
    allowed = np.asarray(direction, dtype=np.float64)
    mean, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread < 1e-6] = 1.0
    z = (table - mean) / spread
    share = min(max(float(truth.mean()), 1e-6), 1 - 1e-6)
    each = np.where(truth > 0, 0.5 / share, 0.5 / (1 - share)) if balance else np.ones_like(truth)
    w, offset = np.zeros(table.shape[1]), 0.0
    velocity, drift = np.zeros_like(w), 0.0
    for _round in range(rounds):
        wrong = each * (truth - 1 / (1 + np.exp(-(z @ w + offset))))
        velocity = 0.9 * velocity + (z.T @ wrong) / len(z) - 0.02 * w
        drift = 0.9 * drift + wrong.mean()
        w, offset = w + 0.3 * velocity, offset + 0.3 * drift
        w = np.where(allowed * w < 0, 0.0, w)
    return Sum(_tuple(w), float(offset), _tuple(mean), _tuple(spread))


def best_floor(values: Sequence[float], in_scope: Sequence[bool], *, most_lost: float = MOST_LOST) -> float:
    """The highest confidence to ask for that loses no more than this share of what could be answered."""
    answered = sorted(value for value, is_in in zip(values, in_scope, strict=True) if is_in)
    return float(answered[int(len(answered) * most_lost)]) if answered else 0.5


def _tuple(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values) if not isinstance(values, (int, float)) else values  # type: ignore[return-value]
