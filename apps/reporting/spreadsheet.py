"""Tables as files. Cells are text: none may become a formula (SECURITY S-25)."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

# With the full-width forms that spreadsheets read alike.
FORMULA_STARTS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
INVISIBLE = " \t\r\n\"'\u00a0\u200b\u200c\u200d\u2060\ufeff"


def csv_text(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> str:
    """With a mark that tells spreadsheets it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([cell(value) for value in header])
    writer.writerows([cell(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()


def cell(value: Any) -> str:
    """An apostrophe in front of whatever a spreadsheet would compute."""
    text = "" if value is None else str(value)
    bare = text.lstrip(INVISIBLE)
    if text.startswith(("\t", "\r", "\n")) or bare.startswith(FORMULA_STARTS):
        return f"'{text}"
    return text
