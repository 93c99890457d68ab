"""What can be found of an article: the published words of each translation. Drafts are found by nobody."""

from collections.abc import Iterable

from apps.activity.bus import Actor
from apps.kb.events import (
    ArticleBroughtIn,
    ArticlePlaced,
    ArticlePublished,
    ArticleRetired,
    ArticleSentBack,
    WordingsChanged,
)
from apps.kb.models import Translation
from apps.kb.querysets import KIND
from apps.kb.reading import plain
from apps.kb.states import State
from apps.search import services as search
from apps.search.models import Visibility


def index_published(event: ArticlePublished | WordingsChanged, actor: Actor) -> None:
    index_again(_translations().filter(pk=event.translation_id))


def forget_retired(event: ArticleRetired | ArticleSentBack, actor: Actor) -> None:
    search.remove(kind=KIND, object_id=event.translation_id)


def index_placed(event: ArticlePlaced | ArticleBroughtIn, actor: Actor) -> None:
    """The audience may have changed, or all of it is new."""
    index_again(_translations().filter(article=event.article_id, state=State.PUBLISHED))


def index_again(translations: Iterable[Translation]) -> int:
    count = 0
    for translation in translations:
        live, article = translation.live, translation.article
        if live is None:
            continue
        search.index(
            kind=KIND,
            object_id=translation.pk,
            office_id=article.office_id,
            body_id=translation.body_id,
            visibility=Visibility.STAFF if article.is_internal else Visibility.PUBLIC,
            language=translation.language,
            title=live.title,
            keywords=[wording.text for wording in translation.wordings.all()],
            body=f"{live.summary}\n{plain(live.text)}",
        )
        count += 1
    return count


def _translations():  # type: ignore[no-untyped-def]
    return Translation.objects.published().select_related("article", "live").prefetch_related("wordings")
