"""Shifts, rosters and absences, for whoever plans them; and one's own presence."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import staff_page
from apps.accounts.models import Office, User
from apps.core import clock
from apps.core.errors import DomainError
from apps.hours import duty, presence
from apps.hours.display import clock_text
from apps.hours.models import Absence, Presence, Shift
from apps.hours.shift_forms import AbsenceForm, CapacityForm, OneDayForm, ShiftForm, colleagues

VERB = "shift.manage"
DAYS_SHOWN = 7


@dataclass(frozen=True)
class DayPlan:
    on: date
    turns: list[Any]  # (shift, [names, the head first])
    gaps: list[tuple[Any, Any]]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(VERB)
def shifts(request: HttpRequest) -> HttpResponse:
    """All shifts with the days to come, and the form for another one."""
    form = ShiftForm(request.POST or None, viewer=request.viewer)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        saved = _try(form, lambda: duty.save_shift(form.shift(), actor=request.user))
        if saved:
            return redirect("hours:shift", saved.pk)
    return _list(request, shift_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(VERB)
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    row = _shift(request, pk)
    form = ShiftForm(request.POST or None, instance=row, viewer=request.viewer)  # type: ignore[attr-defined]
    if (
        request.method == "POST"
        and form.is_valid()
        and _try(form, lambda: duty.save_shift(form.shift(), actor=request.user))
    ):
        messages.success(request, _("Saved."))
        return redirect("hours:shift", pk)
    return _editor(request, _shift(request, pk), form=form)


@require_POST
@staff_page(VERB)
def weekly(request: HttpRequest, pk: int) -> HttpResponse:
    """The roster of every week: `on-<weekday>` holds people, `head-<weekday>` the head."""
    row, people = _shift(request, pk), {str(user.pk): user for user in colleagues(request.viewer)}  # type: ignore[attr-defined]
    for weekday in range(7):
        users = [people[key] for key in request.POST.getlist(f"on-{weekday}") if key in people]
        head = people.get(request.POST.get(f"head-{weekday}", ""))
        duty.set_roster(row, users=users, head=head, weekday=weekday, actor=request.user)
    messages.success(request, _("Saved."))
    return redirect("hours:shift", pk)


@require_POST
@staff_page(VERB)
def one_day(request: HttpRequest, pk: int) -> HttpResponse:
    row = _shift(request, pk)
    form = OneDayForm(request.POST, viewer=request.viewer)  # type: ignore[attr-defined]
    if not form.is_valid():
        return _editor(request, row, day_form=form, status=422)
    typed = form.cleaned_data
    duty.set_roster(row, users=typed["people"], head=typed["head"], on=typed["on"], actor=request.user)
    messages.success(request, _("Saved."))
    return redirect("hours:shift", pk)


@require_POST
@staff_page(VERB)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    duty.remove_shift(_shift(request, pk), actor=request.user)
    messages.success(request, _("Removed."))
    return redirect("hours:shifts")


@require_POST
@staff_page(VERB)
def absences(request: HttpRequest) -> HttpResponse:
    form = AbsenceForm(request.POST, viewer=request.viewer, today=clock.now().date())  # type: ignore[attr-defined]
    if form.is_valid():
        typed = dict(form.cleaned_data)
        office = typed.pop("office")
        if _try(form, lambda: duty.note_absence(office, actor=request.user, **typed)):
            messages.success(request, _("Saved."))
            return redirect("hours:shifts")
    return _list(request, absence_form=form)


@require_POST
@staff_page(VERB)
def remove_absence(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Absence.objects.filter(office_id__in=request.viewer.offices_with(VERB))  # type: ignore[attr-defined]
    duty.remove_absence(get_object_or_404(mine, pk=pk), actor=request.user)
    return redirect("hours:shifts")


@require_POST
@staff_page(VERB)
def capacity(request: HttpRequest) -> HttpResponse:
    """`<user>-<channel>` holds how many at once; empty is the usual number."""
    form = CapacityForm(request.POST, people=_planned(request))
    if not form.is_valid():
        return _list(request, capacity_form=form)
    for user, wanted in form.changed():
        presence.set_capacity(user, capacity=wanted)
    messages.success(request, _("Saved."))
    return redirect("hours:shifts")


@require_POST
@staff_page("ticket.view")
def my_presence(request: HttpRequest) -> HttpResponse:
    """`state` says how it is; without it the request is only a sign of life."""
    to = request.POST.get("state", "")
    if to in Presence.State.values:
        presence.set_state(request.user, to=to)  # type: ignore[arg-type]
    else:
        presence.seen(request.user)  # type: ignore[arg-type]
    if request.headers.get("HX-Request"):
        return render(request, "hours/_presence.html", presence_of(request))
    return redirect(_own_path(request.POST.get("back", "")))


@staff_page("ticket.view")
def presence_switch(request: HttpRequest) -> HttpResponse:
    return render(request, "hours/_presence.html", presence_of(request))


def presence_of(request: HttpRequest) -> dict[str, Any]:
    row = Presence.objects.filter(user=request.user.pk).first()
    state = row.state if row else Presence.State.AWAY
    return {"state": Presence.State(state), "states": list(Presence.State)}


def _planned(request: HttpRequest) -> list[User]:
    """Those who work in the offices whose shifts the viewer plans: one query, two with their presence."""
    mine = request.viewer.offices_with(VERB)  # type: ignore[attr-defined]
    return list(User.objects.active().working_in(mine).select_related("presence"))  # type: ignore[attr-defined]


def _own_path(path: str) -> str:
    return path if path.startswith("/desk/") and "//" not in path and "\\" not in path else "/desk/"


def _shift(request: HttpRequest, pk: int) -> Shift:
    mine = Shift.objects.manageable_by(request.viewer)  # type: ignore[attr-defined]
    return get_object_or_404(mine.select_related("office", "team", "head"), pk=pk)


def _try(form: Any, act: Any) -> Any:
    """What the verb returns; None, with the refusal beside its field, when it refuses."""
    try:
        return act()
    except DomainError as error:
        field = error.detail.get("field")
        form.add_error(field if field in form.fields else None, str(error.message))
        return None


def _list(
    request: HttpRequest, *, shift_form: Any = None, absence_form: Any = None, capacity_form: Any = None
) -> HttpResponse:
    viewer, today = request.viewer, clock.now().date()  # type: ignore[attr-defined]
    rows = list(Shift.objects.manageable_by(viewer).select_related("office", "team", "head"))
    offices = {row.office_id: row.office for row in rows}
    planned = Absence.objects.filter(office_id__in=viewer.offices_with(VERB), last_on__gte=today)
    bound = [form for form in (shift_form, absence_form, capacity_form) if form is not None and form.is_bound]
    context = {
        "offices": [(office, _days(office, rows)) for office in offices.values()],
        "shifts": [(row, _span(row), _day_words(row)) for row in rows],
        "shift_form": shift_form or ShiftForm(viewer=viewer),
        "absence_form": absence_form or AbsenceForm(viewer=viewer, today=today),
        "capacity_form": capacity_form or CapacityForm(people=_planned(request)),
        "absences": list(planned.select_related("user", "replacement")),
    }
    return render(request, "hours/shifts.html", context, status=422 if bound else 200)


def _editor(
    request: HttpRequest, row: Shift, *, form: Any = None, day_form: Any = None, status: int = 200
) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    people = list(colleagues(viewer))
    planned = list(row.rostered.select_related("user"))
    weekly_on = {(one.user_id, one.weekday) for one in planned if one.weekday is not None}
    heads = {one.weekday: one.user_id for one in planned if one.weekday is not None and one.is_head}
    dates: dict[date, list[Any]] = {}
    for one in planned:
        if one.on is not None and one.on >= clock.now().date():
            dates.setdefault(one.on, []).append(one)
    context = {
        "shift": row,
        "span": _span(row),
        "form": form or ShiftForm(instance=row, viewer=viewer),
        "day_form": day_form or OneDayForm(viewer=viewer),
        "weekdays": [(day, WEEKDAYS_ABBR[day], heads.get(day)) for day in row.weekdays],
        "people": [(user, [(day, (user.pk, day) in weekly_on) for day in row.weekdays]) for user in people],
        "dates": sorted(dates.items()),
    }
    is_wrong = form is not None and form.is_bound and form.errors
    return render(request, "hours/shift.html", context, status=422 if is_wrong else status)


def _days(office: Office, rows: list[Shift]) -> list[DayPlan]:
    roster = duty.roster_of(office)
    by_id = {row.pk: row for row in rows}
    first = clock.now().astimezone(roster.zone).date()
    days = [first + timedelta(days=step) for step in range(DAYS_SHOWN)]
    turns = {day: roster.turns(day) for day in days}
    ids = {one.user_id for day in days for turn in turns[day] for one in turn.duties}
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "full_name"))
    return [
        DayPlan(
            on=day,
            turns=[
                (by_id.get(turn.shift.id), [(names.get(one.user_id, "?"), one) for one in _heads_first(turn.duties)])
                for turn in turns[day]
            ],
            gaps=[
                (begins.astimezone(roster.zone), ends.astimezone(roster.zone))
                for begins, ends in duty.uncovered(office, roster, day)
            ],
        )
        for day in days
    ]


def _heads_first(duties: Any) -> list[Any]:
    return sorted(duties, key=lambda one: not one.is_head)


def _span(row: Shift) -> str:
    return f"{clock_text(row.opens_minute)}–{clock_text(row.closes_minute)}"


def _day_words(row: Shift) -> str:
    return ", ".join(str(WEEKDAYS_ABBR[day]) for day in row.weekdays)
