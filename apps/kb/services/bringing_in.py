"""Many articles at once, with their languages and ways of asking: from a folder, another system, a town to look at."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models import Office, User
from apps.activity.bus import Actor, record
from apps.core import clock
from apps.kb import events
from apps.kb.errors import NotReady
from apps.kb.models import Article, Category, Revision, Translation, Wording
from apps.kb.services import writing
from apps.kb.services.wordings import distinct
from apps.kb.states import State


@dataclass(frozen=True)
class Words:
    """One language of an article that is brought in; `text` is Markdown, `asked` are ways of asking for it."""

    language: str
    title: str
    text: str
    summary: str = ""
    slug: str = ""
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Incoming:
    """`key` names it among those that come with it; `related` holds such keys."""

    key: str
    office: Office
    words: tuple[Words, ...]
    category: Category | None = None
    is_internal: bool = False
    related: tuple[str, ...] = ()


@transaction.atomic
def bring_in(incoming: Sequence[Incoming], *, author: User, is_published: bool = False) -> list[Article]:
    """The articles, as drafts or published at once: all of them or none. Raises Invalid, NotReady.

    A few statements for all rows; one event an article. A slug that is taken gets a number.
    """
    articles = []
    for one in incoming:
        writing.check_category(one.office, one.category)
        for words in one.words:
            writing.check_words(words.language, words.title, words.summary, words.text)
        articles.append(Article(office=one.office, category=one.category, is_internal=one.is_internal, owner=author))
    Article.objects.bulk_create(articles)
    rows = [
        (words, _draft(article, words)) for one, article in zip(incoming, articles, strict=True) for words in one.words
    ]
    translations = [translation for _words, translation in rows]
    _name(rows)
    Translation.objects.bulk_create(translations)
    _keep_revisions(translations, author, is_published)
    Wording.objects.bulk_create(
        Wording(translation=translation, text=text, author=author)
        for words, translation in rows
        for text in distinct(words.asked).values()
    )
    _relate(incoming, articles)
    for one, article in zip(incoming, articles, strict=True):
        languages = [words.language for words in one.words]
        record(
            events.ArticleBroughtIn(article_id=article.pk, office_id=article.office_id, languages=languages),
            Actor.of(author),
        )
    return articles


def _draft(article: Article, words: Words) -> Translation:
    return Translation(
        article=article,
        body_id=article.office.body_id,
        language=words.language,
        title=words.title,
        summary=words.summary,
        text=words.text,
        version=1,
    )


def _name(rows: Sequence[tuple[Words, Translation]]) -> None:
    """A free slug for each, by body and language."""
    taken: dict[tuple[int, str], set[str]] = {}
    for words, translation in rows:
        shelf = (translation.body_id, translation.language)
        if shelf not in taken:
            here = Translation.objects.filter(body_id=shelf[0], language=shelf[1])
            taken[shelf] = set(here.values_list("slug", flat=True))
        translation.slug = writing.first_free(writing.slug_of(words.slug or words.title), taken[shelf])
        taken[shelf].add(translation.slug)


def _keep_revisions(translations: Sequence[Translation], author: User, is_published: bool) -> None:
    now = clock.now()
    problems = [problem for translation in translations for problem in writing.problems(translation)]
    if is_published and problems:
        raise NotReady(list(dict.fromkeys(problems)))
    revisions = Revision.objects.bulk_create(
        Revision(
            translation=translation,
            number=1,
            title=translation.title,
            summary=translation.summary,
            text=translation.text,
            author=author,
            author_label=author.full_name,
            written_at=now,
            published_at=now if is_published else None,
        )
        for translation in translations
    )
    if not is_published:
        return
    for translation, revision in zip(translations, revisions, strict=True):
        translation.live, translation.published_at, translation.state = revision, now, State.PUBLISHED
    Translation.objects.bulk_update(translations, ["live", "published_at", "state"], batch_size=100)


def _relate(incoming: Sequence[Incoming], articles: Sequence[Article]) -> None:
    by_key = {one.key: article for one, article in zip(incoming, articles, strict=True)}
    between = Article.related.through
    between.objects.bulk_create(
        between(from_article=by_key[one.key], to_article=by_key[key])
        for one in incoming
        for key in dict.fromkeys(one.related)
        if key in by_key and key != one.key
    )
