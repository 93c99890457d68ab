"""The shelf as editors see it, and a new article."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import staff_page
from apps.core import clock
from apps.kb import services
from apps.kb.forms import NewArticleForm, offices_to_write_for
from apps.kb.models import Article
from apps.kb.picture import language_tabs
from apps.kb.querysets import LANGUAGES, ArticleQuerySet
from apps.kb.services import TITLE_LENGTH
from apps.kb.states import State

SHOWN = 50
VIEWS = {
    "": _("All"),
    "draft": _("Drafts"),
    "in_review": _("In review"),
    "published": _("Published"),
    "retired": _("Retired"),
    "due": _("To look at again"),
}


@require_safe
@staff_page("kb.view")
def articles(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:100]
    show = request.GET.get("show", "")
    missing = request.GET.get("missing", "")
    page = _page_number(request)
    rows = Article.objects.visible_to(request.viewer)  # type: ignore[attr-defined]
    rows = _narrowed(rows, query, show, missing).for_list()
    found = list(rows[(page - 1) * SHOWN : page * SHOWN + 1])
    context = {
        "rows": [_row(article) for article in found[:SHOWN]],
        "views": VIEWS.items(),
        "languages": LANGUAGES,
        "query": query,
        "show": show if show in VIEWS else "",
        "missing": missing if missing in LANGUAGES else "",
        "page": page,
        "has_next": len(found) > SHOWN,
        "may_write": request.viewer.may("kb.edit"),  # type: ignore[attr-defined]
    }
    return render(request, "kb/articles.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("kb.edit")
def new(request: HttpRequest) -> HttpResponse:
    offices = offices_to_write_for(request.viewer)  # type: ignore[attr-defined]
    first = offices.first()
    asked = request.GET.get("language", "")
    home = first.default_language if first else "es"
    title = request.GET.get("title", "")[:TITLE_LENGTH]
    initial = {"office": first, "language": asked if asked in LANGUAGES else home, "title": title}
    form = NewArticleForm(request.POST or None, offices=offices, initial=initial)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        draft = services.create_article(
            fields["office"],
            author=request.user,  # type: ignore[arg-type]
            language=fields["language"],
            title=fields["title"],
            is_internal=fields["is_internal"],
        )
        return redirect("kb:translation", draft.article_id, draft.language)
    return render(request, "kb/new.html", {"form": form}, status=422 if form.errors else 200)


def _narrowed(rows: ArticleQuerySet, query: str, show: str, missing: str) -> ArticleQuerySet:
    if query:
        rows = rows.titled_like(query)
    if show in State.values:
        rows = rows.with_state(show)
    elif show == "due":
        rows = rows.due_for_review(timezone.localdate(clock.now()))
    if missing in LANGUAGES:
        rows = rows.without_language(missing)
    return rows


def _row(article: Article) -> dict[str, Any]:
    return {
        "article": article,
        "translation": article.in_language(get_language() or "es"),
        "tabs": language_tabs(article),
        "is_due": article.review_on is not None and article.review_on <= timezone.localdate(clock.now()),
    }


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
