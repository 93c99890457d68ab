"""What one does with a ticket. Each view checks, reads the form, calls one verb, and offers its undoing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import staff_page
from apps.accounts.models import Team, User
from apps.accounts.permissions import require
from apps.core.errors import DomainError, Invalid
from apps.core.given import row_number
from apps.core.http import done, is_partial, refused
from apps.core.templatetags.ui import PRIORITY, STATUS, at
from apps.inbox import snoozing
from apps.inbox.views.ticket import get_ticket
from apps.tickets import services
from apps.tickets.models import Tag, Ticket
from apps.tickets.states import ENDED, Status


def act(verb: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """POST only, on a ticket the viewer sees, with `verb` in its office; refusals become answers."""

    def door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @staff_page("ticket.view")
        @require_POST
        @wraps(view)
        def guarded(request: HttpRequest, public_id: str) -> HttpResponse:
            ticket = get_ticket(request, public_id)
            try:
                require(request.viewer, verb, ticket.office_id)  # type: ignore[attr-defined]
                return view(request, ticket)
            except DomainError as error:
                return refused(request, error, to=_url(ticket))

        return guarded

    return door


@act("ticket.status")
def status(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    old, to = ticket.status, request.POST.get("to", "")
    if to not in Status.values:
        raise Invalid("unknown_status", _("There is no such status."))
    services.change_status(ticket, to=to, actor=request.user)
    back = Status.OPEN if old in {Status.NEW, *ENDED} or to in ENDED else old
    return done(
        request,
        _("Status: %(status)s") % {"status": STATUS[to].word},
        to=_url(ticket),
        undo=_undo(ticket, "status", to=back) if to != old else None,
        solved=to in ENDED,
    )


@act("ticket.status")
def priority(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    old, to = ticket.priority, _number(request, "to")
    services.set_priority(ticket, to=to, actor=request.user)
    text = _("Priority: %(priority)s") % {"priority": PRIORITY[to].word}
    return done(request, text, to=_url(ticket), undo=_undo(ticket, "priority", to=old))


@act("ticket.status")
def subject(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    old = ticket.subject
    services.set_subject(ticket, to=request.POST.get("to", ""), actor=request.user)
    return done(request, _("Subject changed"), to=_url(ticket), undo=_undo(ticket, "subject", to=old))


@act("ticket.status")
def snooze(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """`until` is a moment; empty wakes it."""
    text = request.POST.get("until", "")
    if not text:
        services.wake(ticket, actor=request.user)
        return done(request, _("Awake again"), to=_url(ticket))
    until = snoozing.parse(text, ticket.office.time_zone)
    if until is None:
        raise Invalid("until", _("Choose a date and a time."))
    services.snooze(ticket, until=until, actor=request.user)
    said = _("Snoozed until %(moment)s") % {"moment": strip_tags(at(until))}
    return done(request, said, to=_url(ticket), undo=_undo(ticket, "snooze", until=""), solved=True)


@staff_page("ticket.view")
@require_http_methods(["GET", "POST"])
def assignee(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET: whom it may be given to. POST: `to` is a user's number, "me", or empty for nobody."""
    if request.method == "POST":
        return _assign(request, public_id)
    ticket = get_ticket(request, public_id)
    people = User.objects.active().who_may("ticket.reply", _offices_above(ticket)).order_by("full_name")
    context = {"ticket": ticket, "choices": list(people), "team_ids": _team_members(ticket)}
    return _pick(request, "inbox/_pick_assignee.html", context)


@act("ticket.assign")
def _assign(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    old, to = ticket.assignee_id, request.POST.get("to", "")
    user = _user(request, to, ticket) if to else None
    services.assign(ticket, to=user, actor=request.user)
    if user is None:
        text = _("Nobody has it now")
    else:
        text = _("You have it") if user == request.user else _("%(name)s has it") % {"name": user.full_name}
    return done(request, text, to=_url(ticket), undo=_undo(ticket, "assignee", to=old or ""))


@staff_page("ticket.view")
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, public_id: str) -> HttpResponse:
    if request.method == "POST":
        return _move(request, public_id)
    ticket = get_ticket(request, public_id)
    teams = Team.objects.filter(office__body_id=ticket.office.body_id).order_by("name")
    return _pick(request, "inbox/_pick_team.html", {"ticket": ticket, "choices": list(teams)})


@act("ticket.assign")
def _move(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    old, to = ticket.team_id, request.POST.get("to", "")
    team = None
    if to:
        team = Team.objects.filter(office__body_id=ticket.office.body_id, pk=_number(request, "to")).first()
        if team is None:
            raise Http404
    services.move_to_team(ticket, team=team, actor=request.user)
    text = _("Moved to %(team)s") % {"team": team.name} if team else _("In no team now")
    return done(request, text, to=_url(ticket), undo=_undo(ticket, "team", to=old or ""))


@staff_page("ticket.view")
@require_http_methods(["GET", "POST"])
def tags(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET: the tags of the body. POST: `add` or `remove` names one."""
    if request.method == "POST":
        return _tag(request, public_id)
    ticket = get_ticket(request, public_id)
    known = Tag.objects.in_use().filter(body_id=ticket.office.body_id)
    context = {"ticket": ticket, "choices": list(known), "own": set(ticket.tags.values_list("key", flat=True))}
    return _pick(request, "inbox/_pick_tags.html", context)


@act("ticket.tag")
def _tag(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    add, remove = request.POST.get("add", ""), request.POST.get("remove", "")
    if add:
        services.tag(ticket, key=add, actor=request.user)
        return done(request, _("Tag added"), to=_url(ticket), undo=_undo(ticket, "tags", remove=add))
    services.untag(ticket, key=remove, actor=request.user)
    return done(request, _("Tag removed"), to=_url(ticket), undo=_undo(ticket, "tags", add=remove))


@staff_page("ticket.view")
@require_GET
def snooze_choices(request: HttpRequest, public_id: str) -> HttpResponse:
    ticket = get_ticket(request, public_id)
    context = {"ticket": ticket, "choices": snoozing.choices(ticket.office.time_zone)}
    return _pick(request, "inbox/_pick_snooze.html", context)


def _pick(request: HttpRequest, piece: str, context: dict[str, Any]) -> HttpResponse:
    """A picker: inside a dialog for scripts, a page of its own without."""
    context["own_url"] = _url(context["ticket"])
    if is_partial(request):
        return render(request, piece, context)
    return render(request, "inbox/pick_page.html", context | {"piece": piece})


def _user(request: HttpRequest, to: str, ticket: Ticket) -> User:
    if to == "me":
        return request.user  # type: ignore[return-value]
    people = User.objects.active().who_may("ticket.reply", _offices_above(ticket))
    user = people.filter(pk=_number(request, "to")).first()
    if user is None:
        raise Http404
    return user


def _offices_above(ticket: Ticket) -> list[int]:
    """The office and all above it: who works there works here."""
    return [int(pk) for pk in ticket.office.path.split("/") if pk]


def _team_members(ticket: Ticket) -> set[int]:
    return set(ticket.team.members.values_list("pk", flat=True)) if ticket.team else set()


def _number(request: HttpRequest, name: str) -> int:
    number = row_number(request.POST.get(name, ""))
    if number is None:
        raise Http404
    return number


def _undo(ticket: Ticket, resource: str, **fields: Any) -> dict[str, Any]:
    """What a script posts to take it back."""
    return {"url": f"{_url(ticket)}{resource}/", "fields": {key: str(value) for key, value in fields.items()}}


def _url(ticket: Ticket) -> str:
    return f"/desk/t/{ticket.public_id}/"
