"""Articles as files: `<language>/<key>.md`, each with a small head. What is written out can be brought in again."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from apps.accounts.models import Office
from apps.core.errors import Invalid
from apps.core.markdown import LONGEST
from apps.kb import front_matter
from apps.kb.models import Article, Category
from apps.kb.services import Incoming, Words

MOST_FILES = 20_000
LARGEST_FILE = 4 * LONGEST  # bytes: as many as the longest text may have
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def read(folder: Path, office: Office) -> list[Incoming]:
    """Raises Invalid for a file that is too large, no text, or without a title; links are not followed."""
    files = [path for path in sorted(folder.glob("*/*.md")) if path.parent.name in LANGUAGES and not path.is_symlink()]
    if len(files) > MOST_FILES:
        raise Invalid("too_many", f"More than {MOST_FILES} files.")
    shelves = {category.slug: category for category in Category.objects.in_body(office.body_id)}
    by_key: dict[str, list[Path]] = {}
    for path in files:
        by_key.setdefault(path.stem, []).append(path)
    return [_article(key, paths, office, shelves) for key, paths in by_key.items()]


def write(articles: Iterator[Article], folder: Path) -> int:
    """The published words, else the draft; the number of files."""
    count = 0
    for article in articles:
        first = article.in_language(article.office.default_language)
        if first is None:
            continue
        for translation in article.by_language.values():
            said = translation.live or translation
            head: front_matter.Head = {
                "title": said.title,
                "summary": said.summary,
                "category": article.category.slug if article.category else "",
                "audience": "staff" if article.is_internal else "",
                "asked": [wording.text for wording in translation.wordings.all()],
            }
            path = folder / translation.language / f"{first.slug}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(front_matter.join(head, said.text), encoding="utf-8")
            count += 1
    return count


def _article(key: str, paths: list[Path], office: Office, shelves: dict[str, Category]) -> Incoming:
    heads = [_read(path) for path in paths]
    said = [head for head, _text in heads]
    named = (front_matter.said(head, "category") for head in said)
    return Incoming(
        key=key,
        office=office,
        category=next((shelves[slug] for slug in named if slug in shelves), None),
        is_internal=any(front_matter.said(head, "audience") == "staff" for head in said),
        related=tuple(key for head in said for key in front_matter.listed(head, "related")),
        words=tuple(
            Words(
                language=path.parent.name,
                title=front_matter.said(head, "title"),
                summary=front_matter.said(head, "summary"),
                text=text,
                asked=tuple(front_matter.listed(head, "asked")),
            )
            for path, (head, text) in zip(paths, heads, strict=True)
        ),
    )


def _read(path: Path) -> tuple[front_matter.Head, str]:
    if path.stat().st_size > LARGEST_FILE:
        raise Invalid("too_long", f"{path.name}: the file is too large.")
    try:
        return front_matter.split(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise Invalid("no_text", f"{path.name}: not UTF-8 text.") from error
