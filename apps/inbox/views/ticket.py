"""One ticket: the conversation, its live pieces, what is known about the person."""

import json
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.access import staff_page
from apps.activity.models import Activity
from apps.core.given import row_number
from apps.core.http import is_partial
from apps.inbox import drafts, snoozing
from apps.inbox.addressing import choices
from apps.inbox.joined import merged_away, relations
from apps.inbox.timeline import timeline
from apps.inbox.ways import notice_words
from apps.omnichannel.beside import piece_above, piece_for
from apps.omnichannel.services import door_for, ways_for
from apps.sla.reasons import lateness
from apps.sla.standing import standings
from apps.surveys.models import Survey
from apps.tickets import services
from apps.tickets.models import LastSeen, Message, Ticket
from apps.tickets.states import MOVES, Direction, Priority, Status

OTHERS_SHOWN = 10
LOG_SHOWN = 50


def get_ticket(request: HttpRequest, public_id: str, *, held: bool = False) -> Ticket:
    """The ticket of that public id or reference, if this viewer may see it; one query. Else 404, whatever the cause.
    `held`: the row is ours until the commit.
    """
    seen = LastSeen.objects.filter(user=request.user, ticket=OuterRef("pk")).values("message_id")[:1]
    rows = (
        Ticket.objects.visible_to(request.viewer)  # type: ignore[attr-defined]
        .select_related("requester__organisation", "assignee", "team", "office", "service")
        .annotate(seen_to=Subquery(seen))
    )
    rows = drafts.with_drafts(rows, request.user)  # type: ignore[arg-type]
    if held:
        notes = Message.objects.filter(ticket=OuterRef("pk"), direction=Direction.NOTE)
        rows = rows.annotate(has_notes=Exists(notes)).select_for_update(of=("self",))
    number = Ticket.pk_from_reference(public_id)
    ticket = rows.filter(pk=number).first() if number else rows.filter(public_id=public_id).first()
    if ticket is None:
        raise Http404
    return ticket


@staff_page("ticket.view")
@require_GET
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """The canonical address: a ticket by itself."""
    if is_partial(request):
        return conversation(request, public_id)
    return render(request, "inbox/ticket_page.html", conversation_context(request, public_id))


def conversation(request: HttpRequest, public_id: str, view: str = "") -> HttpResponse:
    context = conversation_context(request, public_id, view=view)
    is_live = request.headers.get("X-Acudo-Part") == "live"
    return render(request, "inbox/_live_pieces.html" if is_live else "inbox/_conversation.html", context)


def conversation_context(
    request: HttpRequest, public_id: str, *, view: str = "", opens_addressing: bool = False, **more: Any
) -> dict[str, Any]:
    """Ticket, timeline (three queries), tags and the door of an answer: the same for 20 messages and 200."""
    ticket = get_ticket(request, public_id)
    viewer = request.viewer  # type: ignore[attr-defined]
    before = _before(ticket, request.GET.get("before", ""))
    may = {
        verb: viewer.may(f"ticket.{verb}", ticket.office_id) for verb in ("reply", "note", "assign", "status", "tag")
    }
    door = door_for(ticket) if may["reply"] and ticket.status not in (Status.CLOSED, Status.MERGED) else None
    own = f"/desk/t/{ticket.public_id}/"
    tags = list(ticket.tags.all())
    draft = facts_of(ticket.own_draft) if may["reply"] else {}  # type: ignore[attr-defined]
    chosen = draft.get("addressing") or {}
    ways = ways_for(ticket, door) if door else []
    return {
        "ticket": ticket,
        "timeline": timeline(
            ticket,
            viewer,
            tag_names={tag.key: str(tag) for tag in tags},
            seen_to=ticket.seen_to or 0,
            before=before,
        ),
        "tags": tags,
        "door": door,
        "may_answer": door is not None and door.channel is not None,
        "may": may,
        "moves": [status for status in Status if status in MOVES[ticket.status] and status != Status.NEW],
        "priorities": Priority,
        "snooze_choices": snoozing.choices(ticket.office.time_zone),
        "view_slug": view,
        "own_url": own,
        "here_url": f"/desk/inbox/{view}/{ticket.public_id}/" if view else own,
        "list_url": f"/desk/inbox/{view}/" if view else "/desk/",
        "late_label": METRICS.get(ticket.next_due_metric, ""),
        "before": before,
        "draft": draft,
        "draft_files": drafts.files_of(draft["pk"]) if draft.get("files") else [],
        "other_draft": facts_of(ticket.other_draft),  # type: ignore[attr-defined]
        "addressing": choices(ticket, chosen) if door and (chosen or opens_addressing) else None,
        "copies": len(door.copies) if door else 0,
        "ways": ways,
        "notice_words": notice_words(ticket) if any(way.notice_by for way in ways) else "",
        "above": piece_above(ticket, viewer),
        "person_name": _short_name(ticket),
        "merged_away": merged_away(ticket, viewer),
        **more,
    }


def facts_of(value: Any) -> dict[str, Any]:
    """An annotated JSON object; one database gives it, or an object within it, as text."""
    facts = (json.loads(value) if isinstance(value, str) else value) or {}
    if isinstance(facts.get("addressing"), str):
        facts["addressing"] = json.loads(facts["addressing"])
    return facts


METRICS = {
    "first_response": _("First answer"),
    "next_response": _("Next answer"),
    "resolution": _("Solution"),
}


@staff_page("ticket.view")
@require_GET
def details(request: HttpRequest, public_id: str) -> HttpResponse:
    """The person, their other tickets, and the log of this one."""
    ticket = get_ticket(request, public_id)
    viewer = request.viewer  # type: ignore[attr-defined]
    others = Ticket.objects.visible_to(viewer).of_requester(ticket.requester_id).exclude(pk=ticket.pk).order_by("-pk")
    context = {
        "ticket": ticket,
        "identities": list(ticket.requester.identities.all()),
        "others": list(others.select_related("office")[:OTHERS_SHOWN]),
        "standings": standings(ticket),
        "lateness": lateness(ticket),
        "may_say_why_late": viewer.may("ticket.status", ticket.office_id),
        "log": list(Activity.objects.about("ticket", ticket.pk).order_by("-pk")[:LOG_SHOWN]),
        "own_url": f"/desk/t/{ticket.public_id}/",
        "relations": relations(ticket, viewer),
        "may_join": viewer.may("ticket.status", ticket.office_id),
        "beside": piece_for(ticket, viewer),
        "surveys": Survey.objects.visible_to(viewer).about(ticket.pk).answered(),
    }
    return render(request, "inbox/_details.html" if is_partial(request) else "inbox/details_page.html", context)


@staff_page("ticket.view")
@require_POST
def seen(request: HttpRequest, public_id: str) -> HttpResponse:
    """This user has read up to the newest message their page showed."""
    ticket = get_ticket(request, public_id)
    message_id = row_number(request.POST.get("message", ""))
    if message_id is None:
        return HttpResponse(status=400)
    services.mark_seen(ticket, user=request.user, message_id=message_id)  # type: ignore[arg-type]
    return HttpResponse(status=204)


def _short_name(ticket: Ticket) -> str:
    """What stands on the send button: the first name, as people say it."""
    words = ticket.requester.full_name.split()
    return words[0][:24] if words else str(_("the person"))


def _before(ticket: Ticket, public_id: str) -> int | None:
    if not public_id:
        return None
    return Message.objects.filter(ticket=ticket, public_id=public_id).values_list("pk", flat=True).first()
