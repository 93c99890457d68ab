"""An answer in a ticket becomes the draft of an article."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.access import staff_page
from apps.accounts.permissions import may
from apps.kb import services
from apps.tickets.models import Message
from apps.tickets.states import Direction


@require_POST
@staff_page("kb.edit", "kb.publish")
def make_article(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = Message.objects.visible_to(request.viewer).exclude(direction=Direction.IN)  # type: ignore[attr-defined]
    message = get_object_or_404(rows.select_related("ticket__office", "ticket__requester"), public_id=public_id)
    if not may(request.viewer, "kb.edit", message.ticket.office_id):  # type: ignore[attr-defined]
        raise PermissionDenied
    draft = services.article_of_answer(message, author=request.user)  # type: ignore[arg-type]
    messages.success(request, _("A draft: names, addresses and numbers were taken out. Read it before you publish it."))
    return redirect("kb:translation", draft.article_id, draft.language)
