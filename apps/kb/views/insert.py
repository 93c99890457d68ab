"""Articles beside an answer: what may help, and what is taken over into the text."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import staff_page
from apps.core.http import is_partial
from apps.kb import services
from apps.kb.models import Translation
from apps.kb.querysets import LANGUAGES
from apps.tickets.models import Ticket

SHOWN = 8
LONGEST_TEXT = 4_000


@require_safe
@staff_page("ticket.reply")
def insert(request: HttpRequest) -> HttpResponse:
    """Public articles only: whatever is inserted goes to the person. Without words, what suits the ticket."""
    query = request.GET.get("q", "").strip()[:200]
    viewer = request.viewer  # type: ignore[attr-defined]
    ticket = (
        Ticket.objects.visible_to(viewer)
        .select_related("office")
        .filter(public_id=request.GET.get("ticket", ""))
        .first()
    )
    language = request.GET.get("language", "")
    language = language if language in LANGUAGES else ""
    found: list[Translation] = []
    if query:
        body_id = ticket.office.body_id if ticket else None
        rows = Translation.objects.public().visible_to(viewer).for_reading()
        matching: Any = {"language": language, "body_id": body_id, "any_word": True, "is_typing": True}
        found = list(rows.matching(query, viewer, **matching)[:SHOWN])
    elif ticket:
        found = services.suggest_for(ticket, limit=SHOWN)
    context = {
        "choices": [(t, *_shortened(services.insertable(t))) for t in found],
        "query": query,
        "ticket": ticket,
        "language": language,
    }
    if not is_partial(request):
        return render(request, "kb/insert_page.html", context)
    is_refresh = request.headers.get("HX-Target") == "insert-rows"
    return render(request, "kb/_insert_rows.html" if is_refresh else "kb/_insert.html", context)


def _shortened(both: tuple[str, str]) -> tuple[str, str]:
    link, text = both
    return link, text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT].rsplit(' ', 1)[0]} …\n{link}"
