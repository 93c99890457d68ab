"""The knowledge base as everybody reads it: published articles only, cacheable, without cookies."""

from hashlib import sha256

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from apps.core.files import disposition
from apps.kb.finding import Found, find
from apps.kb.models import Article, ArticleFile, Category, Translation
from apps.kb.querysets import TranslationQuerySet
from apps.kb.reading import public_html
from apps.kb.services import give_feedback, is_shown, note_miss
from apps.portal import doors, reading
from apps.portal.offices import base_url
from apps.portal.pages import OWN_NAMES, cached_page, portal_of, public_page, show

NEWEST = 6
RELATED = 4
RESULTS = 20
TITLES = 3
LONGEST_QUESTION = 200
FILE_SECONDS = 3600
REASON_WORDS = {
    "other_topic": _("It is about something else"),
    "unclear": _("I did not understand it"),
    "incomplete": _("Something is missing"),
    "outdated": _("It is not true any more"),
}


@cached_page
@require_safe
def shelves(request: HttpRequest) -> HttpResponse:
    portal = portal_of(request)
    categories = Category.objects.in_body(portal.body_id).with_counts()
    context = {"categories": categories, "articles": _readable(request).newest_first()[:NEWEST]}
    return show(request, "portal/kb.html", context)


@cached_page
@require_safe
def shelf(request: HttpRequest, category: str) -> HttpResponse:
    row = Category.objects.in_body(portal_of(request).body_id).filter(slug=category).first()
    if row is None:
        raise Http404
    articles = _readable(request).in_category(row).order_by("live__title")
    return show(request, "portal/kb_category.html", {"category": row, "articles": articles})


@cached_page
@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """In the language asked for; where that is missing, in another, and the page says so."""
    portal, language = portal_of(request), get_language() or ""
    found = _by_slug(request, slug, language)
    if found is None or found.live is None:
        return _moved(request, slug, language)
    siblings = list(Translation.objects.public().filter(article=found.article_id).for_reading())
    context = {
        "translation": found,
        "revision": found.live,
        "body": reading.with_index(public_html(found)),
        "is_fallback": found.language != language,
        "language_of_text": OWN_NAMES.get(found.language, found.language),
        "language_urls": _urls(portal.languages, found, siblings),
        "alternates": [(row.language, base_url(portal.office) + row.path) for row in siblings],
        "canonical": base_url(portal.office) + found.path,
        "related": _related(request, found),
    }
    return show(request, "portal/kb_article.html", context)


@public_page
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    doors.search(request)
    question = " ".join(request.GET.get("q", "").split())[:LONGEST_QUESTION]
    portal = portal_of(request)
    language = get_language() or ""
    found = Found([])
    if question:
        found = find(question, request.viewer, language=language, body_id=portal.body_id, limit=RESULTS)  # type: ignore[attr-defined]
        if not found.rows:
            note_miss(portal.body_id, language=language, question=question)
    words = found.taken_for or question
    results = [{"translation": row, "pieces": reading.mark(row.live.title, words)} for row in found.rows if row.live]
    return show(request, "portal/search.html", {"question": question, "taken_for": found.taken_for, "results": results})


@public_page
@require_safe
def titles(request: HttpRequest) -> HttpResponse:
    """For scripts, while somebody writes: {"articles": [{"title", "url"}]}, the three nearest at most."""
    doors.search(request)
    question = " ".join(request.GET.get("q", "").split())[:LONGEST_QUESTION]
    portal = portal_of(request)
    rows = Translation.objects.public().in_body(portal.body_id)
    found = rows.matching(
        question,
        request.viewer,  # type: ignore[attr-defined]
        language=get_language() or "",
        body_id=portal.body_id,
        any_word=True,
        limit=TITLES,
    ).for_reading()
    articles = [{"title": row.live.title, "url": row.path} for row in found if row.live] if question else []
    return JsonResponse({"articles": articles})


