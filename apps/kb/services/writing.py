"""Written, moved from state to state, taken back to earlier words."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.accounts.models import Office, Team, User
from apps.accounts.viewers import ANONYMOUS, Viewer
from apps.activity.bus import Actor, record
from apps.core import clock
from apps.core.errors import Invalid
from apps.core.html import text_from_html
from apps.core.markdown import LONGEST
from apps.kb import events, reading
from apps.kb.checks import findings
from apps.kb.errors import MoveNotAllowed, NotReady, SavedMeanwhile
from apps.kb.models import Article, Category, FormerSlug, Revision, Translation
from apps.kb.states import MOVES, State
from apps.tickets.models import Ticket

SAME_SITTING = timedelta(minutes=10)  # saves of one author this close together are one revision
TITLE_LENGTH = SUMMARY_LENGTH = 160


@transaction.atomic
def create_article(
    office: Office,
    *,
    author: User,
    language: str,
    title: str,
    summary: str = "",
    text: str = "",
    category: Category | None = None,
    is_internal: bool = False,
) -> Translation:
    """A new article with its first draft."""
    check_category(office, category)
    article = Article.objects.create(office=office, category=category, is_internal=is_internal, owner=author)
    return save_draft(article, language=language, title=title, summary=summary, text=text, author=author)


@transaction.atomic
def save_draft(
    article: Article,
    *,
    language: str,
    title: str,
    author: User,
    summary: str = "",
    text: str = "",
    slug: str = "",
    seen_version: int | None = None,
    is_new_sitting: bool = False,
) -> Translation:
    """Keep the words; readers see them once they are published. Makes the translation when there is none.

    `seen_version` is the one the editor opened with: when another save came since, SavedMeanwhile is raised.
    The slug can change only until the first publication. Raises Invalid.
    """
    title, summary, text = _one_line(title), _one_line(summary), text.replace("\r\n", "\n").replace("\x00", "")
    check_words(language, title, summary, text)
    translation = Translation.objects.select_for_update(of=("self",)).filter(article=article, language=language).first()
    is_new = translation is None
    if translation is None:
        translation = Translation(article=article, body_id=article.office.body_id, language=language)
    elif seen_version is not None and seen_version != translation.version:
        raise SavedMeanwhile(translation.version)
    translation.title, translation.summary, translation.text = title, summary, text
    if is_new or (translation.published_at is None and slug):
        translation.slug = _free_slug(translation, slug or title)
    translation.version += 1
    translation.save()
    Article.objects.filter(pk=article.pk).update(updated_at=clock.now())
    _keep_revision(translation, author, is_new_sitting=is_new_sitting)
    if is_new:
        record(events.ArticleWritten(**names_of(translation)), Actor.of(author))
    return translation


@transaction.atomic
def rename(translation: Translation, *, slug: str, actor: Any) -> Translation:
    """Another address; the one it had leads there from now on. Raises Invalid when another article has it."""
    translation = locked(translation)
    wanted, old = slug_of(slug), translation.slug
    if wanted == old:
        return translation
    if _free_slug(translation, wanted) != wanted:
        raise Invalid("taken", _("Another article has this address."), field="slug")
    shelf = {"body_id": translation.body_id, "language": translation.language}
    FormerSlug.objects.filter(**shelf, slug__in=[wanted, old]).delete()
    if translation.published_at is not None:
        FormerSlug.objects.create(**shelf, slug=old, translation=translation)
    translation.slug = wanted
    translation.version += 1
    translation.save(update_fields=["slug", "version"])
    record(events.ArticleRenamed(**names_of(translation), old=old, new=wanted), Actor.of(actor))
    return translation


@transaction.atomic
def place(
    article: Article,
    *,
    category: Category | None,
    is_internal: bool,
    review_on: Any = None,
    owner: User | None = None,
    teams: Iterable[Team] | None = None,
    related: Iterable[Article] | None = None,
    actor: Any,
) -> Article:
    """Where it stands, who reads it, who looks after it and when next. None leaves teams and related as they are.

    Teams narrow who of the staff reads an internal article; a public one is for everybody. Raises Invalid.
    """
    check_category(article.office, category)
    teams = None if teams is None else list(teams)
    if teams and not is_internal:
        raise Invalid("public_for_few", _("Only an internal article can be for some teams alone."), field="teams")
    article.category, article.is_internal, article.review_on, article.owner = category, is_internal, review_on, owner
    article.save()
    if teams is not None:
        article.teams.set(teams)
    if related is not None:
        article.related.set(one for one in related if one.pk != article.pk)
    event = events.ArticlePlaced(article_id=article.pk, office_id=article.office_id, is_internal=is_internal)
    record(event, Actor.of(actor))
    return article


@transaction.atomic
def keep_category(
    body: Office, *, names: dict[str, str], position: int = 0, category: Category | None = None
) -> Category:
    """A new shelf, or new names for one. Its address stays. Raises Invalid."""
    names = {code: _one_line(name)[:80] for code, name in names.items() if code in dict(settings.LANGUAGES)}
    names = {code: name for code, name in names.items() if name}
    if not names:
        raise Invalid("empty", _("A category needs a name."), field="names")
    if category is None:
        category = Category(body=body)
        base = slugify(names.get(body.default_language) or next(iter(names.values())))[:50].strip("-") or "category"
        taken = set(Category.objects.in_body(body.pk).filter(slug__startswith=base).values_list("slug", flat=True))
        category.slug = first_free(base, taken)
    category.names, category.position = names, position
    category.save()
    return category


@transaction.atomic
def submit(translation: Translation, *, actor: Any) -> Translation:
    """Ask somebody who may publish to read it."""
    _move(translation, State.IN_REVIEW)
    record(events.ArticleSubmitted(**names_of(translation)), Actor.of(actor))
    return translation


@transaction.atomic
def send_back(translation: Translation, *, actor: Any) -> Translation:
    """To the desk of the writer: from review, or from retirement."""
    _move(translation, State.DRAFT)
    record(events.ArticleSentBack(**names_of(translation)), Actor.of(actor))
    return translation


@transaction.atomic
def publish(translation: Translation, *, actor: Any) -> Translation:
    """Readers see the words as they are now, and find them at once. Raises NotReady, MoveNotAllowed."""
    translation = locked(translation)
    if found := problems(translation):
        raise NotReady(found)
    now = clock.now()
    revision = _keep_revision(translation, actor if isinstance(actor, User) else None)
    revision.published_at = now
    revision.save(update_fields=["published_at"])
    translation.live, translation.published_at = revision, now
    translation.publish_at = translation.planned_by = None
    _move(translation, State.PUBLISHED, "live", "published_at", "publish_at", "planned_by")
    record(events.ArticlePublished(**names_of(translation), revision=revision.number), Actor.of(actor))
    return translation


@transaction.atomic
def retire(translation: Translation, *, actor: Any) -> Translation:
    """Taken from the readers; the words and their history stay."""
    _move(translation, State.RETIRED)
    record(events.ArticleRetired(**names_of(translation)), Actor.of(actor))
    return translation


def restore(revision: Revision, *, author: User) -> Translation:
    """Earlier words become the draft again; nothing is lost, nothing is published."""
    translation = revision.translation
    return save_draft(
        translation.article,
        language=translation.language,
        title=revision.title,
        summary=revision.summary,
        text=revision.text,
        author=author,
        is_new_sitting=True,
    )


def article_for(
    slug: str, language: str, *, body_id: int | None = None, viewer: Viewer = ANONYMOUS
) -> Translation | None:
    """The published article behind an address, or None: not there and not for this viewer are the same (S-28).

    An address in one language may lead to the article in another: when the slug belongs to a translation in
    another language, the one in `language` is given if it is published, else the one that was asked for.
    """
    readable = Translation.objects.visible_to(viewer).published().for_reading()
    if body_id is not None:
        readable = readable.in_body(body_id)
    found = readable.filter(slug=slug, language=language).first() or readable.filter(slug=slug).order_by("pk").first()
    if found is None or found.language == language:
        return found
    return readable.filter(article_id=found.article_id, language=language).first() or found


def suggest_for(ticket: Ticket, *, limit: int = 3) -> list[Translation]:
    """Public articles that may answer what the person wrote, in their language where there is one."""
    words = f"{ticket.subject} {ticket.last_text if ticket.last_direction == 'in' else ''}"
    found = Translation.objects.public().in_body(ticket.office.body_id).for_reading()
    language = ticket.language or ticket.office.default_language
    body_id = ticket.office.body_id
    return list(found.matching(words, ANONYMOUS, language=language, body_id=body_id, any_word=True)[:limit])


def insertable(translation: Translation) -> tuple[str, str]:
    """What an answer takes over: the address, and the words as plain text."""
    words = text_from_html(reading.public_html(translation), links=True)
    return f"{settings.ACUDO_BASE_URL}{translation.path}", words


def check_words(language: str, title: str, summary: str, text: str) -> None:
    if language not in dict(settings.LANGUAGES):
        raise Invalid("unknown_language", _("There is no such language."), field="language")
    if not title:
        raise Invalid("empty", _("An article needs a title."), field="title")
    if len(title) > TITLE_LENGTH:
        raise Invalid("too_long", _("Keep the title within 160 characters."), field="title")
    if len(summary) > SUMMARY_LENGTH:
        raise Invalid("too_long", _("Keep the summary within 160 characters."), field="summary")
    if len(text) > LONGEST:
        raise Invalid("too_long", _("This text is too long. Make two articles of it."), field="text")


def check_category(office: Office, category: Category | None) -> None:
    if category is not None and category.body_id != office.body_id:
        raise Invalid("foreign_category", _("There is no such category."), field="category")


def problems(translation: Translation) -> list[str]:
    found = findings(translation.text)
    sentences = [
        (not translation.text.strip(), _("Write the text first.")),
        (found.pictures_without_text, _("A picture has no text for those who cannot see it.")),
        (found.skipped_headings, _("A heading skips a level.")),
    ]
    return [sentence for is_so, sentence in sentences if is_so]


def _free_slug(translation: Translation, wish: str) -> str:
    base = slug_of(wish)
    taken = set(
        Translation.objects.filter(body_id=translation.body_id, language=translation.language, slug__startswith=base)
        .exclude(pk=translation.pk)
        .values_list("slug", flat=True)
    )
    return first_free(base, taken)


def slug_of(wish: str) -> str:
    return slugify(wish)[:80].strip("-") or "article"


def first_free(base: str, taken: set[str]) -> str:
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)


def _keep_revision(translation: Translation, author: User | None, *, is_new_sitting: bool = False) -> Revision:
    """The newest revision when it says the same or is of this sitting, else a new one."""
    last = translation.revisions.first()
    if last and translation.says_the_same_as(last):
        return last
    words = {"title": translation.title, "summary": translation.summary, "text": translation.text}
    now = clock.now()
    is_same_sitting = (
        last is not None
        and not is_new_sitting
        and last.published_at is None
        and last.author_id == (author.pk if author else None)
        and now - last.written_at < SAME_SITTING
    )
    if last and is_same_sitting:
        for name, value in words.items():
            setattr(last, name, value)
        last.save(update_fields=list(words))
        return last
    return Revision.objects.create(
        translation=translation,
        number=(last.number if last else 0) + 1,
        author=author,
        author_label=author.full_name if author else "",
        written_at=now,
        **words,
    )


def locked(translation: Translation) -> Translation:
    """The row as it is now, held until the commit; the caller's object takes over its values."""
    fresh = Translation.objects.select_for_update(of=("self",)).select_related("article__office").get(pk=translation.pk)
    translation.__dict__.update({k: v for k, v in fresh.__dict__.items() if k != "_state"})
    translation._state.fields_cache = fresh._state.fields_cache
    return translation


def _move(translation: Translation, to: str, *fields: str) -> None:
    if not fields:
        locked(translation)
    if to not in MOVES[translation.state]:
        raise MoveNotAllowed(translation.state, to)
    if to in {State.RETIRED, State.DRAFT}:
        translation.publish_at = translation.planned_by = None
        fields = (*fields, "publish_at", "planned_by")
    translation.state = to
    translation.version += 1
    translation.save(update_fields=["state", "version", *fields])


def names_of(translation: Translation) -> dict[str, Any]:
    article = translation.article
    return {
        "article_id": article.pk,
        "office_id": article.office_id,
        "translation_id": translation.pk,
        "language": translation.language,
    }


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
