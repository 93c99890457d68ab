"""What the guard finds, in plain data."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

# Kind -> why it must not stand in public. Sentences for whoever wrote it.
REASONS = {
    "uy_ci": gettext_noop("a Uruguayan identity card number"),
    "ar_cuit": gettext_noop("an Argentine CUIT or CUIL"),
    "ar_dni": gettext_noop("what looks like an Argentine identity card number"),
    "es_dni": gettext_noop("a Spanish DNI or NIE"),
    "it_cf": gettext_noop("an Italian codice fiscale"),
    "pt_nif": gettext_noop("a Portuguese NIF"),
    "br_cpf": gettext_noop("a Brazilian CPF"),
    "card": gettext_noop("the number of a bank card"),
    "iban": gettext_noop("a bank account number"),
    "phone": gettext_noop("a telephone number"),
    "email": gettext_noop("an e-mail address"),
    "address": gettext_noop("somebody's address"),
    "file_number": gettext_noop("the number of a file or case"),
    "name": gettext_noop("the name of somebody else"),
    "sensitive": gettext_noop("words about something sensitive"),
}
# Proven by their check digit: nobody overrules these.
PROVEN = frozenset({"uy_ci", "ar_cuit", "es_dni", "it_cf", "pt_nif", "br_cpf", "card", "iban"})


@dataclass(frozen=True, order=True)
class Hit:
    """`start` and `end` are places in the text; `kind` is a key of REASONS."""

    start: int
    end: int
    kind: str
    text: str

    @property
    def reason(self) -> str:
        return REASONS[self.kind]

    @property
    def is_proven(self) -> bool:
        return self.kind in PROVEN
