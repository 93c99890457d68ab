"""Words around a find that say whose it is: the office's own, which may be public, or somebody's."""

import re

_FLAGS = re.IGNORECASE

# Right before a number, an address or a mailbox: the office speaks of itself, or sends people to it.
OURS = re.compile(
    r"\b(?:nuestr[oa]s?|our|nostr[oaie]|noss[oa]s?|ll[aá]m(?:e|a|enos|anos|ar|ando|en)|llamar(?:nos)?|comun[ií]que\w*|"
    r"comunicarse|comunic[aá]ndo\w*|contact\w*|cont[aá]ct\w*|escr[ií]ba\w*|escribir\w*|consult\w+|atenci[oó]n|"
    r"central(?:ita)?|mesa de (?:ayuda|entrada)|oficinas?|sedes?|bibliotecas?|municipio|intendencia|ayuntamiento|"
    r"comune|ufficio|uffici|sportello|centralino|numero verde|chiam\w+|telefonare|telefon[ai]|scriva\w*|scrivere|scriveteci|contatt\w+|"
    r"ligue|ligar|telefone para|escreva|contacte|balc[aã]o|c[aâ]mara|junta|linha|servi[cç]os?|servici[oa]s?|"
    r"call(?: us| the)?|phone us|ring|write to|e-?mail us|reach us|helpline|hotline|switchboard|desk|office|library|"
    r"town hall|council|front desk|dir[ií]j\w+|ac[eé]rqu\w+|acudir|acuda|pres[eé]nt\w+|present\w+ (?:en|in|na|no|a)|"
    r"visit\w*|venga|estamos|nos encontramos|siamo|ci troviamo|ci trova|ficamos|estamos na|we are|find us|located|"
    r"ubicad[ao]s?|queda en|si trova|fica (?:na|no|em)|recarsi|rivolg\w+|dirija\w*|local de|abierto|abierta|"
    r"info|informaci[oó]n|informazioni|informa[cç][oõ]es|horario)\b",
    _FLAGS,
)
# It is somebody's, whatever else stands there.
THEIRS = re.compile(
    r"\b(?:su|sus|tu|tus|suyo|suo|sua|suoi|sue|tuo|tua|seu|seus|teu|vosso|your|his|her|their|"
    r"usted vive|vive en|vivo en|reside|residente|domicili\w*|residenza|residenz\w+|mora em|morada|you live|lives at|"
    r"home address|le llam\w+|la llam\w+|lo llam\w+|te llam\w+|llamaremos|llamamos|escribimos|intentamos|mandamos|enviamos|abbiamo (?:scritto|provato|chiamato|inviato)|lig[aá]mos|envi[aá]mos|we (?:tried|wrote|rang|called|left)|llamarl[eoa]|"
    r"la chiam\w+|ti chiam\w+|richiam\w+|ligaremos|ligamos-lhe|ligar-lhe|we(?: will|'ll)? (?:call|ring|phone) you|"
    r"titular|a nombre de|intestat\w+|em nome de|in the name of|m[oó]vil|celular|cellulare|telem[oó]vel|mobile|"
    r"registrad[oa]|registered|registrat[oa]|registad[oa]|figura|consta|usted (?:indic[oó]|dej[oó])|you gave)\b",
    _FLAGS,
)
_EDGE = re.compile(r"[.!?;]\s+(?=[A-ZÁÉÍÓÚÑ¿¡])|\n")
MOST = 90


def before(text: str, start: int) -> str:
    """The words of the same sentence in front of a find, the nearest MOST characters."""
    part = text[max(0, start - MOST) : start]
    edges = [match.end() for match in _EDGE.finditer(part)]
    return part[edges[-1] :] if edges else part


def is_ours(text: str, start: int) -> bool:
    """The office's own, as far as the nearest words say: "su" of the person closer by wins over "nuestro"."""
    words = before(text, start)
    theirs = max((match.end() for match in THEIRS.finditer(words)), default=-1)
    ours = max((match.end() for match in OURS.finditer(words)), default=-1)
    return ours > theirs
