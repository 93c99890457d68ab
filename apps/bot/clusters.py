"""Questions that were asked alike stand together: what one decision can settle."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.bot.models import Question

ALIKE = 0.66  # from here on two questions mean the same often enough to be shown together
MOST = 400  # of the newest questions


@dataclass(frozen=True)
class Cluster:
    """`questions` newest first; the first speaks for all. `suggested`: keys of the nearest articles, best first."""

    questions: tuple[Question, ...]
    suggested: tuple[str, ...] = ()
    confidence: float = 0.0

    @property
    def pks(self) -> str:
        return ",".join(str(question.pk) for question in self.questions)


def clusters(questions: Sequence[Question], answerer: Any) -> list[Cluster]:
    """Most asked first."""
    from apps.bot.answering import encoder

    rows = list(questions)[:MOST]
    meaning = encoder.encode([row.text[:300] for row in rows])
    heads: list[int] = []
    members: dict[int, list[int]] = {}
    for n in range(len(rows)):
        near = [(float(meaning[n] @ meaning[head]), head) for head in heads if rows[head].body_id == rows[n].body_id]
        likeness, head = max(near, default=(0.0, -1))
        if likeness >= ALIKE:
            members[head].append(n)
        else:
            heads.append(n)
            members[n] = [n]
    found = []
    for head in heads:
        answer = answerer.answer(rows[head].text, rows[head].language)
        found.append(
            Cluster(
                tuple(rows[n] for n in members[head]),
                tuple(row.key for row in answer.found[:3]),
                answer.confidence,
            )
        )
    return sorted(found, key=lambda cluster: -len(cluster.questions))
