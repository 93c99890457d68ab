"""The questions editors and readers ask."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Subquery, Value, When

from apps.kb.states import State
from apps.search.analyzer import fold
from apps.search.services import search

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer
    from apps.kb.models import Article, Category, Translation  # noqa: F401  named as strings

KIND = "kb"
LANGUAGES = ("es", "it", "en", "pt")


def _open_to(viewer: "Viewer", prefix: str, office: str) -> Q:
    """Articles for some teams alone are read by these, and by who looks after articles in their office."""
    from apps.kb.models import Article

    through = Article.teams.through.objects
    narrowed = through.values("article_id")
    own = through.filter(team__members=viewer.user_id).values("article_id")
    key = f"{prefix}pk" if prefix else "pk"
    keeps = Q(**{f"{office}__in": viewer.offices_with("kb.edit")})
    return ~Q(**{f"{key}__in": narrowed}) | Q(**{f"{key}__in": own}) | keeps


def _synonyms(body_id: int | None) -> dict[str, list[str]]:
    """Folded word -> the others of its groups. One query."""
    from apps.kb.models import Synonym

    found: dict[str, list[str]] = {}
    for group in Synonym.objects.filter(body_id=body_id) if body_id else ():
        for word in group.listed:
            found.setdefault(fold(word), []).extend(other for other in group.listed if other != word)
    return found


class CategoryQuerySet(models.QuerySet["Category"]):
    def in_body(self, body_id: int) -> "CategoryQuerySet":
        return self.filter(body_id=body_id)

    def visible_to(self, viewer: "Viewer") -> "CategoryQuerySet":
        return self.filter(body_id__in=viewer.body_ids)

    def with_counts(self) -> "CategoryQuerySet":
        """`article_count`: articles everybody may read, in whatever language. Empty shelves are left out."""
        readable = Q(articles__is_internal=False, articles__translations__state=State.PUBLISHED)
        counted = Count("articles", filter=readable, distinct=True)
        return self.annotate(article_count=counted).filter(article_count__gt=0)


class ArticleQuerySet(models.QuerySet["Article"]):
    def visible_to(self, viewer: "Viewer") -> "ArticleQuerySet":
        """Staff: the articles of their offices, whatever their state. Everybody else: what is published for all."""
        if viewer.is_staff:
            own = self.filter(office_id__in=viewer.offices_with("kb.view"))
            return own.filter(_open_to(viewer, "", "office_id"))
        return self.filter(is_internal=False).with_state(State.PUBLISHED)

    def with_state(self, state: str) -> "ArticleQuerySet":
        return self.filter(Exists(self._translations(state=state)))

    def without_language(self, code: str) -> "ArticleQuerySet":
        return self.exclude(Exists(self._translations(language=code, state=State.PUBLISHED)))

    def titled_like(self, text: str) -> "ArticleQuerySet":
        return self.filter(Exists(self._translations(title__icontains=text)))

    def due_for_review(self, today: Any) -> "ArticleQuerySet":
        return self.filter(review_on__lte=today)

    def for_list(self) -> "ArticleQuerySet":
        """All a row shows: two queries more, however many rows."""
        return self.select_related("category", "office", "owner").prefetch_related("translations__live")

    @staticmethod
    def _translations(**conditions: Any) -> "models.QuerySet[Translation]":
        from apps.kb.models import Translation

        return Translation.objects.filter(article=OuterRef("pk"), **conditions)


class TranslationQuerySet(models.QuerySet["Translation"]):
    def visible_to(self, viewer: "Viewer") -> "TranslationQuerySet":
        """Staff: all of their offices, and what is published for all in their bodies. Everybody else: the latter.

        The body is not asked here for readers outside: a page shows one body and says `in_body`.
        """
        if not viewer.is_staff:
            return self.public()
        own = Q(article__office_id__in=viewer.offices_with("kb.view"))
        own &= _open_to(viewer, "article__", "article__office_id")
        for_all = Q(state=State.PUBLISHED, article__is_internal=False, body_id__in=viewer.body_ids)
        return self.filter(own | for_all)

    def published(self) -> "TranslationQuerySet":
        return self.filter(state=State.PUBLISHED, live__isnull=False)

    def public(self) -> "TranslationQuerySet":
        """Published, and for everybody."""
        return self.published().filter(article__is_internal=False)

    def in_body(self, body_id: int) -> "TranslationQuerySet":
        return self.filter(body_id=body_id)

    def in_category(self, category: Any) -> "TranslationQuerySet":
        return self.filter(article__category=category)

    def in_language(self, code: str, *, fallback: str = "es") -> "TranslationQuerySet":
        """One translation an article: in `code`, else in `fallback`, else another. Published ones only."""
        rank = Case(
            When(language=code, then=Value(0)),
            When(language=fallback, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        best = self.model._default_manager.filter(article=OuterRef("article"), state=State.PUBLISHED)
        return self.published().filter(pk=Subquery(best.order_by(rank, "pk").values("pk")[:1]))

    def matching(
        self,
        text: str,
        viewer: "Viewer",
        *,
        language: str = "",
        body_id: int | None = None,
        any_word: bool = False,
        is_typing: bool = False,
        limit: int = 20,
    ) -> "TranslationQuerySet":
        """What `text` finds, best first. In `language` if anything is found there, else in any."""
        asked: Any = {"kind": KIND, "languages": LANGUAGES, "body_id": body_id, "any_word": any_word, "limit": limit}
        asked["synonyms"] = _synonyms(body_id)
        hits = search(text, viewer, **asked, language=language, is_typing=is_typing)
        if not hits and language:
            hits = search(text, viewer, **asked, is_typing=is_typing)
        if not hits:
            return self.none()
        order = Case(*(When(pk=hit.object_id, then=Value(place)) for place, hit in enumerate(hits)))
        return self.published().filter(pk__in=[hit.object_id for hit in hits]).order_by(order)

    def newest_first(self) -> "TranslationQuerySet":
        return self.order_by("-published_at", "-pk")

    def for_reading(self) -> "TranslationQuerySet":
        """All a page or a list of readers shows, in one query."""
        return self.select_related("live", "article__category", "article__office")
