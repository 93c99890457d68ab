"""One act on several tickets at once: each by its own verb, each refusal told."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.accounts.access import staff_page
from apps.accounts.models import Team, User
from apps.core.errors import DomainError
from apps.core.given import row_number
from apps.core.http import back
from apps.inbox import snoozing
from apps.tickets import services
from apps.tickets.models import Tag, Ticket
from apps.tickets.states import Status

MOST = 50

Act = Callable[[Ticket], Any]


@staff_page("ticket.view")
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """`ticket` names the tickets, `do` the act: solve, mine, or "choose" for the page with all of them."""
    viewer = request.viewer  # type: ignore[attr-defined]
    to = back(request, "/desk/")
    chosen = request.POST.getlist("ticket")[:MOST]
    tickets = list(Ticket.objects.visible_to(viewer).filter(public_id__in=chosen).select_related("office", "requester"))
    if not tickets:
        messages.warning(request, _("Choose at least one ticket."))
        return HttpResponseRedirect(to)
    if request.POST.get("do") == "choose":
        return render(request, "inbox/bulk.html", _choices(tickets, to))
    verb, act = _act(request, tickets)
    well, refusals = 0, set()
    for ticket in tickets:
        if not viewer.may(verb, ticket.office_id):
            refusals.add(_("You can read this but not change it."))
            continue
        try:
            act(ticket)
            well += 1
        except DomainError as error:
            refusals.add(str(error.message))
    if well:
        messages.success(request, ngettext("%(n)s ticket changed", "%(n)s tickets changed", well) % {"n": well})
    if refusals:
        n = len(tickets) - well
        said = ngettext("%(n)s not changed: %(why)s", "%(n)s not changed: %(why)s", n)
        messages.error(request, said % {"n": n, "why": " ".join(sorted(refusals))})
    return HttpResponseRedirect(to)


def _act(request: HttpRequest, tickets: list[Ticket]) -> tuple[str, Act]:
    user, value = request.user, request.POST.get("value", "")
    match request.POST.get("do"):
        case "solve":
            return "ticket.status", lambda t: services.change_status(t, to=Status.SOLVED, actor=user)
        case "mine":
            return "ticket.assign", lambda t: services.assign(t, to=user, actor=user)  # type: ignore[arg-type]
        case "assign":
            people = User.objects.active().who_may("ticket.reply", _above(tickets))
            to = people.filter(pk=row_number(value)).first()
            if to is None and value:
                raise Http404
            return "ticket.assign", lambda t: services.assign(t, to=to, actor=user)
        case "team":
            team = Team.objects.filter(pk=row_number(value)).select_related("office").first()
            if team is None:
                raise Http404
            return "ticket.assign", lambda t: services.move_to_team(t, team=team, actor=user)
        case "tag":
            return "ticket.tag", lambda t: services.tag(t, key=value, actor=user)
        case "snooze":
            until = snoozing.parse(value, tickets[0].office.time_zone)
            if until is None:
                raise Http404
            return "ticket.status", lambda t: services.snooze(t, until=until, actor=user)
    raise Http404


def _choices(tickets: list[Ticket], to: str) -> dict[str, Any]:
    bodies = {ticket.office.body_id for ticket in tickets}
    return {
        "tickets": tickets,
        "back": to,
        "people": list(User.objects.active().who_may("ticket.reply", _above(tickets)).order_by("full_name")),
        "teams": list(Team.objects.filter(office__body_id__in=bodies)),
        "tags": list(Tag.objects.in_use().filter(body_id__in=bodies)),
        "snooze_choices": snoozing.choices(tickets[0].office.time_zone),
    }


def _above(tickets: list[Ticket]) -> set[int]:
    """The offices of these tickets and all above them."""
    return {int(pk) for ticket in tickets for pk in ticket.office.path.split("/") if pk}
