"""What stands around the words: how people ask, the address, a plan, who has read them, and how citizens see them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import staff_page
from apps.core.errors import DomainError
from apps.kb import reading, services
from apps.kb.models import Article, Reading, Translation
from apps.kb.states import State
from apps.kb.views.opening import article_of, translation_of

SHOWN_READERS = 5
MOST_READERS = 500


def about(own: Translation | None, article: Article, request: HttpRequest) -> dict[str, Any]:
    """For the editor's page; whoever opens it has seen what is live."""
    if own is None:
        return {}
    own.article = article
    if own.live is not None:
        _note_reading(own, request.user.pk)
    readings = list(own.readings.select_related("user")[:MOST_READERS])
    live = own.live.number if own.live else 0
    return {
        "files": list(article.files.all()),
        "wordings": "\n".join(wording.text for wording in own.wordings.all()),
        "readers": [(reading.user, reading.at, reading.revision == live) for reading in readings[:SHOWN_READERS]],
        "more_readers": max(0, len(readings) - SHOWN_READERS),
        "quoting": services.open_tickets_quoting(own, request.viewer)[:20],  # type: ignore[attr-defined]
        "used": own.citations.count(),
        "zone": article.office.time_zone,
        "publish_at": own.publish_at.astimezone(ZoneInfo(article.office.time_zone)) if own.publish_at else None,
    }


@require_safe
@staff_page("kb.view")
def as_citizen(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """The words being worked on, exactly as the public page would show them: no internal note stands in them."""
    article = article_of(request, pk)
    own = translation_of(article, language)
    context = {
        "article": article,
        "translation": own,
        "language": own.language,
        "html": reading.html(own.text, own),
        "is_live": own.state == State.PUBLISHED and not own.has_changes,
    }
    return render(request, "kb/as_citizen.html", context)


@require_POST
@staff_page("kb.edit")
def wordings(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    own = translation_of(article_of(request, pk, "kb.edit"), language)
    lines = request.POST.get("wordings", "")[:40_000].split("\n")
    return _done(request, own, lambda: services.keep_wordings(own, texts=lines, author=request.user))  # type: ignore[arg-type]


@require_POST
@staff_page("kb.publish")
def address(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    own = translation_of(article_of(request, pk, "kb.publish"), language)
    slug = request.POST.get("slug", "")[:80]
    return _done(request, own, lambda: services.rename(own, slug=slug, actor=request.user))


@require_POST
@staff_page("kb.publish")
def plan(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """A moment of the office's clock; without one the plan is given up."""
    article = article_of(request, pk, "kb.publish")
    own = translation_of(article, language)
    text = request.POST.get("at", "").strip()
    if not text:
        return _done(request, own, lambda: services.cancel_plan(own, actor=request.user))
    try:
        at: datetime = forms.DateTimeField().clean(text)
    except forms.ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("kb:translation", pk, language)
    moment = at.replace(tzinfo=ZoneInfo(article.office.time_zone))
    return _done(request, own, lambda: services.plan_publication(own, at=moment, actor=request.user))  # type: ignore[arg-type]


def _done(request: HttpRequest, own: Translation, verb: Any) -> HttpResponse:
    try:
        verb()
        messages.success(request, _("Saved."))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("kb:translation", own.article_id, own.language)


def _note_reading(own: Translation, user_id: int) -> None:
    number = own.live.number if own.live else 0
    if not own.readings.filter(user_id=user_id, revision=number).exists():
        Reading.objects.update_or_create(translation=own, user_id=user_id, defaults={"revision": number})
