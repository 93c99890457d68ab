"""The article behind an address of the desk, for whoever asks."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from apps.accounts.permissions import may
from apps.kb.models import Article, Translation


def article_of(request: HttpRequest, pk: int, verb: str = "") -> Article:
    """Not visible is like not there (S-28). Visible, but the verb is not allowed in its office: 403."""
    rows = Article.objects.visible_to(request.viewer).for_list()  # type: ignore[attr-defined]
    article = get_object_or_404(rows, pk=pk)
    if verb and not may(request.viewer, verb, article.office_id):  # type: ignore[attr-defined]
        raise PermissionDenied
    return article


def translation_of(article: Article, language: str) -> Translation:
    own = article.by_language.get(known(language))
    if own is None:
        raise Http404
    own.article = article
    return own


def known(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return language
