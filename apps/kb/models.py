"""The knowledge base: an article stands once, its translations each live a life of their own."""

from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import public_id
from apps.core.models import TimeStamped
from apps.core.translated import TranslatedText
from apps.kb.querysets import ArticleQuerySet, CategoryQuerySet, TranslationQuerySet
from apps.kb.states import State


class Category(TimeStamped):
    """A shelf of a body's articles, named in several languages; `slug` is what addresses carry."""

    body = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="kb_categories")
    slug = models.SlugField(max_length=60)
    names = TranslatedText()
    descriptions = TranslatedText()
    position = models.PositiveSmallIntegerField(default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "slug"]
        verbose_name_plural = "categories"
        constraints = [models.UniqueConstraint(fields=["body", "slug"], name="one_category_a_slug")]

    def __str__(self) -> str:
        return str(self.names) or self.slug


class Article(TimeStamped):
    """What its translations share: where it belongs, who may read it, who looks after it."""

    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="articles")
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="articles", verbose_name=_("category")
    )
    is_internal = models.BooleanField(_("only for staff"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="articles"
    )
    review_on = models.DateField(_("review on"), null=True, blank=True)
    review_told_on = models.DateField(null=True, blank=True, editable=False, help_text="whose review date was told")
    related = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="+")
    teams = models.ManyToManyField(
        "accounts.Team", blank=True, related_name="+", help_text="of staff, only these read it; none: all who may"
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]

    def __str__(self) -> str:
        return f"article {self.pk}"

    @cached_property
    def by_language(self) -> dict[str, "Translation"]:
        return {translation.language: translation for translation in self.translations.all()}

    def in_language(self, code: str) -> "Translation | None":
        """This translation, else the one everything is translated from, else any. Reads what was prefetched."""
        own = self.by_language
        return own.get(code) or own.get(self.office.default_language) or next(iter(own.values()), None)


class Translation(TimeStamped):
    """An article in one language. `title`, `summary` and `text` are being worked on; readers see `live`."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="translations")
    body = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+", editable=False)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    slug = models.SlugField(max_length=90)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    title = models.CharField(_("title"), max_length=160)
    summary = models.CharField(_("summary"), max_length=160, blank=True)
    text = models.TextField(_("text"), blank=True, help_text="Markdown")
    live = models.ForeignKey(
        "kb.Revision", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    publish_at = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=0, help_text="counts every save; an open editor compares it")

    objects = TranslationQuerySet.as_manager()

    class Meta:
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="one_translation_a_language"),
            models.UniqueConstraint(fields=["body", "language", "slug"], name="one_article_a_slug"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def path(self) -> str:
        """Where everybody reads it, below the base address."""
        return f"/{self.language}/kb/{self.slug}/"

    @property
    def has_changes(self) -> bool:
        """Published, and worked on since: readers still see the older words."""
        return self.state == State.PUBLISHED and self.live is not None and not self.says_the_same_as(self.live)

    def says_the_same_as(self, revision: "Revision") -> bool:
        own = (self.title, self.summary, self.text)
        return own == (revision.title, revision.summary, revision.text)

    def outdated_since(self, source: "Translation | None") -> datetime | None:
        """When the original was published anew, if that was after this translation."""
        if source is None or source.pk == self.pk or not (self.published_at and source.published_at):
            return None
        return source.published_at if source.published_at > self.published_at else None


class Revision(models.Model):
    """The words as somebody saved them. Never changed once published."""

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    summary = models.CharField(max_length=160, blank=True)
    text = models.TextField(blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    author_label = models.CharField(max_length=120, blank=True)
    written_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["translation", "number"], name="one_revision_a_number")]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class Wording(models.Model):
    """One way people ask for what a translation answers: for the search and for whoever answers from articles."""

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="wordings")
    text = models.CharField(max_length=200)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    written_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class FormerSlug(models.Model):
    """An address an article once had: it leads to where the article is now."""

    body = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+", editable=False)
    language = models.CharField(max_length=5)
    slug = models.SlugField(max_length=90)
    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="former_slugs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "language", "slug"], name="one_former_a_slug")]

    def __str__(self) -> str:
        return self.slug


class ArticleFile(models.Model):
    """A picture or a file that an article shows. Pictures were drawn anew by us (S-17); files are handed down."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="files")
    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    key = models.CharField(max_length=200, editable=False)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    is_picture = models.BooleanField(default=False)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/kb/files/{self.public_id}/"


class Reading(models.Model):
    """A colleague has seen the words of this revision."""

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["translation", "user"], name="one_reading_a_colleague")]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.translation_id}.{self.revision}"


class Feedback(models.Model):
    """What a reader said of an article: whether it was useful, and what was missing. Nobody's name."""

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="feedback")
    revision = models.PositiveIntegerField()
    is_useful = models.BooleanField()
    reason = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=64, blank=True, help_text="hashed; one browser, one voice a revision")
    at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["translation", "revision", "source"], name="one_voice_a_revision")
        ]
        indexes = [models.Index(fields=["translation", "is_useful"], name="kb_feedback_of")]

    def __str__(self) -> str:
        return f"{'yes' if self.is_useful else 'no'} to {self.translation_id}"


class MissedSearch(models.Model):
    """Words that were looked for and not found, counted by their folded form."""

    body = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=5)
    folded = models.CharField(max_length=200)
    text = models.CharField(max_length=200, help_text="as it was last written")
    count = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-count", "-last_at"]
        constraints = [models.UniqueConstraint(fields=["body", "language", "folded"], name="one_miss_a_question")]

    def __str__(self) -> str:
        return self.text


class Synonym(models.Model):
    """Words that mean the same to those who look for something: who writes one finds the others."""

    body = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="+")
    words = models.CharField(max_length=300, help_text="with commas between them")

    class Meta:
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words

    @property
    def listed(self) -> list[str]:
        return [word.strip() for word in self.words.split(",") if word.strip()]


class Citation(models.Model):
    """An answer took over the words or the address of an article."""

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="citations")
    message = models.ForeignKey("tickets.Message", on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["translation", "message"], name="one_citation_a_message")]

    def __str__(self) -> str:
        return f"{self.translation_id} in {self.message_id}"
