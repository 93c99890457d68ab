"""Who is at the window, as the agent sees it: page, referrer, language, whether they read; and how to stop abuse."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.access import staff_page
from apps.accounts.viewers import Viewer
from apps.core import clock
from apps.omnichannel.beside import Piece
from apps.omnichannel.models import Thread
from apps.omnichannel.webchat import services
from apps.omnichannel.webchat.models import Visitor
from apps.tickets import services as tickets
from apps.tickets.models import Ticket
from apps.tickets.states import MOVES, Status

REASON_LENGTH = 200
NETWORK_HOURS = 4


def beside(ticket: Ticket, viewer: Viewer) -> Piece | None:
    """Two queries."""
    thread = _thread(ticket)
    visitor = thread and _visitor(thread)
    if thread is None or not visitor:
        return None
    context = {
        "visitor": visitor,
        "is_with_program": thread.is_with_program,
        "is_here": visitor.is_here(clock.now()),
        "has_read_all": thread.read_sequence >= thread.last_sequence,
        "read": thread.read_sequence,
        "last": thread.last_sequence,
        "may_block": viewer.may("ticket.reply", ticket.office_id),
        "network_hours": NETWORK_HOURS,
        "url": f"/desk/t/{ticket.public_id}/visitor/",
    }
    return Piece("webchat/beside.html", context)


@staff_page("ticket.view")
@require_POST
def visitor(request: HttpRequest, public_id: str) -> HttpResponse:
    """Block who abuses the chat, with the reason as a private note, or let them write again."""
    viewer = request.viewer  # type: ignore[attr-defined]
    ticket = get_object_or_404(Ticket.objects.visible_to(viewer).select_related("office"), public_id=public_id)
    if not viewer.may("ticket.reply", ticket.office_id):
        raise PermissionDenied
    thread = _thread(ticket)
    row = thread and _visitor(thread)
    if thread is None or not row:
        raise Http404
    if request.POST.get("let") == "write":
        services.unblock(row)
    else:
        _block(ticket, thread, row, request)
    return HttpResponseRedirect(f"/desk/t/{ticket.public_id}/")


@transaction.atomic
def _block(ticket: Ticket, thread: Thread, row: Visitor, request: HttpRequest) -> None:
    reason = request.POST.get("reason", "").strip()[:REASON_LENGTH]
    services.block(row, thread, hours_for_network=NETWORK_HOURS if request.POST.get("network") else 0)
    note = _("The visitor was blocked: %(reason)s") % {"reason": reason} if reason else _("The visitor was blocked.")
    tickets.add_note(ticket, author=request.user, text=note)  # type: ignore[arg-type]
    if Status.SPAM in MOVES[ticket.status]:
        tickets.change_status(ticket, to=Status.SPAM, actor=request.user)


def _thread(ticket: Ticket) -> Thread | None:
    return Thread.objects.filter(ticket=ticket, channel__kind="webchat").order_by("-pk").first()


def _visitor(thread: Thread) -> Visitor | None:
    return Visitor.objects.filter(channel_id=thread.channel_id, public_id=thread.key).first()
