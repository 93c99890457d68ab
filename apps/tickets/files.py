"""Files are put away before the transaction that mentions them: no page writes to disk while it holds a lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from apps.core import rows
from apps.core.errors import Invalid
from apps.core.files import clean_name, storage_key

if TYPE_CHECKING:
    from apps.tickets.models import Message


@dataclass(frozen=True)
class NewFile:
    """A file as somebody sent it; `content` is bytes or an open file."""

    name: str
    content: bytes | File  # type: ignore[type-arg]
    content_type: str = "application/octet-stream"
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True)
class KeptFile:
    """A file that already lies in the store under `key`."""

    key: str
    name: str
    content_type: str
    size: int
    content_id: str = ""
    is_inline: bool = False


def keep(files: Iterable[NewFile]) -> list[KeptFile]:
    """Put files into the store; call it outside a transaction. Raises Invalid over the limits of S-22."""
    files = list(files)
    if len(files) > settings.ACUDO_MAX_FILES:
        raise Invalid("too_many_files", _("At most %(n)s files.") % {"n": settings.ACUDO_MAX_FILES}, field="files")
    return [_keep(file) for file in files]


def attach(message: "Message", files: Sequence[KeptFile]) -> None:
    """Rows for kept files: one query however many."""
    from apps.tickets.models import Attachment

    if files:
        rows.insert_all(
            [
                Attachment(
                    message=message,
                    file=file.key,
                    name=file.name,
                    content_type=file.content_type[:120],
                    size=file.size,
                    content_id=file.content_id[:250],
                    is_inline=file.is_inline,
                )
                for file in files
            ]
        )


def _keep(file: NewFile) -> KeptFile:
    content = ContentFile(file.content) if isinstance(file.content, bytes) else file.content
    if content.size > settings.ACUDO_MAX_ATTACHMENT_BYTES:
        limit = settings.ACUDO_MAX_ATTACHMENT_BYTES // 1_000_000
        raise Invalid("file_too_big", _("A file may have at most %(mb)s MB.") % {"mb": limit}, field="files")
    name = clean_name(file.name)
    key = default_storage.save(storage_key(None, name), content)
    return KeptFile(key, name, file.content_type, content.size, file.content_id, file.is_inline)
