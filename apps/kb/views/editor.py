"""One article: its words in one language, where it stands, and what becomes of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import staff_page
from apps.accounts.permissions import may
from apps.core.errors import DomainError
from apps.core.http import is_partial
from apps.core.markdown import LONGEST
from apps.core.markdown import render as render_markdown
from apps.kb import reading, rights, services
from apps.kb.checks import findings
from apps.kb.forms import PlaceForm, WordsForm
from apps.kb.models import Article, Translation
from apps.kb.picture import language_tabs
from apps.kb.states import MOVES, State
from apps.kb.views.about import about
from apps.kb.views.opening import article_of, known

MOVES_BY_NAME = {"review": State.IN_REVIEW, "draft": State.DRAFT, "retirement": State.RETIRED}


@require_safe
@staff_page("kb.view")
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """The language of whoever looks, or the one there is."""
    translation = article_of(request, pk).in_language(request.LANGUAGE_CODE)  # type: ignore[attr-defined]
    if translation is None:
        raise Http404
    return redirect("kb:translation", pk, translation.language)


@require_safe
@staff_page("kb.view")
def translation(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    return _editor(request, article_of(request, pk), known(language))


@require_POST
@staff_page("kb.edit")
def words(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Keeps the words; the button says what then: nothing more, review, or publication."""
    article = article_of(request, pk, "kb.edit")
    own, then = article.by_language.get(known(language)), request.POST.get("then", "")
    form = WordsForm(request.POST, has_address=_has_address(own))
    if not form.is_valid():
        return _not_saved(request, article, language, form)
    try:
        saved = services.save_draft(
            article,
            language=language,
            author=request.user,  # type: ignore[arg-type]
            seen_version=form.cleaned_data["version"],
            **form.words,
        )
    except DomainError as error:
        return _not_saved(request, article, language, form, error)
    if then in {"review", "publication"}:
        return _then(request, article, saved, then)
    if is_partial(request):
        return render(request, "kb/_saved.html", {"translation": saved})
    messages.success(request, _("Saved."))
    return redirect("kb:translation", pk, language)


@require_POST
@staff_page("kb.edit", "kb.publish")
def move(request: HttpRequest, pk: int, language: str, name: str) -> HttpResponse:
    if name not in MOVES_BY_NAME:
        raise Http404
    article = article_of(request, pk)
    if not rights.may_move(request.viewer, article, MOVES_BY_NAME[name]):  # type: ignore[attr-defined]
        raise PermissionDenied
    own = article.by_language.get(known(language))
    if own is None:
        raise Http404
    try:
        rights.move_to(own, MOVES_BY_NAME[name], actor=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("kb:translation", pk, language)


@require_POST
@staff_page("kb.edit")
def place(request: HttpRequest, pk: int) -> HttpResponse:
    article = article_of(request, pk, "kb.edit")
    language = known(request.POST.get("language", article.office.default_language))
    form = PlaceForm(request.POST, instance=article_of(request, pk, "kb.edit"), viewer=request.viewer)
    if not form.is_valid():
        return _editor(request, article, language, place_form=form, status=422)
    fields = form.cleaned_data
    if not rights.may_place(request.viewer, article, is_internal=fields["is_internal"]):  # type: ignore[attr-defined]
        raise PermissionDenied
    try:
        services.place(article, actor=request.user, **fields)
        messages.success(request, _("Saved."))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("kb:translation", pk, language)


@require_POST
@staff_page("kb.view")
def preview(request: HttpRequest) -> HttpResponse:
    text, pk = request.POST.get("text", "")[:LONGEST], request.POST.get("article", "")
    language = request.POST.get("language", "")
    html = render_markdown(text)
    if pk.isascii() and pk.isdigit() and len(pk) < 12:
        html = _drafted(article_of(request, int(pk)), known(language), text)
    return render(request, "kb/_preview.html", {"html": html, "findings": findings(text)})


def _drafted(article: Article, language: str, text: str) -> SafeString:
    """`text` as the article would show it to staff: with its live values, pictures and internal notes."""
    own = article.by_language.get(language) or Translation(article=article, language=language)
    own.article = article
    return reading.html(text, own, for_staff=True)


def _then(request: HttpRequest, article: Article, saved: Translation, then: str) -> HttpResponse:
    """The words are safe by now; if this is refused, only this is."""
    verb = "kb.publish" if then == "publication" else "kb.edit"
    if not _may(request, verb, article):
        raise PermissionDenied
    try:
        if then == "publication":
            services.publish(saved, actor=request.user)
            messages.success(request, _("Published. Readers see it now."))
        else:
            services.submit(saved, actor=request.user)
            messages.success(request, _("Sent for review."))
    except DomainError as error:
        messages.error(request, _("Saved, but not more: %(why)s") % {"why": error.message})
    return redirect("kb:translation", article.pk, saved.language)


def _not_saved(
    request: HttpRequest, article: Article, language: str, form: WordsForm, error: DomainError | None = None
) -> HttpResponse:
    status = error.status if error else 422
    if is_partial(request):
        sentences = [error.message] if error else [e for errors in form.errors.values() for e in errors]
        return render(request, "kb/_not_saved.html", {"sentences": sentences, "form": form}, status=status)
    return _editor(request, article, language, form=form, error=error, status=status)


def _editor(
    request: HttpRequest,
    article: Article,
    language: str,
    *,
    form: WordsForm | None = None,
    place_form: PlaceForm | None = None,
    error: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    own = article.by_language.get(language)
    source = article.by_language.get(article.office.default_language)
    may_edit, may_publish = _may(request, "kb.edit", article), _may(request, "kb.publish", article)
    text = str(form["text"].value() or "") if form else own.text if own else ""
    context: dict[str, Any] = {
        "article": article,
        "translation": own,
        "language": language,
        "source": source if source and source != own else None,
        "heading": article.in_language(language),
        "tabs": language_tabs(article, language),
        "form": form or _words_form(own),
        "place_form": place_form or PlaceForm(instance=article, viewer=request.viewer),
        "html": _drafted(article, language, text),
        "findings": findings(text),
        "may_edit": may_edit,
        "may_publish": may_publish,
        "can": _can(own, may_edit, may_publish),
        "error": error,
        **about(own, article, request),
    }
    return render(request, "kb/article.html", context, status=status)


def _words_form(own: Translation | None) -> WordsForm:
    initial = {}
    if own:
        initial = {
            "title": own.title,
            "summary": own.summary,
            "text": own.text,
            "slug": own.slug,
            "version": own.version,
        }
    return WordsForm(initial=initial, has_address=_has_address(own))


def _can(own: Translation | None, may_edit: bool, may_publish: bool) -> dict[str, bool]:
    moves = MOVES[own.state] if own else MOVES[State.DRAFT]
    return {
        "review": may_edit and not may_publish and State.IN_REVIEW in moves,
        "publication": may_publish and State.PUBLISHED in moves,
        "retirement": bool(own) and may_publish and State.RETIRED in moves,
        "draft": bool(own) and may_publish and State.DRAFT in moves,
    }


def _has_address(own: Translation | None) -> bool:
    return own is not None and own.published_at is not None


def _may(request: HttpRequest, verb: str, article: Article) -> bool:
    return may(request.viewer, verb, article.office_id)  # type: ignore[attr-defined]
