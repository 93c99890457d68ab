"""A fax that a gateway sends as a mail: which number it came from, and pages that a browser can show."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.core import children

TIFF = frozenset({"image/tiff", "image/tif", "image/x-tiff"})
DOCUMENTS = frozenset({"application/pdf", "application/x-pdf", *TIFF})
UNTOLD = "application/octet-stream"
NUMBER_HEADERS = ("x-fax-sender", "x-fax-from", "x-faxnumber", "x-fax-number", "x-hylafax-sender", "x-sender-number")
PAGE_HEADERS = ("x-fax-pages", "x-hylafax-pages", "x-pages")
NUMBER = re.compile(r"(?<![\d-])(\+?(?:\(\d{1,5}\)|\d)(?:[ ./-]?(?:\(\d{1,5}\)|\d)){4,22})(?![\d-])")
PAGES = re.compile(r"(?<!\d)(\d{1,3})\s?(?:pages?|p[áa]ginas?|pagin[ae]|p[áa]gs?\b)", re.IGNORECASE)
FEWEST_DIGITS, MOST_DIGITS = 6, 15


@dataclass(frozen=True, slots=True)
class Fax:
    """`number`: with a plus where it was written so, digits only; "" when it was withheld."""

    number: str
    pages: int | None


def is_from_gateway(author: str, gateways: Sequence[str]) -> bool:
    """`gateways`: addresses, or whole domains written `@fax.example`."""
    return bool(author) and any(entry in (author, f"@{author.rpartition('@')[2]}") for entry in gateways)


def is_document(name: str, kind: str) -> bool:
    """Some gateways do not say what they send; then the name does."""
    return kind in DOCUMENTS or (kind == UNTOLD and name.lower().endswith((".pdf", ".tif", ".tiff")))


def is_tiff(name: str, kind: str) -> bool:
    return kind in TIFF or (kind == UNTOLD and name.lower().endswith((".tif", ".tiff")))


def read(headers: Mapping[str, str], subject: str, names: Sequence[str], text: str) -> Fax:
    """The number: a header of its own, else the subject, else the file's name, else the text."""
    said = [headers[name] for name in NUMBER_HEADERS if headers.get(name)]
    places = [*said, subject, *map(_last_part, names), text[:2000]]
    number = next((found for place in places if (found := _number(place))), "")
    pages = next((headers[name] for name in PAGE_HEADERS if headers.get(name, "").isdigit()), "")
    if not pages:
        match = PAGES.search(subject) or PAGES.search(text[:2000])
        pages = match.group(1) if match else ""
    return Fax(number, int(pages) if pages else None)


def as_pdf(tiff: bytes) -> bytes | None:
    """All pages in one document, or None when they are too many, too large, or no pictures."""
    try:
        return children.ask("apps.core.drawing:as_pdf", {"tiff": tiff})
    except (children.Stopped, children.Busy):
        return None


def _number(line: str) -> str:
    for match in NUMBER.finditer(line[:2000]):
        digits = re.sub(r"\D", "", match.group(1))
        if FEWEST_DIGITS <= len(digits) <= MOST_DIGITS and not _is_date(digits):
            return ("+" if match.group(1).startswith("+") else "") + digits
    return ""


def _is_date(digits: str) -> bool:
    return len(digits) in (8, 12, 14) and digits[:2] in ("19", "20") and digits[4:6] <= "12"


def _last_part(name: str) -> str:
    """fax-20251009-104500-4930999888.pdf: dates first, the number last."""
    stem = name.rpartition(".")[0] or name
    return re.split(r"[-_ ]", stem)[-1]
