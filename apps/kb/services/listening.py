"""What readers tell us: was it useful, what did they look for and not find, which words mean the same to them."""

import re
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.accounts.models import Office
from apps.activity.bus import Actor, record
from apps.core import clock
from apps.core.errors import Invalid
from apps.kb import events
from apps.kb.models import Feedback, MissedSearch, Synonym, Translation
from apps.kb.services import writing
from apps.search.analyzer import words

REASONS = ("other_topic", "unclear", "incomplete", "outdated")
MOST_MISSES = 5_000  # of one body that wait for somebody; more are not noted
MOST_SYNONYMS = 500
_PERSONAL = re.compile(r"@|\d[\d .-]{4,}\d")


@transaction.atomic
def give_feedback(
    translation: Translation, *, is_useful: bool, reason: str = "", said: str = "", source: str = ""
) -> Feedback:
    """One voice for a source and a revision: who says something again corrects what they said."""
    words_said = " ".join(said.split())[:500]
    revision = translation.live.number if translation.live else 0
    told = {"is_useful": is_useful, "reason": reason if reason in REASONS else "", "words": words_said}
    row, is_new = Feedback.objects.update_or_create(
        translation=translation, revision=revision, source=source, defaults=told | {"at": clock.now(), "done_at": None}
    )
    if is_new:
        record(events.ArticleJudged(**writing.names_of(translation), is_useful=is_useful), Actor("system"))
    return row


def note_miss(body_id: int, *, language: str, question: str) -> None:
    """Count words that found nothing. What looks like somebody's address or number is not kept."""
    folded = " ".join(words(question))[:200]
    if len(folded) < 3 or _PERSONAL.search(question):
        return
    where = {"body_id": body_id, "language": language, "folded": folded}
    told = {"count": F("count") + 1, "text": question[:200], "last_at": clock.now(), "done_at": None}
    if MissedSearch.objects.filter(**where).update(**told):
        return
    if MissedSearch.objects.filter(body_id=body_id, done_at=None).count() >= MOST_MISSES:
        return
    try:
        with transaction.atomic():
            MissedSearch.objects.create(**where, text=question[:200])
    except IntegrityError:  # somebody asked the same at this moment
        MissedSearch.objects.filter(**where).update(**told)


def settle(row: MissedSearch | Feedback) -> None:
    """Somebody has seen to it. The same question asked again opens it anew."""
    type(row).objects.filter(pk=row.pk).update(done_at=clock.now())


@transaction.atomic
def keep_synonyms(body: Office, *, lines: Iterable[str], actor: Any) -> list[Synonym]:
    """Exactly these groups, one a line, single words with commas between them. Raises Invalid."""
    groups: list[list[str]] = []
    for line in lines:
        group = list(dict.fromkeys(word.strip().lower() for word in line.split(",") if word.strip()))
        if not group:
            continue
        if len(group) < 2 or any(" " in word or len(word) > 40 for word in group):
            raise Invalid("not_synonyms", _("Write at least two single words a line, with commas."), field="synonyms")
        groups.append(group)
    if len(groups) > MOST_SYNONYMS:
        raise Invalid("too_many", _("At most 500 groups of words."), field="synonyms")
    Synonym.objects.filter(body=body).delete()
    rows = Synonym.objects.bulk_create(Synonym(body=body, words=", ".join(group)[:300]) for group in groups)
    record(events.SynonymsKept(body_id=body.pk, office_id=body.pk, count=len(rows)), Actor.of(actor))
    return rows
