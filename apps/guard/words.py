"""Matters that are nobody else's business. The list can be changed; these are the words it begins with."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from apps.guard.hits import Hit

# Alone they say enough about the person who is answered.
ALONE = (
    "historia clínica", "historial médico", "ficha médica", "resultado del análisis", "vih", "hiv", "seropositivo", "seropositiva",
    "antecedentes penales", "orden de alejamiento", "cartella clinica", "casellario giudiziale", "sieropositivo", "sieropositiva",
    "ficha clínica", "registo criminal", "antecedentes criminais", "soropositivo", "medical record", "criminal record", "restraining order",
)  # fmt: skip
# With "su", "your", "il suo" before them: said of somebody.
OF_SOMEBODY = (
    "diagnóstico", "enfermedad", "tratamiento", "embarazo", "discapacidad", "depresión", "adicción", "medicación", "operación", "psiquiatra", "terapia",
    "deuda", "deudas", "embargo", "morosidad", "situación económica", "situación irregular", "pensión alimenticia", "denuncia", "condena", "divorcio",
    "religión", "orientación sexual", "afiliación", "sindicato", "etnia", "violencia doméstica", "subsidio", "asilo", "refugio", "clave", "contraseña",
    "diagnosi", "malattia", "trattamento", "gravidanza", "disabilità", "invalidità", "depressione", "dipendenza", "debito", "debiti", "pignoramento", "condanna",
    "separazione", "religione", "orientamento sessuale", "sindacato", "permesso di soggiorno", "denuncia", "sussidio", "password",
    "doença", "tratamento", "gravidez", "deficiência", "depressão", "dívida", "dívidas", "penhora", "condenação", "divórcio", "religião", "orientação sexual",
    "queixa", "subsídio", "autorização de residência", "palavra-passe", "senha",
    "diagnosis", "illness", "disease", "treatment", "pregnancy", "disability", "depression", "addiction", "medication", "debt", "debts", "arrears", "eviction", "conviction",
    "divorce", "religion", "sexual orientation", "union membership", "asylum claim", "immigration status", "benefit claim", "welfare", "complaint against",
)  # fmt: skip
OWNER = r"(?:su|sus|tu|tus|suya|suo|sua|suoi|sue|tuo|tua|seu|seus|suas|teu|tua|vosso|your|his|her|their|usted (?:tiene|padece|sufre|mantiene)(?: una| un)?|lei ha(?: una| un)?|you (?:have|suffer from)(?: a| an)?)"
STEP = r"(?:\s[\wáéíóúñàèìòùãõâêôç]+){0,2}?\s"


def find(text: str, *, words: Iterable[str] = ()) -> Iterator[Hit]:
    """`words` are the office's own, beside those every installation begins with."""
    alone, of_somebody = _patterns(tuple(words))
    for match in alone.finditer(text):
        yield Hit(match.start(), match.end(), "sensitive", match[0])
    for match in of_somebody.finditer(text):
        yield Hit(match.start(), match.end(), "sensitive", match[0])


@lru_cache(maxsize=64)
def _patterns(own: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    alone = "|".join(re.escape(word.strip()) for word in (*ALONE, *own) if word.strip())
    said_of = "|".join(re.escape(word) for word in sorted(OF_SOMEBODY, key=len, reverse=True))
    return (
        re.compile(rf"\b(?:{alone})\b", re.IGNORECASE),
        re.compile(rf"\b{OWNER}{STEP}(?:{said_of})\b", re.IGNORECASE),
    )
