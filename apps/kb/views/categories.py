"""The shelves of a body: their names in every language, and their order."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import staff_page
from apps.accounts.models import Office
from apps.core.errors import DomainError
from apps.kb import services
from apps.kb.models import Category
from apps.kb.picture import OWN_NAMES


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("kb.publish")
def categories(request: HttpRequest) -> HttpResponse:
    bodies = _bodies(request)
    if request.method == "POST":
        return _keep(request, bodies)
    rows = Category.objects.filter(body__in=bodies).select_related("body")
    context: dict[str, Any] = {
        "rows": [(row, _names(row)) for row in rows],
        "bodies": bodies,
        "empty_names": _names(None),
    }
    return render(request, "kb/categories.html", context)


def _keep(request: HttpRequest, bodies: Any) -> HttpResponse:
    known = request.POST.get("category", "")
    category = get_object_or_404(Category, pk=known, body__in=bodies) if known.isascii() and known.isdigit() else None
    body = category.body if category else bodies.filter(slug=request.POST.get("body", "")).first() or bodies.first()
    names = {code: request.POST.get(f"name-{code}", "") for code in OWN_NAMES}
    position = request.POST.get("position", "")
    try:
        services.keep_category(
            body,
            names=names,
            position=min(int(position), 999) if position.isascii() and position.isdigit() else 0,
            category=category,
        )
        messages.success(request, _("Saved."))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("kb:categories")


def _bodies(request: HttpRequest) -> Any:
    """The bodies of the offices in which the viewer may publish."""
    offices = request.viewer.offices_with("kb.publish")  # type: ignore[attr-defined]
    return Office.objects.filter(pk__in=Office.objects.filter(pk__in=offices).values("body"))


def _names(category: Category | None) -> list[tuple[str, str, str]]:
    return [(code, own, category.names.get(code, "") if category else "") for code, own in OWN_NAMES.items()]
