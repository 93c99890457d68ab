"""Documents that somebody sent, as pictures that we drew of their pages: when first asked for, then kept (S-17, S-21).

What cannot be drawn is remembered too, for a day: a document that costs ten seconds costs them once.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.core import children, clock
from apps.core.files import storage_key

if TYPE_CHECKING:
    from apps.tickets.models import Attachment, PagePicture, Preview

FIRST_PAGES = 2  # drawn at once: what the conversation shows
MOST_PAGES = 100  # as apps.core.drawing, which a process of ours never loads
LARGEST = 25 * 1024 * 1024
FORGOTTEN_AFTER = timedelta(days=1)
PDF = {"application/pdf", "application/x-pdf"}
TIFF = {"image/tiff", "image/tif", "image/x-tiff"}
UNTOLD = {"application/octet-stream", ""}
KINDS = {"pdf": PDF, "tif": TIFF, "tiff": TIFF}


def has_pages(file: "Attachment") -> bool:
    """Whether it claims to be a document that we draw; only drawing it tells."""
    if file.size > LARGEST:
        return False
    if file.content_type in UNTOLD:
        return file.name.lower().rpartition(".")[2] in KINDS
    return file.content_type in PDF or file.content_type in TIFF


def marked(files: Iterable["Attachment"]) -> list["Attachment"]:
    """The files of one message, each with `shows_pages`: of a TIFF and the PDF made of it only one shows its pages."""
    found = list(files)
    made_of = {_stem(file) for file in found if file.content_type in PDF}
    for file in found:
        is_twin = file.content_type not in PDF and _stem(file) in made_of
        file.shows_pages = has_pages(file) and not is_twin  # type: ignore[attr-defined]
    return found


def preview_of(file: "Attachment") -> "Preview":
    """How many pages it has (0: it cannot be shown), its first ones drawn. Raises children.Busy."""
    from apps.tickets.models import Preview

    known = Preview.objects.filter(attachment=file).first()
    if known and (known.pages or known.made_at > clock.now() - FORGOTTEN_AFTER):
        return known
    answer = _drawn(file, 1, FIRST_PAGES)
    total = answer["total"] if any(answer["pages"]) else 0
    facts = {"pages": total, "made_at": clock.now()}
    preview, _made = Preview.objects.update_or_create(attachment=file, defaults=facts)
    _keep(preview, 1, answer["pages"] if total else [])
    return preview


def page_of(file: "Attachment", number: int) -> "PagePicture | None":
    """The picture of one page (1 is the first), drawn now if it never was; None for what cannot be shown. Raises
    children.Busy."""
    preview = preview_of(file)
    if not 1 <= number <= shown_pages(preview):
        return None
    picture = preview.pictures.filter(number=number).first()  # type: ignore[attr-defined]
    if picture is None:
        _keep(preview, number, _drawn(file, number, 1)["pages"] or [None])
        picture = preview.pictures.filter(number=number).first()  # type: ignore[attr-defined]
    return picture if picture and picture.file else None


def shown_pages(preview: "Preview") -> int:
    return min(preview.pages, MOST_PAGES)


def first_pictures(preview: "Preview") -> list["PagePicture"]:
    return list(preview.pictures.exclude(file="").filter(number__lte=FIRST_PAGES))  # type: ignore[attr-defined]


def _drawn(file: "Attachment", first: int, count: int) -> dict[str, Any]:
    with file.file.open("rb") as source:
        order = {"document": source.read(LARGEST), "first": first, "count": count}
    try:
        answer = children.ask("apps.core.drawing:pages", order)
        return {"total": int(answer["total"]), "pages": [_picture(page) for page in answer["pages"][:count]]}
    except (children.Stopped, TypeError, ValueError, KeyError):
        return {"total": 0, "pages": []}


def _picture(page: dict[str, Any] | None) -> tuple[bytes, int, int] | None:
    """What the child says, believed only as far as it has the shape of what was asked."""
    if not page:
        return None
    picture = bytes(page["picture"])
    kind = picture.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff"))
    return (picture, min(int(page["width"]), 10_000), min(int(page["height"]), 10_000)) if kind else None


def _keep(preview: "Preview", first: int, pages: Sequence[tuple[bytes, int, int] | None]) -> None:
    """Files first, then the rows; who was slower than another reader throws his away."""
    from apps.tickets.models import PagePicture

    for number, page in enumerate(pages, first):
        content, width, height = page or (b"", 0, 0)
        key = default_storage.save(storage_key(), ContentFile(content)) if page else ""
        facts = {"file": key, "width": width, "height": height}
        _row, is_new = PagePicture.objects.get_or_create(preview=preview, number=number, defaults=facts)
        if key and not is_new:
            default_storage.delete(key)


def _stem(file: "Attachment") -> str:
    return file.name.rpartition(".")[0] or file.name
