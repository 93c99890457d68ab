"""Words of an answer made fit for everybody: what names or reaches somebody is taken out. Pure.

Whoever makes an article of it still reads it before it is published; this makes forgetting harmless.
"""

import re
from collections.abc import Iterable

LEFT_OUT = "…"
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<![\w/])(?:\+|\b)\d(?:[ ./-]?\d){5,}\b")
_REFERENCE = re.compile(r"\b20\d\d-\d{4,8}\b")
_PLATE = re.compile(r"\b[A-Z]{2,3}[ -]?\d{3,4}\b")
_GREETING = re.compile(
    r"^\s*(?:(?:muy )?(?:hola|buen[oa]s (?:d[ií]as|tardes|noches)|estimad[oa]s?|querid[oa]s?|ciao|buongiorno|buonasera"
    r"|gentile|caro|cara|hello|hi|dear|good (?:morning|afternoon|evening)|ol[áa]|bom dia|boa (?:tarde|noite)"
    r"|prezad[oa]s?|car[oa]))\b[^\n]{0,60}[,.:!]?\s*\n",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"\n\s*(?:(?:un )?(?:cordial(?:es)? )?salud(?:o|os|a)\b|atentamente|cordialmente|quedamos a"
    r"|distinti saluti|cordiali saluti|un saluto"
    r"|kind regards|best regards|regards|yours|sincerely|atenciosamente|abra[çc]o|com os melhores)[^\n]*"
    r"(?:\n[^\n]{0,80}){0,5}\s*$",
    re.IGNORECASE,
)


def redacted(text: str, names: Iterable[str] = ()) -> str:
    """Without greeting and farewell, addresses, long numbers, references and `names` (their parts of 3 letters on)."""
    text = _FAREWELL.sub("\n", _GREETING.sub("", text.strip() + "\n"))
    for pattern in (_MAIL, _REFERENCE, _NUMBER, _PLATE):
        text = pattern.sub(LEFT_OUT, text)
    parts = {part for name in names for part in re.findall(r"\w{3,}", name)}
    for part in sorted(parts, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(part)}\b", LEFT_OUT, text, flags=re.IGNORECASE)
    text = re.sub(rf"{LEFT_OUT}(?:[ ,]+{LEFT_OUT})+", LEFT_OUT, text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
