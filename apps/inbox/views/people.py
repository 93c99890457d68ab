"""The people who write to us: a list, and one person with their tickets."""

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.access import staff_page
from apps.core.given import row_number
from apps.people.models import Person
from apps.tickets.models import Ticket
from apps.tickets.states import UNSOLVED

PAGE = 50
TICKETS_SHOWN = 50


@staff_page("person.view")
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:200]
    rows = Person.objects.visible_to(request.viewer)  # type: ignore[attr-defined]
    if query:
        rows = rows.named_like(query)
    name, number = request.GET.get("after", ""), request.GET.get("id", "")
    if row_number(number) is not None:
        rows = rows.filter(Q(full_name__gt=name) | Q(full_name=name, pk__gt=number))
    rows = rows.select_related("organisation").prefetch_related("identities").order_by("full_name", "pk")
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    visible = Ticket.objects.visible_to(request.viewer).filter(requester__in=shown, status__in=UNSOLVED)  # type: ignore[attr-defined]
    open_counts = dict(visible.order_by().values_list("requester").annotate(n=Count("pk")))
    context = {
        "people": [(person, open_counts.get(person.pk, 0)) for person in shown],
        "q": query,
        "next": shown[-1] if len(found) > PAGE else None,
    }
    return render(request, "inbox/people.html", context)


@staff_page("person.view")
@require_GET
def person(request: HttpRequest, public_id: str) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    found = Person.objects.visible_to(viewer).filter(public_id=public_id).select_related("organisation").first()
    if found is None:
        raise Http404
    tickets = Ticket.objects.visible_to(viewer).of_requester(found).select_related("assignee", "team").order_by("-pk")
    context = {
        "person": found,
        "identities": list(found.identities.all()),  # type: ignore[attr-defined]
        "tickets": list(tickets[:TICKETS_SHOWN]),
    }
    return render(request, "inbox/person.html", context)
