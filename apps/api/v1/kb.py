"""Articles, each with its languages: written, moved from state to state, and taken back to earlier words."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from apps.accounts.models import User
from apps.api.describing import writing
from apps.api.v1.base import LARGEST_NUMBER, Filters, Input, Resource, pick
from apps.core.markdown import LONGEST
from apps.kb import rights, services
from apps.kb.models import Article, Category, Revision, Translation
from apps.kb.services import SUMMARY_LENGTH, TITLE_LENGTH
from apps.kb.states import State

LANGUAGE = r"translations/<slug:language>"


class TranslationOut(serializers.ModelSerializer):
    has_changes = serializers.BooleanField(help_text="Published, and worked on since: readers see the older words.")

    class Meta:
        model = Translation
        fields = [
            "language",
            "slug",
            "state",
            "title",
            "summary",
            "text",
            "version",
            "has_changes",
            "published_at",
            "updated_at",
        ]
        read_only_fields = fields


class RevisionOut(serializers.ModelSerializer):
    author = serializers.CharField(source="author_label")

    class Meta:
        model = Revision
        fields = ["number", "title", "summary", "text", "author", "written_at", "published_at"]
        read_only_fields = fields


class ArticleOut(serializers.ModelSerializer):
    office = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    category = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    translations = TranslationOut(many=True)

    class Meta:
        model = Article
        fields = ["id", "office", "category", "is_internal", "owner", "review_on", "translations", "updated_at"]
        read_only_fields = fields


class Words(Input):
    """Markdown in `text`. The slug can change only until the first publication.

    `seen_version` is the version the writer began from: when somebody saved since, nothing is written and 409 says so.
    """

    title = serializers.CharField(max_length=TITLE_LENGTH)
    summary = serializers.CharField(max_length=SUMMARY_LENGTH, required=False, allow_blank=True, default="")
    text = serializers.CharField(
        max_length=LONGEST, required=False, allow_blank=True, trim_whitespace=False, default=""
    )
    slug = serializers.SlugField(max_length=80, required=False, allow_blank=True, default="")
    seen_version = serializers.IntegerField(min_value=0, max_value=LARGEST_NUMBER, required=False, default=None)


class NewArticle(Input):
    office = serializers.SlugField()
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    title = serializers.CharField(max_length=TITLE_LENGTH)
    summary = serializers.CharField(max_length=SUMMARY_LENGTH, required=False, allow_blank=True, default="")
    text = serializers.CharField(
        max_length=LONGEST, required=False, allow_blank=True, trim_whitespace=False, default=""
    )
    category = serializers.SlugField(required=False, allow_null=True, default=None)
    is_internal = serializers.BooleanField(required=False, default=False)


class PlaceArticle(Input):
    """Where it stands, who reads it, who looks after it and when next. What is not named stays."""

    category = serializers.SlugField(required=False, allow_null=True)
    is_internal = serializers.BooleanField(required=False)
    owner = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False, allow_null=True)
    review_on = serializers.DateField(required=False, allow_null=True)


class NewState(Input):
    """`in_review` asks for a reader, `draft` sends it back, `published` shows it, `retired` takes it away."""

    state = serializers.ChoiceField(choices=State.choices)


class Restoration(Input):
    revision = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER)


class ArticleFilters(Filters):
    state = filters.ChoiceFilter(choices=State.choices, method="in_state")
    category = filters.CharFilter(field_name="category__slug")
    title = filters.CharFilter(method="titled")

    def in_state(self, rows: Any, name: str, value: str) -> Any:
        return rows.with_state(value)

    def titled(self, rows: Any, name: str, value: str) -> Any:
        return rows.titled_like(value)


SOME_WORDS = {
    "title": "How to become a member",
    "summary": "What to bring and how long it takes.",
    "text": "Come with your identity card.\n\n## Children\n\nUnder 12, come with an adult.",
}


class Articles(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    queryset = Article.objects.none()
    serializer_class = ArticleOut
    filterset_class = ArticleFilters
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    orders = {"newest": ("-pk",), "oldest": ("pk",)}

    def get_queryset(self) -> QuerySet[Article]:
        rows = Article.objects.visible_to(self.viewer)  # type: ignore[attr-defined]
        return rows.select_related("office", "category", "owner").prefetch_related("translations__live")

    @writing(
        takes=NewArticle,
        gives=ArticleOut,
        code=201,
        example={"office": "library", "language": "en", **SOME_WORDS},
        once=True,
    )
    def create(self, request: Any) -> Response:
        data = self.read(NewArticle)
        office = self.office(data.pop("office"), "kb.edit")

        def act() -> Response:
            category = self._category(data["category"], office.body_id)
            draft = services.create_article(office, author=request.user, **{**data, "category": category})
            return self.answer(draft.article, status.HTTP_201_CREATED)

        return self.once(act)

    @writing(takes=PlaceArticle, gives=ArticleOut, example={"category": "loans", "review_on": "2030-05-02"})
    def partial_update(self, request: Any, id: int) -> Response:
        article = self._article("kb.edit")
        data = self.read(PlaceArticle)
        fields = {name: getattr(article, name) for name in ("category", "is_internal", "owner", "review_on")} | data
        if "category" in data:
            fields["category"] = self._category(data["category"], article.office.body_id)
        if data.get("owner") is not None:
            fields["owner"] = self._owner(article, data["owner"])
        self.permit(rights.may_place(self.viewer, article, is_internal=fields["is_internal"]))
        services.place(article, actor=self.actor, **fields)
        return self.answer(article)

    @writing(takes=Words, gives=TranslationOut, example=SOME_WORDS)
    @action(detail=True, methods=["put"], url_path=LANGUAGE, filterset_class=None)
    def words(self, request: Any, id: int, language: str) -> Response:
        """Keep the words of one language; makes the translation when there is none. Readers see them once published."""
        article = self._article("kb.edit")
        self._known(language)
        saved = services.save_draft(article, language=language, author=request.user, **self.read(Words))
        return self._translation_answer(saved)

    @writing(takes=NewState, gives=TranslationOut, example={"state": "published"})
    @action(detail=True, methods=["put"], url_path=f"{LANGUAGE}/state", filterset_class=None)
    def state(self, request: Any, id: int, language: str) -> Response:
        own = self._translation(language)
        to = self.read(NewState)["state"]
        self.permit(rights.may_move(self.viewer, own.article, to))
        return self._translation_answer(rights.move_to(own, to, actor=self.actor))

    @writing(gives=RevisionOut(many=True))
    @action(detail=True, methods=["get"], url_path=f"{LANGUAGE}/revisions", pagination_class=None, filterset_class=None)
    def revisions(self, request: Any, id: int, language: str) -> Response:
        """The latest 200, newest first."""
        rows = self._translation(language).revisions.all()[:200]
        return Response(RevisionOut(rows, many=True, context=self.get_serializer_context()).data)

    @writing(takes=Restoration, gives=TranslationOut, example={"revision": 3}, once=True)
    @action(detail=True, methods=["post"], url_path=f"{LANGUAGE}/restorations", filterset_class=None)
    def restore(self, request: Any, id: int, language: str) -> Response:
        """Earlier words become the draft again; nothing is lost, nothing is published."""
        own = self._translation(language)
        self.require("kb.edit", own.article.office_id)
        number = self.read(Restoration)["revision"]
        revisions = Revision.objects.filter(translation=own).select_related("translation__article__office")

        def act() -> Response:
            revision: Any = pick(revisions, "revision", number=number)
            return self._translation_answer(services.restore(revision, author=request.user))

        return self.once(act)

    def _article(self, verb: str) -> Article:
        article = self.get_object()
        self.require(verb, article.office_id)
        return article

    def _translation(self, language: str) -> Translation:
        """The words of the article in that language; none yet is not there."""
        own = self.get_object().by_language.get(language)
        if own is None:
            raise Http404
        return own

    def _translation_answer(self, translation: Translation) -> Response:
        fresh = Translation.objects.select_related("live").get(pk=translation.pk)
        return Response(TranslationOut(fresh, context=self.get_serializer_context()).data)

    def _known(self, language: str) -> None:
        if language not in dict(settings.LANGUAGES):
            raise Http404

    def _category(self, slug: str | None, body_id: int | None) -> Any:
        if slug is None:
            return None
        return pick(Category.objects.visible_to(self.viewer).filter(body_id=body_id), "category", slug=slug)  # type: ignore[attr-defined]

    def _owner(self, article: Article, pk: int) -> Any:
        above = [int(part) for part in article.office.path.strip("/").split("/")]
        return pick(User.objects.active().working_in(above), "owner", pk=pk)
