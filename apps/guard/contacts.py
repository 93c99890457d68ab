"""Where somebody can be reached: telephones, mailboxes, addresses. The office's own are no secret."""

import re
from collections.abc import Iterator

from apps.guard import cues
from apps.guard.hits import Hit

EMAIL = re.compile(
    r"[\w.+%-]+(?:@|\s?\(?(?:arroba|at|chiocciola)\)?\s?)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}\b", re.IGNORECASE
)
ROLES = re.compile(
    r"^(?:info|informa\w*|contact\w*|atenci\w*|hola|hello|ciao|ola|bibliotec\w*|library|consult\w*|tramit\w*|turnos?|"
    r"reservas?|reclam\w*|reklam\w*|help\w*|ayuda|soport\w*|support|secretari\w*|segretari\w*|protocollo|urp|pec|"
    r"anagrafe|tributi|tasse|geral|camara|municip\w*|comun\w*|prensa|press\w*|stampa|imprensa|oficina\w*|office|ufficio\w*|sportello\w*|"
    r"cultura|cultural|educacion|empleo|cursos|inscripcion\w*|iscrizion\w*|inscricoes|servicios?|servizi\w*|servicos|"
    r"sugerencias|noreply|no-reply|webmaster|admin\w*|rrhh|social\w*|prestamos|prestiti|loans?|enquir\w*|inquir\w*|bookings?|"
    r"cita\w*|mesa\w*|datos|privacidad|privacy|dpo|transparencia|transparenza|atendimento|apoio|emprestimos|feedback|events?|eventos?|eventi)"
    r"(?:[._-]?\w*)?$",
    re.IGNORECASE,
)
PRIVATE_HOUSES = re.compile(
    r"(?:gmail|hotmail|outlook|yahoo|live|icloud|proton\w*|adinet|libero|tiscali|sapo|uol|bol|gmx|virgilio|telefonica)\.",
    re.IGNORECASE,
)

PHONE = re.compile(r"(?<![\w/.,-])(?:\+|00)?\(?\d{1,4}\)?(?:[ .\-]{0,2}\(?\d{2,5}\)?){1,5}(?![\w/]|[.,]\d|-\d)")
FREE = re.compile(r"^(?:0?800|900|901|902|0?81\d|848|199|0810|808|707|0300|0845|0870|116|112|911|1950|\d{3,5}$)")
PHONE_WORD = re.compile(
    r"\b(?:tel[eé]fono|tel\.?|cel\.?|celular|m[oó]vil|whatsapp|cellulare|telefono|telem[oó]vel|telefone|mobile|phone|number|n[uú]mero|numero)\b[^.!?\n]{0,25}$",
    re.IGNORECASE,
)
COUNTRIES = re.compile(r"^(?:\+|00)(?:598|54|34|39|351|55|44|1|353)")
LOCAL = re.compile(
    r"^(?:09\d{7}|9[1-9]\d{6}|[24]\d{7}|15\d{8}|11\d{8}|0?11\d{8}|[6789]\d{8}|3[2-9]\d{7,8}|0\d{8,10}|2\d{8}|\d{2}9\d{8})$"
)

STREET = re.compile(
    r"\b(?:"
    r"(?:calle|c/|avda?\.?|avenida|av\.|bulevar|bvar\.?|bv\.?|camino|pasaje|pje\.?|plaza|paseo|ruta|rambla|ronda|travesía|carretera)\s"
    r"(?:[\w.ÁÉÍÓÚÑáéíóúñü']+\s){0,5}?(?:n\.?[º°o]?\s?)?\d{1,5}"
    r"|(?:via|viale|v\.le|corso|piazza|piazzale|vicolo|largo|strada)\s(?:[\w.àèéìòù']+\s){0,5}?,?\s?(?:n\.?\s?)?\d{1,4}(?:/[a-z])?"
    r"|(?:rua|r\.|avenida|travessa|praça|largo|alameda|estrada)\s(?:[\w.ãáâàéêíóôõúç']+\s){0,5}?,?\s?(?:n\.?[º°]?\s?)?\d{1,5}"
    r"|\d{1,4}\s(?:[A-Z][\w']+\s){1,3}(?:street|st\.?|road|rd\.?|avenue|ave\.?|lane|drive|close|court|square|terrace|way|crescent|gardens)"
    r")\b",
    re.IGNORECASE,
)
STREET_WITH_COMMA = re.compile(
    r"\b(?:calle|avda?\.?|avenida|av\.|via|viale|corso|piazza|rua|travessa|praça|largo|alameda)\s(?:[\w.'ÁÉÍÓÚÑáéíóúñüãâàêôõçèìò]+\s?){1,6},\s?(?:n\.?[º°o]?\s?)?\d{1,5}\b",
    re.IGNORECASE,
)
HOME = re.compile(
    r"\b(?i:vive en|vivís en|domiciliad[oa] en|su domicilio(?: es|:)?|residente (?:en|in)|abita in|mora (?:em|na|no)|lives at|you live at)\s"
    r"((?:[A-ZÁÉÍÓÚÑ][\wáéíóúñàèìòùãõâêôç.'’]*\s(?:(?:de|del|della|da|do|dos|y|la)\s)?){1,5}(?:n\.?[º°o]?\s?)?\d{1,5})(?!\w)"
)
BY_THE_CLOCK = re.compile(
    r"\b(?:a las|a la|alle|ore|dalle|at|às|das|from|desde|hasta|el|del|dal|on|em|no dia)\s\d{1,4}$", re.IGNORECASE
)


