"""Pictures and files of an article. A picture is drawn anew before it is kept, so what readers load is ours (S-17)."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from apps.activity.bus import Actor, record
from apps.core.errors import Invalid
from apps.core.files import clean_name, storage_key
from apps.core.redrawing import PICTURES, redraw
from apps.kb import events, reading
from apps.kb.models import Article, ArticleFile
from apps.tickets.files import NewFile, keep

MOST_FILES = 60


def add_file(article: Article, *, name: str, content: bytes, content_type: str, actor: Any) -> ArticleFile:
    """Keep it with the article; a PNG, JPEG, GIF or WebP becomes a picture. Raises Invalid over the limits (S-22)."""
    if article.files.count() >= MOST_FILES:
        raise Invalid("too_many_files", _("An article keeps at most 60 files."), field="file")
    if not content:
        raise Invalid("empty", _("The file is empty."), field="file")
    drawn = redraw(content) if content_type in PICTURES else None
    if drawn is not None:
        stem = clean_name(name).rpartition(".")[0] or "picture"
        row = ArticleFile(
            key=default_storage.save(storage_key(), ContentFile(drawn)),
            name=f"{stem}.png",
            content_type="image/png",
            size=len(drawn),
            is_picture=True,
        )
    else:
        (kept,) = keep([NewFile(name, content, content_type)])
        row = ArticleFile(key=kept.key, name=kept.name, content_type=kept.content_type[:120], size=kept.size)
    return _add(article, row, actor)


@transaction.atomic
def _add(article: Article, row: ArticleFile, actor: Any) -> ArticleFile:
    row.article = article
    row.save()
    event = events.FileAdded(article_id=article.pk, office_id=article.office_id, name=row.name)
    record(event, Actor.of(actor))
    return row


@transaction.atomic
def remove_file(file: ArticleFile, *, actor: Any) -> None:
    """Raises Invalid while published words show it. The bytes go after the commit."""
    if is_shown(file):
        raise Invalid("in_use", _("Readers see this file: take it out of the text and publish that first."))
    key, article = file.key, file.article
    file.delete()
    transaction.on_commit(lambda: default_storage.delete(key))
    event = events.FileRemoved(article_id=article.pk, office_id=article.office_id, name=file.name)
    record(event, Actor.of(actor))


def is_shown(file: ArticleFile) -> bool:
    """Do published public words name it? Internal notes do not count: a stranger must not fetch what they hold."""
    live = file.article.translations.published().select_related("live", "article__office")  # type: ignore[attr-defined]
    return any(file.public_id in reading.public_html(translation) for translation in live)
