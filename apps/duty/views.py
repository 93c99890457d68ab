"""The shift at work: the live page, the wall, the handover, the opening."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_page
from apps.accounts.models import Office, Team
from apps.core import clock, crypto
from apps.core.errors import DomainError
from apps.core.given import row_number
from apps.duty import services
from apps.duty.live import look
from apps.duty.models import Handover, HandoverItem, Opening, Wall
from apps.hours import duty
from apps.hours.shift_views import presence_of
from apps.omnichannel.models import Channel

LIVE, WORK = "report.view", "ticket.assign"
BACKLOG_SHOWN = 30
PAST_SHOWN = 10


@require_safe
@staff_page(LIVE)
def live(request: HttpRequest) -> HttpResponse:
    context = _figures(request)
    walls = Wall.objects.filter(office_id__in=_offices(request, LIVE).values("pk"))
    return render(request, "duty/live.html", context | {"walls": list(walls)})


@require_safe
@staff_page(LIVE)
def wall(request: HttpRequest) -> HttpResponse:
    return render(request, "duty/wall.html", _figures(request) | {"is_own": True})


@require_GET
def open_wall(request: HttpRequest, key: str) -> HttpResponse:
    """For a screen in the room: figures of one office, no name of a citizen, nobody signed in."""
    row = Wall.objects.filter(digest=crypto.digest(key)).select_related("office").first()
    if row is None:
        raise Http404
    now = look(row.office, services.below(row.office))
    response = render(request, "duty/wall.html", {"now": now, "office": row.office, "holds": "hold" in request.GET})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@staff_page(LIVE)
def make_wall(request: HttpRequest) -> HttpResponse:
    office = _office(request, LIVE, request.POST.get("office", ""))
    _row, key = services.make_wall(office, name=request.POST.get("name", "")[:80], by=request.user)  # type: ignore[arg-type]
    address = request.build_absolute_uri(f"/wall/{key}/")
    messages.success(request, _("The screen's address, shown this one time: %(address)s") % {"address": address})
    return redirect("duty:live")


@require_POST
@staff_page(LIVE)
def remove_wall(request: HttpRequest, public_id: str) -> HttpResponse:
    mine = Wall.objects.filter(office_id__in=request.viewer.offices_with(LIVE))  # type: ignore[attr-defined]
    services.remove_wall(get_object_or_404(mine, public_id=public_id), by=request.user)
    return redirect("duty:live")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(WORK)
def handover(request: HttpRequest) -> HttpResponse:
    office = _office(request, WORK, request.POST.get("office") or request.GET.get("office", ""))
    if request.method == "POST":
        services.begin_handover(office, by=request.user, words=request.POST.get("words", "")[:2_000])  # type: ignore[arg-type]
        return redirect(f"{request.path}?office={office.pk}")
    mine = Handover.objects.visible_to(request.viewer).filter(office=office)  # type: ignore[attr-defined]
    rows = mine.select_related("from_shift", "to_shift", "begun_by", "done_by")
    current = rows.filter(done_at=None).first()
    items = list(current.items.select_related("ticket__assignee", "given_by", "accepted_by")) if current else []
    kinds = [(HandoverItem.Kind(kind), list(same)) for kind, same in groupby(items, key=lambda item: item.kind)]
    context = {
        "office": office,
        "offices": list(_offices(request, WORK)),
        "handover": current,
        "kinds": kinds,
        "left": sum(1 for item in items if item.accepted_at is None),
        "past": list(rows.exclude(done_at=None).annotate(n=Count("items"))[:PAST_SHOWN]),
        **_on_now(office),
    }
    return render(request, "duty/handover.html", context)


@require_POST
@staff_page(WORK)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    offices = request.viewer.offices_with(WORK)  # type: ignore[attr-defined]
    item = get_object_or_404(HandoverItem.objects.select_related("handover"), pk=pk, handover__office_id__in=offices)
    try:
        if services.accept(item, by=request.user, take=request.POST.get("take") == "1"):  # type: ignore[arg-type]
            messages.success(request, _("All of it is taken over."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect(f"/desk/handover/?office={item.handover.office_id}#left")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(WORK)
def opening(request: HttpRequest) -> HttpResponse:
    office = _office(request, WORK, request.POST.get("office") or request.GET.get("office", ""))
    today = clock.now().astimezone(duty.roster_of(office).zone).date()
    row = Opening.objects.filter(office=office, on=today).first()
    if request.method == "POST":
        row = row or services.begin_opening(office, by=request.user)  # type: ignore[arg-type]
        _do(request, row)
        return redirect(f"{request.path}?office={office.pk}")
    waiting = services.waiting_before(office)
    by_via = waiting.order_by().values("via").annotate(n=Count("pk")).values_list("via", "n")
    context = {
        "office": office,
        "offices": list(_offices(request, WORK)),
        "opening": row,
        "by_via": list(by_via.order_by("via")),
        "left": waiting.count(),
        "waiting": list(waiting.select_related("assignee", "requester")[:BACKLOG_SHOWN]),
        "channels": list(Channel.objects.active().filter(office_id__in=services.below(office))),
        **presence_of(request),
        **_on_now(office),
    }
    return render(request, "duty/opening.html", context)


def _do(request: HttpRequest, row: Opening) -> None:
    wish = request.POST.get("do", "")
    try:
        if wish in ("sound", "channels"):
            services.tick(row, step=wish)
        elif wish == "finish":
            services.finish_opening(row, by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("The doors are open. A good day."))
    except DomainError as error:
        messages.error(request, str(error.message))


def _figures(request: HttpRequest) -> dict[str, Any]:
    office = _office(request, LIVE, request.GET.get("office", ""))
    mine = set(request.viewer.offices_with(LIVE))  # type: ignore[attr-defined]
    office_ids = [pk for pk in services.below(office) if pk in mine]
    teams = list(Team.objects.filter(office_id__in=office_ids))
    wanted = row_number(request.GET.get("team", "")) or 0
    team = next((team for team in teams if team.pk == wanted), None)
    return {
        "now": look(office, office_ids, team_id=team.pk if team else None),
        "office": office,
        "offices": list(_offices(request, LIVE)),
        "teams": teams,
        "team": team,
    }


def _on_now(office: Office) -> dict[str, Any]:
    """Who is on in this shift and in the next one."""
    from apps.accounts.models import User
    from apps.hours.models import Shift

    now, roster = clock.now(), duty.roster_of(office)
    coming = next(roster.coming(now), None)
    turns = [*roster.running(now), *([coming] if coming else [])]
    people = User.objects.in_bulk({one.user_id for turn in turns for one in turn.duties})
    shifts = Shift.objects.in_bulk([turn.shift.id for turn in turns])
    rows = [
        {
            "shift": shifts.get(turn.shift.id),
            "begins": turn.begins,
            "ends": turn.ends,
            "people": [(people[one.user_id], one.is_head) for one in turn.duties if one.user_id in people],
            "is_next": turn is coming,
        }
        for turn in turns
    ]
    return {"turns": rows, "zone": roster.zone}


def _offices(request: HttpRequest, verb: str) -> Any:
    return Office.objects.where(request.viewer, verb)  # type: ignore[attr-defined]


def _office(request: HttpRequest, verb: str, wanted: str) -> Office:
    """The one asked for, when it is theirs; else the first with shifts, else the first."""
    offices = list(_offices(request, verb).select_related("calendar"))
    if wanted:
        found = next((office for office in offices if str(office.pk) == wanted), None)
        if found is None:
            raise Http404
        return found
    if not offices:
        raise Http404
    return offices[0]