FILE = re.compile(
    r"\b(?:expediente|exp\.|expte\.?|tr[aá]mite|reclamo|solicitud|caso|gesti[oó]n|ticket|folio|carpeta|"
    r"pratica|fascicolo|protocollo|prot\.|segnalazione|richiesta|domanda|"
    r"processo|proc\.|pedido|requerimento|protocolo|dossi[eê]|"
    r"case|file|application|claim|request|reference|ref\.?)"
    r"(?:\s(?:number|no\.?|numero|n[uú]mero|n\.?[º°o]?|num\.?|ID|#|de|is|è|es|é|con|il|el|o|your|is:))*[\s:#]*"
    r"([A-Z]{0,5}[-/ ]?\d{2,}(?:[-/.]\d+)*(?:[-/][A-Z]{1,4})?)(?!\w)",
    re.IGNORECASE,
)
DAY = re.compile(r"^(?:19|20)\d\d$|^\d{1,2}$")


def find(text: str) -> Iterator[Hit]:
    yield from _mailboxes(text)
    yield from _telephones(text)
    yield from _streets(text)
    yield from _files(text)


def _mailboxes(text: str) -> Iterator[Hit]:
    for match in EMAIL.finditer(text):
        box, _at, house = match[0].partition("@")
        is_office = bool(ROLES.match(box)) and not PRIVATE_HOUSES.match(house)
        if not is_office:
            yield Hit(match.start(), match.end(), "email", match[0])


def _telephones(text: str) -> Iterator[Hit]:
    for match in PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        given = match[0].lstrip()
        plus = given.startswith(("+", "00"))
        if len(digits) < 7 or len(digits) > 15 or FREE.match(digits):
            continue
        head = text[max(0, match.start() - 40) : match.start()]
        is_named = PHONE_WORD.search(head) is not None
        looks = bool(COUNTRIES.match(given.replace(" ", ""))) if plus else bool(LOCAL.match(digits))
        if (looks or is_named) and not _is_no_phone(text, match, is_named) and not cues.is_ours(text, match.start()):
            yield Hit(match.start(), match.end(), "phone", match[0])


def _is_no_phone(text: str, match: re.Match[str], is_named: bool) -> bool:
    from apps.guard.numbers import DATE, LAW, MONEY_AFTER, MONEY_BEFORE

    head = text[max(0, match.start() - 40) : match.start()]
    return not is_named and bool(
        DATE.search(match[0])
        or MONEY_BEFORE.search(head)
        or MONEY_AFTER.match(text[match.end() : match.end() + 16])
        or LAW.search(head)
    )


def _streets(text: str) -> Iterator[Hit]:
    seen: set[int] = set()
    for match in HOME.finditer(text):
        seen.add(match.start(1))
        yield Hit(match.start(1), match.end(1), "address", match[1])
    for pattern in (STREET_WITH_COMMA, STREET):
        for match in pattern.finditer(text):
            if match.start() in seen or not _names_a_house(match[0]):
                continue
            seen.add(match.start())
            if not cues.is_ours(text, match.start()):
                yield Hit(match.start(), match.end(), "address", match[0])


def _names_a_house(street: str) -> bool:
    """ "Avenida 18" is the beginning of "18 de Julio": a street without the number of a house."""
    if BY_THE_CLOCK.search(street):
        return False
    words = street.split()
    return len(words) >= 3 or (len(words) == 2 and not re.fullmatch(r"\d{1,2}", words[1]))


def _files(text: str) -> Iterator[Hit]:
    for match in FILE.finditer(text):
        number = match[1].strip()
        digits = re.sub(r"\D", "", number)
        if len(digits) < 3 or DAY.match(number):
            continue
        yield Hit(match.start(1), match.end(1), "file_number", number)