@csrf_exempt  # the page is kept by caches and has no token; a voice is nobody's, no cookie counts for it
@public_page
@require_POST
def judge(request: HttpRequest, slug: str) -> HttpResponse:
    """Was it useful? Counted at once; who says no is asked what was missing, and may say nothing more."""
    doors.judge(request)
    found = _by_slug(request, slug, get_language() or "")
    if found is None or found.live is None:
        raise Http404
    is_useful, said = request.POST.get("useful") == "yes", request.POST.get("words", "")[:2_000]
    reason, agent = request.POST.get("reason", ""), request.headers.get("User-Agent", "")
    source = sha256(f"{doors.source_of(request)} {agent}".encode()).hexdigest()
    give_feedback(found, is_useful=is_useful, reason=reason, said=said, source=source)
    is_over = is_useful or "reason" in request.POST or "words" in request.POST
    context = {"translation": found, "is_over": is_over, "is_useful": is_useful, "reasons": REASON_WORDS.items()}
    return show(request, "portal/kb_judged.html", context)


@require_safe
def file(request: HttpRequest, public_id: str) -> HttpResponse:
    """Of a public article, what its published words show; of any other, for staff who may read it (S-17, S-28)."""
    is_staff = request.viewer.is_staff  # type: ignore[attr-defined]  # asked in any case: both 404s are one
    found = ArticleFile.objects.select_related("article__office").filter(public_id=public_id).first()
    is_public = found is not None and is_shown(found)
    if found is None or not (is_public or (is_staff and _is_for(request, found))):
        raise Http404
    with default_storage.open(found.key) as stored:
        kind = "image/png" if found.is_picture else "application/octet-stream"
        response = HttpResponse(stored.read(), content_type=kind)
    response["Content-Disposition"] = disposition(found.name, inline=found.is_picture)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = f"public, max-age={FILE_SECONDS}" if is_public else "private, no-store"
    return response


def _is_for(request: HttpRequest, file: ArticleFile) -> bool:
    viewer = request.viewer  # type: ignore[attr-defined]
    return Article.objects.visible_to(viewer).filter(pk=file.article_id).exists()


def _readable(request: HttpRequest) -> TranslationQuerySet:
    """One translation an article: in the page's language, else in the office's."""
    portal = portal_of(request)
    return (
        Translation.objects.public()
        .in_body(portal.body_id)
        .in_language(get_language() or "", fallback=portal.default_language)
        .for_reading()
    )


def _by_slug(request: HttpRequest, slug: str, language: str) -> Translation | None:
    """A slug belongs to one language; the same words may be looked for under another one's address."""
    rows = Translation.objects.public().in_body(portal_of(request).body_id).for_reading()
    own = rows.filter(language=language, slug=slug).first()
    if own:
        return own
    other = rows.filter(slug=slug).order_by("pk").first()
    if other is None:
        return None
    return rows.filter(article=other.article_id, language=language).first() or other


def _moved(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """The address an article had before leads to the one it has."""
    rows = Translation.objects.public().in_body(portal_of(request).body_id)
    found = rows.filter(former_slugs__slug=slug, former_slugs__language=language).first()
    if found is None:
        raise Http404
    return HttpResponsePermanentRedirect(found.path)


def _urls(languages: tuple[str, ...], found: Translation, siblings: list[Translation]) -> dict[str, str]:
    """Each language's own address; where there is no translation, this one's below that language."""
    own = {row.language: row.path for row in siblings}
    return {code: own.get(code, f"/{code}/kb/{found.slug}/") for code in languages}


def _related(request: HttpRequest, found: Translation) -> list[Translation]:
    """Those the editors chose, then the newest of the same shelf."""
    through = Article.related.through.objects.filter(from_article=found.article_id).values("to_article")
    chosen = list(_readable(request).filter(article__in=through).order_by("pk")[: RELATED * 2])
    if chosen:
        return chosen
    if found.article.category_id is None:
        return []
    rows = _readable(request).in_category(found.article.category_id).exclude(article=found.article_id)
    return list(rows.newest_first()[:RELATED])
