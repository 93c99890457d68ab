"""Finding: the search page and the palette's rows. What one may not see is never matched."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.access import staff_page
from apps.kb.models import Translation
from apps.people.models import Person
from apps.tickets.indexing import find as find_tickets
from apps.tickets.models import Ticket

KINDS = ("ticket", "person", "article")
SHOWN = 30
IN_PALETTE = 5


@staff_page("ticket.view")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:200]
    kind = request.GET.get("type", "")
    kinds = [kind] if kind in KINDS else list(KINDS)
    context: dict[str, Any] = {"query": query, "type": kind}
    if query:
        context |= _found(request, query, kinds, SHOWN)
    return render(request, "inbox/search.html", context)


@staff_page("ticket.view")
@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:200]
    found = _found(request, query, list(KINDS), IN_PALETTE, is_typing=True) if query else {}
    return render(request, "inbox/_palette_rows.html", found)


def _found(
    request: HttpRequest, query: str, kinds: list[str], limit: int, *, is_typing: bool = False
) -> dict[str, Any]:
    look = {"ticket": _tickets, "person": _people, "article": _articles}
    found = {f"{kind}s": look[kind](request, query, limit, is_typing) for kind in kinds}
    return found | {"count": sum(len(rows) for rows in found.values())}


def _tickets(request: HttpRequest, query: str, limit: int, is_typing: bool) -> list[Ticket]:
    viewer = request.viewer  # type: ignore[attr-defined]
    order = {pk: place for place, pk in enumerate(find_tickets(query, viewer, is_typing=is_typing, limit=limit))}
    rows = Ticket.objects.visible_to(viewer).for_list(request.user).filter(pk__in=order)  # type: ignore[arg-type]
    return sorted(rows, key=lambda ticket: order[ticket.pk])


def _people(request: HttpRequest, query: str, limit: int, is_typing: bool) -> list[Person]:
    viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.may("person.view"):
        return []
    rows = Person.objects.visible_to(viewer).named_like(query)
    return list(rows.prefetch_related("identities")[:limit])


def _articles(request: HttpRequest, query: str, limit: int, is_typing: bool) -> list[Translation]:
    viewer = request.viewer  # type: ignore[attr-defined]
    return list(Translation.objects.matching(query, viewer, is_typing=is_typing, limit=limit))
