"""Pictures and files are put beside an article, and named in its words."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.access import staff_page
from apps.core.errors import DomainError
from apps.kb import services
from apps.kb.views.opening import article_of


@require_POST
@staff_page("kb.edit")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    article = article_of(request, pk, "kb.edit")
    for file in request.FILES.getlist("file")[:10]:
        try:
            kind = file.content_type or "application/octet-stream"
            services.add_file(article, name=file.name or "", content=file.read(), content_type=kind, actor=request.user)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("Kept: %(name)s") % {"name": file.name})
    return redirect("kb:article", pk)


@require_POST
@staff_page("kb.edit")
def remove(request: HttpRequest, pk: int, public_id: str) -> HttpResponse:
    article = article_of(request, pk, "kb.edit")
    try:
        services.remove_file(get_object_or_404(article.files, public_id=public_id), actor=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("kb:article", pk)
