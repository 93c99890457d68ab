"""Numbers that name a person: those with a check digit are proven, the rest go by their shape."""

import re
from collections.abc import Callable, Iterator

from stdnum import iban, luhn
from stdnum.ar import cuit
from stdnum.br import cpf
from stdnum.es import dni, nie
from stdnum.it import codicefiscale
from stdnum.pt import nif

from apps.guard import cues
from apps.guard.hits import Hit

RUN = re.compile(r"(?<![\w$€£])\d(?:[ .\-/\u00a0\u2011\u2013]{0,2}\d){5,21}(?![\w%])")
SPANISH = re.compile(
    r"(?<!\w)(?:[XYZ][ .-]?\d{7}|\d{1,2}\.?\d{3}\.?\d{3}|\d{8})[ .-]?[A-HJ-NP-TV-Z](?!\w)", re.IGNORECASE
)
ITALIAN = re.compile(
    r"(?<!\w)[A-Z]{3} ?[A-Z]{3}[ -]?[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9LMNPQRSTUV]{2}[ -]?[A-Z][0-9LMNPQRSTUV]{3} ?[A-Z](?!\w)",
    re.IGNORECASE,
)
ACCOUNT = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}(?!\w)", re.IGNORECASE)
DOTTED = re.compile(r"(?<![\w.,])\d{1,2}\.\d{3}\.\d{3}(?![\w]|[.,-]\d)")
NAMED_DNI = re.compile(
    r"\b(?:dni|d\.n\.i\.|documento|doc\.?)[\s:nº°.o]{0,8}(\d{7,8}|\d{1,2}\.\d{3}\.\d{3})(?!\w)", re.IGNORECASE
)
MONEY_BEFORE = re.compile(
    r"(?:[$€£]|\b(?:UYU|ARS|EUR|USD|BRL|R\$|pesos|euros?|reais|importe|monto|total|valor|inversi[oó]n|presupuesto|cost[oó]?|investimento|UI|UR))[\s:de]*$",
    re.IGNORECASE,
)
MONEY_AFTER = re.compile(
    r"^\s*(?:[$€£]|(?:UYU|ARS|EUR|USD|pesos|euros?|reais|d[oó]lares|personas|habitantes|libros|people|persone|pessoas|volumi|books)\b)",
    re.IGNORECASE,
)
LAW = re.compile(
    r"\b(?:ley|leyes|decreto|resoluci[oó]n|ordenanza|art[ií]culo|legge|delibera|lei|portaria|act|isbn|issn|ean|rfc|norma)\b[\s\w.:º°]{0,14}$",
    re.IGNORECASE,
)
DATE = re.compile(
    r"\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d\d|(?:19|20)\d\d[-/. ]\d{1,2}[-/. ]\d{1,2}|(?:19|20)\d\d ?[-/–] ?(?:19|20)\d\d"
)
NUMBER_OF_PERSON = re.compile(
    r"\b(?:c\.?\s?i\.?|c[eé]dula|documento|dni|nie|nif|cpf|cuit|cuil|codice fiscale|identidad|identity|identidade|"
    r"contribuinte|tarjeta|carta|cart[aã]o|card)\b[^.!?\n]{0,30}$",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Hit]:
    for match in ITALIAN.finditer(text):
        if codicefiscale.is_valid(_plain(match[0])) and len(_plain(match[0])) == 16:
            yield _hit(match, "it_cf")
    for match in ACCOUNT.finditer(text):
        found = _account(match[0])
        if found:
            yield Hit(match.start(), match.start() + len(found), "iban", found)
    for match in SPANISH.finditer(text):
        plain = _plain(match[0]).upper()
        plain = plain if plain[0].isalpha() else plain.zfill(9)
        if dni.is_valid(plain) or nie.is_valid(plain):
            yield _hit(match, "es_dni")
    for match in RUN.finditer(text):
        kind = _kind(text, match)
        if kind:
            yield _hit(match, kind)
    yield from _by_shape(text)


def is_ci(digits: str) -> bool:
    """Uruguay: six or seven digits and one that checks them."""
    if not 7 <= len(digits) <= 8 or len(set(digits)) == 1:
        return False
    body = digits[:-1].zfill(7)
    total = sum(int(digit) * weight for digit, weight in zip(body, (2, 9, 8, 7, 6, 3, 4), strict=True))
    return (10 - total % 10) % 10 == int(digits[-1])


def _is_card(digits: str) -> bool:
    return 13 <= len(digits) <= 19 and digits[0] in "23456" and len(set(digits)) > 1 and luhn.is_valid(digits)


CHECKS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("card", _is_card),
    ("ar_cuit", lambda digits: len(digits) == 11 and digits[:2] in _CUIT and cuit.is_valid(digits)),
    ("br_cpf", lambda digits: len(digits) == 11 and cpf.is_valid(digits)),
    ("pt_nif", lambda digits: len(digits) == 9 and digits[0] in "123568" and nif.is_valid(digits)),
    ("uy_ci", is_ci),
)
_CUIT = {"20", "23", "24", "25", "26", "27", "30", "33", "34"}


def _kind(text: str, match: re.Match[str]) -> str:
    plain = _plain(match[0])
    is_named = NUMBER_OF_PERSON.search(text[max(0, match.start() - 60) : match.start()]) is not None
    if not is_named and _is_something_else(text, match):
        return ""
    return next((kind for kind, check in CHECKS if check(plain)), "")


def _is_something_else(text: str, match: re.Match[str]) -> bool:
    head = text[max(0, match.start() - 40) : match.start()]
    return bool(
        DATE.search(match[0])
        or MONEY_BEFORE.search(head)
        or MONEY_AFTER.match(text[match.end() : match.end() + 16])
        or LAW.search(head)
        or head.endswith(("+", "00 ", "/", "#"))
        or (len(_plain(match[0])) <= 11 and cues.is_ours(text, match.start()))
    )


def _by_shape(text: str) -> Iterator[Hit]:
    """The Argentine DNI has no check digit: written with its dots, or under its name."""
    for match in DOTTED.finditer(text):
        if len(_plain(match[0])) >= 7 and not _is_something_else(text, match):
            yield _hit(match, "ar_dni")
    for match in NAMED_DNI.finditer(text):
        yield Hit(match.start(1), match.end(1), "ar_dni", match[1])


def _account(text: str) -> str:
    """The longest beginning of a run that is a valid IBAN: words may follow it without a stop."""
    parts = re.split(r"([ -])", text)
    for end in range(len(parts), 0, -2):
        candidate = "".join(parts[:end])
        if len(_plain(candidate)) >= 15 and iban.is_valid(_plain(candidate)):
            return candidate
    return ""


def _plain(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text)


def _hit(match: re.Match[str], kind: str) -> Hit:
    return Hit(match.start(), match.end(), kind, match[0])
