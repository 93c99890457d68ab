import re
import secrets
import unicodedata

from django.utils.http import content_disposition_header

LONGEST_NAME = 120
LONGEST_EXTENSION = 12
NAMELESS = "file"

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_AWKWARD = re.compile(r'[<>:"|?*\ufffd]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def storage_key(instance: object = None, filename: str = "") -> str:
    """Where an uploaded file is kept. Random: nothing the sender wrote ever forms a path.

    Fits `FileField(upload_to=storage_key)`; both arguments are ignored.
    """
    key = secrets.token_hex(20)
    return f"{key[:2]}/{key[2:4]}/{key}"


def clean_name(name: str) -> str:
    """A label people can read and save under. Invisible characters go first, only then the name is judged:
    a check made before the removal is one that the removal can undo."""
    seen = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in _INVISIBLE)
    seen = unicodedata.normalize("NFC", seen)
    last = re.split(r"[/\\\u2044\u2215\u29f8\uff0f\uff3c]", seen)[-1]
    plain = " ".join(_AWKWARD.sub("_", last).split()).strip(". ")
    if _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    return _shortened(plain) or NAMELESS


def disposition(name: str, *, inline: bool = False) -> str:
    """The Content-Disposition header (RFC 6266) under which a stored file is handed out."""
    return content_disposition_header(not inline, clean_name(name)) or "attachment"


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > LONGEST_EXTENSION:
        return name[:LONGEST_NAME].rstrip(". ")
    room = LONGEST_NAME - len(extension) - 1
    return f"{stem[:room].rstrip('. ')}{dot}{extension}"
