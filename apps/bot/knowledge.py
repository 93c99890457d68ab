"""What the program of one body knows: read from the database, kept by the process, read again when it has changed."""

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count, Max

from apps.bot.answering.pieces import Source
from apps.bot.models import ConfirmedAnswer, Training, Vector
from apps.kb.models import Translation, Wording

ARTICLE, ANSWER = "article", "answer"
_kept: dict[int, tuple[Any, Any]] = {}
_building = threading.Lock()
AT_ONCE = 500


def answerer_for(body_id: int) -> Any:
    """The Answerer of a body, as things stand now. Three short queries when nothing has changed."""
    stamp = _stamp(body_id)
    kept = _kept.get(body_id)
    if kept is None or kept[0] != stamp:
        with _building:
            kept = _kept.get(body_id)
            if kept is None or kept[0] != stamp:
                kept = _kept[body_id] = (stamp, _build(body_id))
    return kept[1]


def sources_of(
    body_id: int, *, wording_ids: Iterable[int] | None = None, answer_ids: Iterable[int] | None = None
) -> list[Source]:
    """Published, public articles with their wordings, and confirmed answers; of these two only the named, if any."""
    known = Wording.objects.filter(translation__body_id=body_id)
    if wording_ids is not None:
        known = known.filter(pk__in=list(wording_ids))
    wordings: dict[int, list[str]] = defaultdict(list)
    for translation_id, text in known.values_list("translation_id", "text"):
        wordings[translation_id].append(text)
    found = []
    for row in Translation.objects.public().in_body(body_id).select_related("live").order_by("pk"):
        assert row.live is not None  # `public` says so
        own = tuple(wordings.get(row.pk, ()))
        key = f"{ARTICLE}:{row.article_id}"
        found.append(Source(key, row.language, row.slug, row.live.title, row.live.summary, row.live.text, own))
    answers = ConfirmedAnswer.objects.filter(body_id=body_id, is_active=True)
    if answer_ids is not None:
        answers = answers.filter(pk__in=list(answer_ids))
    found += [Source(f"{ANSWER}:{row.pk}", row.language, "", row.question, text=row.text) for row in answers]
    return found


def vectors_for(sources: Iterable[Source]) -> dict[str, Any]:
    """Text -> meaning for every piece of these; what was not known is made and kept."""
    import numpy as np

    from apps.bot.answering import encoder
    from apps.bot.answering.pieces import pieces_of

    digests = {digest_of(p.text): p.text for source in sources for p in pieces_of(source)}
    names, known = list(digests), {}
    for start in range(0, len(names), AT_ONCE):
        for row in Vector.objects.filter(digest__in=names[start : start + AT_ONCE]):
            known[digests[row.digest]] = np.frombuffer(bytes(row.row), dtype=np.float16)
    missing = [name for name in names if digests[name] not in known]
    for start in range(0, len(missing), AT_ONCE):
        part = missing[start : start + AT_ONCE]
        made = encoder.encode([digests[name] for name in part]).astype(np.float16)
        rows = [Vector(digest=name, row=row.tobytes()) for name, row in zip(part, made, strict=True)]
        Vector.objects.bulk_create(rows, ignore_conflicts=True)
        known.update({digests[name]: row for name, row in zip(part, made, strict=True)})
    return known


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def built_in_weights() -> Any:
    """Fitted once to the articles of the fictional town: good until a body has trained its own."""
    from apps.bot.answering.judge import Weights

    path = Path(__file__).parent / "answering" / "weights.json"
    return Weights.from_json(json.loads(path.read_text()))


def _stamp(body_id: int) -> tuple[Any, ...]:
    articles = Translation.objects.public().in_body(body_id).aggregate(n=Count("pk"), last=Max("updated_at"))
    answers = ConfirmedAnswer.objects.filter(body_id=body_id).aggregate(n=Count("pk"), last=Max("updated_at"))
    live = Training.objects.live().filter(body_id=body_id).values_list("pk", flat=True).first()
    # Without a training every wording counts as soon as it is there; with one, those it was trained with.
    own = Wording.objects.filter(translation__body_id=body_id)
    wordings = None if live else tuple(own.aggregate(n=Count("pk"), last=Max("pk")).values())
    return articles["n"], articles["last"], answers["n"], answers["last"], live, wordings


def _build(body_id: int) -> Any:
    from apps.bot.answering.answerer import Answerer
    from apps.bot.answering.index import Index
    from apps.bot.answering.judge import Weights

    live = Training.objects.live().filter(body_id=body_id).first()
    if live is None:
        sources = sources_of(body_id)
    else:
        sources = sources_of(body_id, wording_ids=live.wording_ids, answer_ids=live.answer_ids)
    weights = Weights.from_json(live.weights) if live and live.weights else built_in_weights()
    return Answerer(Index(sources, vectors_for(sources)), weights)
