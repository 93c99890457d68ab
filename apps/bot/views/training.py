"""Questions without a good answer become wordings, answers and articles; trainings are compared and put to work."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import staff_page
from apps.accounts.models import Office
from apps.bot import figures as counting
from apps.bot import knowledge, services
from apps.bot.clusters import clusters
from apps.bot.models import Question, Training
from apps.bot.reading import named
from apps.core import clock
from apps.core.errors import DomainError
from apps.core.given import row_number
from apps.kb.models import Article

SHOWN = 25
TRAININGS_SHOWN = 10
FIGURES_OF = timedelta(days=90)


@require_safe
@staff_page("kb.edit")
def training(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, alike beside alike, with the articles that come nearest."""
    viewer = request.viewer  # type: ignore[attr-defined]
    waiting = Question.objects.visible_to(viewer).to_review().select_related("conversation__ticket")
    rows = list(waiting.order_by("-asked_at")[:400])
    bodies = {row.body_id for row in rows}
    groups = []
    for body_id in bodies:
        own = [row for row in rows if row.body_id == body_id]
        groups += clusters(own, knowledge.answerer_for(body_id))
    groups = sorted(groups, key=lambda group: -len(group.questions))[:SHOWN]
    articles = Article.objects.visible_to(viewer).for_list()
    named_ones = {pk for group in groups for kind, pk in map(named, group.suggested) if kind == knowledge.ARTICLE}
    by_pk = {article.pk: article for article in articles.filter(pk__in=named_ones)}
    context = {
        "groups": [(group, _titles(group, by_pk)) for group in groups],
        "count": len(rows),
        "trainings": Training.objects.visible_to(viewer).select_related("started_by")[:TRAININGS_SHOWN],
        "may_publish": viewer.may("kb.publish"),
    }
    return render(request, "bot/training.html", context)


@require_POST
@staff_page("kb.edit")
def decide(request: HttpRequest) -> HttpResponse:
    """One decision for all questions of a group: `do` is wording, answer, article or ignore."""
    viewer = request.viewer  # type: ignore[attr-defined]
    pks = [pk for pk in map(row_number, request.POST.get("questions", "").split(",")) if pk]
    rows = list(Question.objects.visible_to(viewer).to_review().filter(pk__in=pks))
    if not rows:
        raise Http404
    do, user = request.POST.get("do", ""), request.user
    try:
        if do == "wording":
            article = get_object_or_404(
                Article.objects.filter(office_id__in=viewer.offices_with("kb.edit")), pk=_pk(request, "article")
            )
            services.teach_wording(rows, article=article, actor=user)  # type: ignore[arg-type]
            messages.success(request, _("Added to the ways of asking for that article."))
        elif do == "answer":
            services.teach_answer(rows, text=request.POST.get("text", ""), actor=user)  # type: ignore[arg-type]
            messages.success(request, _("The answer is kept. It is given from the next training on."))
        elif do == "article":
            office = _office(viewer, rows[0])
            draft = services.teach_article(rows, office=office, title="", actor=user)  # type: ignore[arg-type]
            messages.success(request, _("The draft knows these questions. It answers as soon as it is published."))
            return redirect("kb:translation", draft.article_id, draft.language)
        elif do == "ignore":
            services.ignore(rows, actor=user)  # type: ignore[arg-type]
        else:
            raise Http404
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("bot:training")


@require_POST
@staff_page("kb.publish")
def train(request: HttpRequest) -> HttpResponse:
    """A new training of every body the viewer publishes for."""
    offices = request.viewer.offices_with("kb.publish")  # type: ignore[attr-defined]
    bodies = Office.objects.filter(pk__in=Office.objects.filter(pk__in=offices).values("body_id"))
    for body in bodies:
        try:
            services.start_training(body, actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The training has begun. Nothing changes until you publish it."))
    return redirect("bot:training")


@require_safe
@staff_page("kb.edit")
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """How a training did beside the one that answers now."""
    row = get_object_or_404(Training.objects.visible_to(request.viewer), pk=pk)  # type: ignore[attr-defined]
    may_publish = request.viewer.may("kb.publish") and row.stage in ("ready", "retired")  # type: ignore[attr-defined]
    context = {"training": row, "may_publish": may_publish, "lines": _lines(row)}
    return render(request, "bot/one_training.html", context)


@require_POST
@staff_page("kb.publish")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Training.objects.visible_to(request.viewer), pk=pk)  # type: ignore[attr-defined]
    try:
        services.publish_training(row, actor=request.user)  # type: ignore[arg-type]
        messages.success(request, _("Training %(number)s answers from now on.") % {"number": row.number})
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("bot:one_training", pk)


@require_safe
@staff_page("report.view")
def figures(request: HttpRequest) -> HttpResponse:
    """What the program settles by itself, over the last three months."""
    viewer, since = request.viewer, clock.now() - FIGURES_OF  # type: ignore[attr-defined]
    context = {"figures": counting.figures(viewer, since=since), "articles": counting.by_article(viewer, since=since)}
    return render(request, "bot/figures.html", context)


def _titles(group: Any, by_pk: dict[int, Article]) -> list[tuple[int, str]]:
    found = []
    for kind, pk in map(named, group.suggested):
        article = by_pk.get(pk) if kind == knowledge.ARTICLE else None
        shown = article.in_language(group.questions[0].language) if article else None
        if shown is not None:
            found.append((pk, shown.title))
    return found


def _lines(row: Training) -> list[dict[str, Any]]:
    """A line for all languages, then one each: the shares of the new and of the old."""
    new, old = row.report.get("new") or {}, row.report.get("old") or {}
    lines = [{"code": "", "new": new, "old": old}] if new else []
    for code, values in sorted((new.get("languages") or {}).items()):
        lines.append({"code": code, "new": values, "old": (old.get("languages") or {}).get(code, {})})
    return lines


def _pk(request: HttpRequest, name: str) -> int:
    return row_number(request.POST.get(name, "")) or 0


def _office(viewer: Any, question: Question) -> Office:
    ticket = question.conversation.ticket if question.conversation else None
    offices = Office.objects.filter(pk__in=viewer.offices_with("kb.edit"), body_id=question.body_id)
    office = (offices.filter(pk=ticket.office_id).first() if ticket else None) or offices.order_by("path").first()
    if office is None:
        raise Http404
    return office
