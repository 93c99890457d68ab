"""Opening a ticket for somebody who stands at the counter or called."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from apps.accounts.access import staff_page
from apps.core.ids import public_id
from apps.inbox.forms import NewTicketForm
from apps.people.models import Person
from apps.people.services import identify
from apps.tickets import services
from apps.tickets.models import Ticket


@staff_page("ticket.open")
@require_http_methods(["GET", "POST"])
def new_ticket(request: HttpRequest) -> HttpResponse:
    form = NewTicketForm(request.viewer, request.POST or None)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        ticket = _open(form, request)
        return HttpResponseRedirect(f"/desk/t/{ticket.public_id}/")
    status = 422 if form.errors else 200
    return render(request, "inbox/new_ticket.html", {"form": form}, status=status)


@transaction.atomic
def _open(form: NewTicketForm, request: HttpRequest) -> Ticket:
    data = form.cleaned_data
    office = data["office"]
    return services.open_ticket(
        office,
        requester=_person(data, office.body),
        subject=data["subject"],
        text=data["text"],
        via=data["via"],
        team=data["team"],
        priority=data["priority"],
        assignee=request.user if data["is_mine"] else None,  # type: ignore[arg-type]
        actor=request.user,
    )


def _person(data: dict, body: object) -> Person:
    """Who left an address is who has it; who left none is somebody new."""
    if data["email"]:
        return identify(body, kind="email", handle=data["email"], name=data["name"])  # type: ignore[arg-type]
    return identify(body, kind="counter", handle=public_id(), name=data["name"])  # type: ignore[arg-type]
