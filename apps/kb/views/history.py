"""What was said before, how it differed, and back to it."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import staff_page
from apps.accounts.permissions import may
from apps.kb import services
from apps.kb.models import Revision
from apps.kb.views.opening import article_of

MOST_LINES = 3_000  # more are shown without comparing


@dataclass(frozen=True)
class Line:
    kind: str  # "same", "added", "removed"
    text: str


@require_safe
@staff_page("kb.view")
def history(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    article = article_of(request, pk)
    own = article.by_language.get(language)
    if own is None:
        raise Http404
    revisions = list(own.revisions.all()[:200])
    chosen = request.GET.get("revision", "")
    shown = next((r for r in revisions if str(r.number) == chosen), revisions[0] if revisions else None)
    before = next((r for r in revisions if shown and r.number < shown.number), None)
    context = {
        "article": article,
        "translation": own,
        "revisions": revisions,
        "shown": shown,
        "before": before,
        "lines": changes(before, shown) if shown else [],
        "may_edit": may(request.viewer, "kb.edit", article.office_id),  # type: ignore[attr-defined]
    }
    return render(request, "kb/history.html", context)


@require_POST
@staff_page("kb.edit")
def restore(request: HttpRequest, pk: int, language: str, number: int) -> HttpResponse:
    own = article_of(request, pk, "kb.edit").by_language.get(language)
    if own is None:
        raise Http404
    revision = get_object_or_404(
        Revision.objects.select_related("translation__article__office"), translation=own, number=number
    )
    services.restore(revision, author=request.user)  # type: ignore[arg-type]
    messages.success(request, _("These words are the draft again. Readers see them once you publish."))
    return redirect("kb:translation", pk, language)


def changes(before: Revision | None, after: Revision) -> list[Line]:
    new = _lines(after)
    old = _lines(before) if before else []
    if max(len(old), len(new)) > MOST_LINES:
        return [Line("same", text) for text in new]
    lines: list[Line] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            lines += [Line("same", text) for text in new[c:d]]
            continue
        lines += [Line("removed", text) for text in old[a:b]]
        lines += [Line("added", text) for text in new[c:d]]
    return lines


def _lines(revision: Revision) -> list[str]:
    return [revision.title, revision.summary, *revision.text.split("\n")]
