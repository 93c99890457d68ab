"""The pages of the alarm: who waits in the chat, to take one of them, and what this browser does about it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import staff_page
from apps.core.errors import DomainError
from apps.core.http import is_partial
from apps.omnichannel.webchat import ringing
from apps.tickets.models import Ticket

SHOWN = 5


@staff_page("ticket.reply")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The piece that rings, or the same as a page."""
    found = ringing.waiting_for(request.viewer)  # type: ignore[attr-defined]
    context = {
        "waiting": found[:SHOWN],
        "total": len(found),
        "more": max(0, len(found) - SHOWN),
        "rings": bool(found) and ringing.has_free_hand(request.user),  # type: ignore[arg-type]
    }
    return render(request, "webchat/_waiting.html" if is_partial(request) else "webchat/waiting.html", context)


@staff_page("ticket.view")
@require_POST
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    """The first who presses has it; who comes second is told whose it is."""
    viewer = request.viewer  # type: ignore[attr-defined]
    ticket = get_object_or_404(Ticket.objects.visible_to(viewer), public_id=public_id)
    if not viewer.may("ticket.assign", ticket.office_id):
        raise PermissionDenied
    try:
        other = ringing.take(ticket, user=request.user)  # type: ignore[arg-type]
    except DomainError as error:
        messages.error(request, error.message)
    else:
        if other:
            messages.info(request, _("%(name)s has taken this chat already.") % {"name": other})
    return HttpResponseRedirect(f"/desk/t/{ticket.public_id}/")


@staff_page("ticket.view")
@require_safe
def sound(request: HttpRequest) -> HttpResponse:
    """What this browser does when somebody writes: kept in the browser, tried out here."""
    return render(request, "webchat/sound.html")
