"""Opening a ticket for somebody who stands at the counter or called."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from apps.accounts.access import staff_page
from apps.accounts.models import Office
from apps.core.ids import public_id
from apps.inbox.forms import DOORS, NewTicketForm
from apps.people.models import Person
from apps.people.services import add_identity, identify, introduce
from apps.tickets import services
from apps.tickets.models import Ticket
from apps.tickets.states import Status


@staff_page("ticket.open")
@require_http_methods(["GET", "POST"])
def new_ticket(request: HttpRequest) -> HttpResponse:
    """`?via=phone` has the door chosen beforehand, and the words are written at once."""
    via = request.GET.get("via", "")
    chosen = {"via": via} if via in dict(DOORS) else {}
    form = NewTicketForm(request.viewer, request.POST or None, initial=chosen)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        ticket = _open(form.cleaned_data, request.user)
        return HttpResponseRedirect(f"/desk/t/{ticket.public_id}/")
    if chosen or form.errors:
        form.fields["text"].widget.attrs["autofocus"] = True
    status = 422 if form.errors else 200
    return render(request, "inbox/new_ticket.html", {"form": form}, status=status)


@transaction.atomic
def _open(data: dict[str, Any], user: Any) -> Ticket:
    """One moment for everybody who looks: opened, answered and solved at once."""
    office = data["office"]
    ticket = services.open_ticket(
        office,
        requester=_person(data, office.body),
        subject=data["subject"],
        text=data["text"],
        via=data["via"],
        team=data["team"],
        priority=data["priority"],
        assignee=user if data["is_mine"] else None,
        actor=user,
    )
    then = Status.SOLVED if data["is_solved"] else ""
    if data["answer"]:
        services.reply(ticket, author=user, text=data["answer"], via=data["via"], is_said_in_person=True, then=then)
    elif then:
        services.change_status(ticket, to=then, actor=user)
    return ticket


def _person(data: dict[str, Any], body: Office) -> Person:
    """Who left an address or a number is who has it; who left neither is somebody new, with or without a name."""
    kind = next((kind for kind in ("email", "phone") if data[kind]), "counter")
    person = identify(body, kind=kind, handle=data.get(kind) or public_id(), name=data["name"])
    if data["name"] and not person.full_name:
        introduce(person, name=data["name"])
    if kind == "email" and data["phone"]:
        add_identity(person, kind="phone", handle=data["phone"])
    return person
