"""How an article stands in each language, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.kb.models import Article, Translation
from apps.kb.states import State

OWN_NAMES = {"es": "Español", "it": "Italiano", "en": "English", "pt": "Português"}
MISSING = pgettext_lazy("translation", "missing")


@dataclass(frozen=True)
class LanguageTab:
    code: str
    name: str
    word: Any
    icon: str
    tone: str
    since: datetime | None = None
    is_here: bool = False


def language_tabs(article: Article, here: str = "") -> list[LanguageTab]:
    source = article.by_language.get(article.office.default_language)
    return [_tab(code, article.by_language.get(code), source, code == here) for code, _name in settings.LANGUAGES]


def _tab(code: str, translation: Translation | None, source: Translation | None, is_here: bool) -> LanguageTab:
    word, icon, tone, since = _standing(translation, source)
    return LanguageTab(code, OWN_NAMES.get(code, code), word, icon, tone, since, is_here)


def _standing(translation: Translation | None, source: Translation | None) -> tuple[Any, str, str, datetime | None]:
    if translation is None:
        return MISSING, "circle-dashed", "faint", None
    if translation.state == State.DRAFT:
        return pgettext_lazy("translation", "draft"), "pencil", "info", None
    if translation.state == State.IN_REVIEW:
        return pgettext_lazy("translation", "in review"), "eye", "warn", None
    if translation.state == State.RETIRED:
        return pgettext_lazy("translation", "retired"), "archive", "faint", None
    if translation.has_changes:
        return _("changes not yet public"), "square-pen", "info", None
    if since := translation.outdated_since(source):
        return _("outdated"), "history", "warn", since
    return pgettext_lazy("translation", "current"), "circle-check", "ok", None
