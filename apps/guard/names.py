"""Names of people: after a title or a word of kinship, or a known given name before a surname."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from apps.guard.given_names import GIVEN
from apps.guard.hits import Hit

WORD = r"[A-ZÁÉÍÓÚÑÀÈÌÒÙÃÕÂÊÔÇÜ][\wáéíóúñàèìòùãõâêôçü'’-]+"
LINK = r"(?:(?:de|del|de la|da|do|dos|das|di|d’|y|e|la|van|von)\s)"
FULL = re.compile(rf"\b({WORD})((?:\s{LINK}?{WORD}){{1,3}})")
TITLED = re.compile(
    rf"\b(?i:sr|sra|srta|señor|señora|señorita|don|doña|d\.ª|sig|sig\.ra|signor|signora|signorina|dott|dott\.ssa|"
    rf"senhor|senhora|dona|mr|mrs|ms|miss|dr|dra)\.?ª?\s((?:{WORD})(?:\s{LINK}?{WORD}){{0,3}})"
)
KIN = re.compile(
    rf"\b(?i:(?:su|tu|sus|suo|sua|seu|vossa|your|his|her|il suo|la sua|o seu|a sua)\s)"
    rf"(?i:hij[oa]|niet[oa]|espos[oa]|marido|mujer|madre|padre|herman[oa]|pareja|abuel[oa]|suegr[oa]|vecin[oa]|sobrin[oa]|tutor[a]?|"
    rf"figli[oa]|moglie|marito|fratello|sorella|nonn[oa]|nipote|vicin[oa]|filh[oa]|mulher|mãe|pai|irm[aã]o?|av[óô]|net[oa]|vizinh[oa]|"
    rf"son|daughter|wife|husband|mother|father|brother|sister|neighbour|neighbor|partner|child|grandson|granddaughter)\s+((?:{WORD})(?:\s{WORD}){{0,2}})"
)
NAMED = re.compile(
    rf"\b(?i:a nombre de|nombre del titular|titular(?: es)?|intestat[oa] a|a nome di|em nome de|in the name of|belongs to|"
    rf"registered to|pertenece a|vecino|vecina|ciudadano|ciudadana|el usuario|la usuaria|l'utente|o utente|a utente)\s(?:(?:el|la|di|de)\s)?((?:{WORD})(?:\s{LINK}?{WORD}){{0,3}})"
)
PLACES = re.compile(
    r"\b(?:calle|avenida|avda?\.?|av\.?|bulevar|plaza|plazoleta|parque|paseo|camino|ruta|rambla|barrio|escuela|liceo|colegio|instituto|"
    r"hospital|policl[ií]nica|centro(?: cultural)?|teatro|museo|sala|biblioteca|estadio|puente|universidad|fundaci[oó]n|premio|casa|ley|polideportivo|"
    r"via|viale|corso|piazza|parco|scuola|ospedale|ponte|istituto|palazzo|villa|università|"
    r"rua|travessa|praça|jardim|escola|hospital|avenida|estádio|auditório|"
    r"street|road|school|park|square|library|theatre|hall|saint|st\.?|novela de|libro de|obra de|autor[a]?|autore|scrittore|escritor[a]?|poeta|author|(?:novel|book|books|work|works|play|painting|written) by|exposici[oó]n de|obras? de|cuentos de|livros? de|romance de|exposi[cç][aã]o de|libri di|romanzo di|poet|writer|libro|concierto de|muestra de|mostra di|san|santa|santo|são)\s(?:(?:de|del|la|di|da|do|of|dr\.|gral\.|general|doctor)\s)*$",
    re.IGNORECASE,
)
PLACE_AFTER = re.compile(
    r"^\s(?:street|road|school|park|square|library|avenue|hall|hospital|theatre|prize|centre|center|room)\b",
    re.IGNORECASE,
)
PLACE_WORDS = frozenset(
    [
        "street",
        "road",
        "school",
        "park",
        "square",
        "library",
        "avenue",
        "hall",
        "hospital",
        "theatre",
        "prize",
        "centre",
        "center",
        "room",
        "lane",
        "gardens",
    ]
)
SIGNED = re.compile(
    r"(?:saludos|atentamente|cordialmente|regards|sincerely|saluti|cordiali saluti|cumprimentos|atenciosamente|thanks|gracias|grazie|obrigad[oa])[\s,.!-]*$",
    re.IGNORECASE,
)
NOT_NAMES = {
    "buenos", "buenas", "muchas", "muchos", "estimado", "estimada", "querido", "querida", "hola", "gracias", "lunes", "martes", "gentile",
    "caro", "cara", "dear", "hello", "good", "thank", "boa", "bom", "olá", "caros", "puede", "para", "desde", "esta", "este", "la", "el", "los",
    "las", "en", "un", "una", "por", "si", "no", "su", "sus", "le", "lo", "il", "i", "gli", "os", "as", "o", "a", "the", "your", "you", "we",
    "our", "nuestra", "nuestro", "registro", "civil", "oficina", "ciudad", "municipio", "intendencia", "usuario", "usuaria", "vecino", "vecina",
    "ciudadano", "ciudadana", "director", "directora", "comune", "ufficio", "câmara", "junta", "carnet", "web", "portal", "línea", "linea",
}  # fmt: skip


def find(text: str, *, allowed: Iterable[str] = ()) -> Iterator[Hit]:
    """`allowed` are names that may stand there: the person's public one, of whoever answers, of the office."""
    may = {plain(word) for name in allowed for word in name.split()}
    seen: set[int] = set()
    for pattern in (TITLED, KIN, NAMED):
        for match in pattern.finditer(text):
            if match[1][0].isupper() and match.start(1) not in seen and _is_somebody(match[1], may, one_will_do=True):
                seen.add(match.start(1))
                yield Hit(match.start(1), match.end(1), "name", match[1])
    for match in FULL.finditer(text):
        start, words = _from_given_name(match)
        if (
            words
            and start not in seen
            and not _is_place_or_author(text, start, match.end())
            and _is_somebody(words, may)
        ):
            seen.add(start)
            yield Hit(start, match.end(), "name", words)


def plain(text: str) -> str:
    """Without case and accents, as names are compared."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip(".,’'")


def _from_given_name(match: re.Match[str]) -> tuple[int, str]:
    """Where in a run of capital words a name begins: at a known given name that something follows."""
    found = list(re.finditer(WORD, match[0]))
    for n, word in enumerate(found[:-1]):
        if plain(word[0]) in GIVEN:
            return match.start() + word.start(), match[0][word.start() :]
        if n == 0 and plain(word[0]) not in NOT_NAMES:
            continue
    return match.start(), ""


def _is_somebody(name: str, may: set[str], *, one_will_do: bool = False) -> bool:
    words = [plain(word) for word in name.split() if word[0].isupper()]
    unknown = [word for word in words if word not in may]
    if not unknown or all(word in NOT_NAMES for word in words):
        return False
    if one_will_do and words[0] in NOT_NAMES:
        return False
    # Of the person's own name a part is enough: "Mia" of "Mia Stone".
    return not (may and words[0] in may and len(unknown) < len(words))


def _is_place_or_author(text: str, start: int, end: int) -> bool:
    last = text[start:end].rpartition(" ")[2]
    return plain(last) in PLACE_WORDS or bool(
        PLACES.search(text[max(0, start - 50) : start])
        or PLACE_AFTER.match(text[end : end + 14])
        or SIGNED.search(text[max(0, start - 30) : start])
    )
