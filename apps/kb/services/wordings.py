"""How people ask for an article: in force at once, found by the search, learnt by whoever answers from articles."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.activity.bus import Actor, record
from apps.core.errors import Invalid
from apps.kb import events
from apps.kb.models import Translation, Wording
from apps.search.analyzer import words

MOST_WORDINGS = 100
WORDING_LENGTH = 200


@transaction.atomic
def keep_wordings(translation: Translation, *, texts: Iterable[str], author: User | None) -> list[Wording]:
    """Exactly these, in this order; two that differ in case and accents alone are one. Raises Invalid."""
    wanted = distinct(texts)
    if len(wanted) > MOST_WORDINGS:
        raise Invalid("too_many", _("An article keeps at most 100 ways of asking."), field="wordings")
    there = {_folded(wording.text): wording for wording in translation.wordings.all()}
    translation.wordings.exclude(pk__in=[there[key].pk for key in wanted if key in there]).delete()
    Wording.objects.bulk_create(
        Wording(translation=translation, text=text, author=author) for key, text in wanted.items() if key not in there
    )
    record(_changed(translation, len(wanted)), Actor.of(author))
    return list(translation.wordings.all())


@transaction.atomic
def add_wording(translation: Translation, *, text: str, author: User | None) -> Wording:
    """One more way to ask; the one that is there already when it says the same. Raises Invalid."""
    wanted = distinct([text])
    if not wanted:
        raise Invalid("empty", _("Write how people ask."), field="wordings")
    there = {_folded(wording.text): wording for wording in translation.wordings.all()}
    ((key, one),) = wanted.items()
    if key in there:
        return there[key]
    if len(there) >= MOST_WORDINGS:
        raise Invalid("too_many", _("An article keeps at most 100 ways of asking."), field="wordings")
    wording = Wording.objects.create(translation=translation, text=one, author=author)
    record(_changed(translation, len(there) + 1), Actor.of(author))
    return wording


def distinct(texts: Iterable[str]) -> dict[str, str]:
    """The ways of asking by their folded words, each once, the first spelling kept."""
    found: dict[str, str] = {}
    for text in texts:
        one = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:WORDING_LENGTH]
        if _folded(one):
            found.setdefault(_folded(one), one)
    return found


def _folded(text: str) -> str:
    return " ".join(words(text))


def _changed(translation: Translation, count: int) -> events.WordingsChanged:
    return events.WordingsChanged(
        article_id=translation.article_id,
        office_id=translation.article.office_id,
        translation_id=translation.pk,
        language=translation.language,
        count=count,
    )
