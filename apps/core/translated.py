"""Short strings that hold their languages in one field (LAYOUT 5)."""

from typing import Any

from django.db import models
from django.utils.translation import get_language

FALLBACK_ORDER = ("es", "en", "it", "pt")


class Translated(dict[str, str]):
    """{"es": "Préstamos", "en": "Loans"}; as text it speaks the active language."""

    def in_language(self, code: str | None) -> str:
        """The text in `code`, else in the first language that has one, else ''."""
        if code and self.get(code[:2]):
            return self[code[:2]]
        for fallback in (*FALLBACK_ORDER, *self):
            if self.get(fallback):
                return self[fallback]
        return ""

    def __str__(self) -> str:
        return self.in_language(get_language())


class TranslatedText(models.JSONField):
    """A JSON object of language code to text; reads back as `Translated`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Translated:
        return Translated(super().from_db_value(value, expression, connection) or {})

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return Translated(value) if isinstance(value, dict) else value
