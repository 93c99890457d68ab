"""What can happen to an article: ids and plain values only."""

from dataclasses import dataclass
from typing import ClassVar

from apps.activity.bus import Event


@dataclass(frozen=True)
class ArticleEvent(Event):
    subject_kind: ClassVar[str] = "article"
    article_id: int
    office_id: int  # type: ignore[assignment]

    @property
    def subject_id(self) -> int:
        return self.article_id


@dataclass(frozen=True)
class TranslationEvent(ArticleEvent):
    translation_id: int
    language: str


@dataclass(frozen=True)
class ArticleWritten(TranslationEvent):
    """A first draft in this language. Later saves are revisions, not events."""


@dataclass(frozen=True)
class ArticleSubmitted(TranslationEvent):
    pass


@dataclass(frozen=True)
class ArticleSentBack(TranslationEvent):
    pass


@dataclass(frozen=True)
class ArticlePublished(TranslationEvent):
    revision: int


@dataclass(frozen=True)
class ArticleRetired(TranslationEvent):
    pass


@dataclass(frozen=True)
class ArticlePlaced(ArticleEvent):
    """Its category, audience, owner or review date changed."""

    is_internal: bool


@dataclass(frozen=True)
class ArticleBroughtIn(ArticleEvent):
    """It came with others from elsewhere, in these languages."""

    languages: list[str]


@dataclass(frozen=True)
class WordingsChanged(TranslationEvent):
    """How people ask for it; `count` ways now."""

    count: int


@dataclass(frozen=True)
class PublicationPlanned(TranslationEvent):
    """To be published at this moment (ISO); empty: the plan was given up."""

    at: str


@dataclass(frozen=True)
class ArticleRenamed(TranslationEvent):
    """It has another address; the old one leads to it."""

    old: str
    new: str


@dataclass(frozen=True)
class FileAdded(ArticleEvent):
    name: str


@dataclass(frozen=True)
class FileRemoved(ArticleEvent):
    name: str


@dataclass(frozen=True)
class ArticleJudged(TranslationEvent):
    """A reader said whether it was useful."""

    is_useful: bool


@dataclass(frozen=True)
class SynonymsKept(Event):
    """Which words mean the same to the search of a body; `count` groups."""

    subject_kind: ClassVar[str] = "office"
    body_id: int
    office_id: int
    count: int

    @property
    def subject_id(self) -> int:
        return self.body_id
