"""Opening hours, for administrators: the list, and one editor a calendar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_page
from apps.accounts.models import Office
from apps.hours import arithmetic, durations, owners, services
from apps.hours.arithmetic import NeverOpen
from apps.hours.following import followers
from apps.hours.forms import WEEKS, CheckForm, DetailsForm, NewCalendarForm, SpecialDayForm, WeekForm
from apps.hours.models import Calendar
from apps.hours.picture import WeekPicture, in_words, week_picture

VERB = "hours.manage"


@dataclass(frozen=True)
class CalendarRow:
    calendar: Calendar
    picture: WeekPicture
    is_open: bool


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(VERB)
def calendars(request: HttpRequest) -> HttpResponse:
    offices = Office.objects.filter(pk__in=request.viewer.offices_with(VERB))  # type: ignore[attr-defined]
    form = NewCalendarForm(request.POST or None, offices=offices, initial={"office": offices.first()})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        calendar = services.create_calendar(
            typed["office"], name=typed["name"], week=WEEKS[typed["week"]], actor=request.user
        )
        if typed["is_for_office"]:
            owners.give_hours(typed["office"], calendar=calendar, actor=request.user)
        return redirect("hours:calendar", calendar.pk)
    rows = Calendar.objects.manageable_by(request.viewer).select_related("office").with_hours()  # type: ignore[attr-defined]
    context = {
        "rows": [_row(calendar) for calendar in rows],
        "form": form,
        "owners": owners.owners(request.viewer),  # type: ignore[attr-defined]
        "choices": _choices(request),
    }
    return render(request, "hours/calendars.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(VERB)
def whose(request: HttpRequest) -> HttpResponse:
    """`office-<key>` and `team-<key>` hold the key of a calendar, or nothing: those above. Others stay."""
    choices = {str(calendar.pk): calendar for calendar in _choices(request)}
    changed = 0
    for owner in owners.owners(request.viewer):  # type: ignore[attr-defined]
        wanted = request.POST.get(owner.field)
        if wanted is not None and (wanted == "" or wanted in choices):
            changed += owners.give_hours(owner.row, calendar=choices.get(wanted), actor=request.user)
    if changed:
        messages.success(request, _("Saved."))
    else:
        messages.info(request, _("Nothing was different."))
    return redirect("hours:calendars")


def _choices(request: HttpRequest) -> list[Calendar]:
    bodies = request.viewer.body_ids  # type: ignore[attr-defined]
    return list(Calendar.objects.filter(office__body_id__in=bodies).select_related("office"))


@require_safe
@staff_page(VERB)
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    return _editor(request, _calendar(request, pk))


@require_POST
@staff_page(VERB)
def week(request: HttpRequest, pk: int) -> HttpResponse:
    """Saves the week, or changes its form: a stretch more, one less, all days like Monday."""
    calendar = _calendar(request, pk)
    form, wish = WeekForm.read(request.POST), request.POST.get("do", "save")
    if wish != "save":
        form.change(wish)
        return _editor(request, calendar, week_form=form)
    valid_from, typed = parse_date(request.POST.get("valid_from", "")), form.week()
    if form.errors or valid_from is None:
        return _editor(request, calendar, week_form=form, date_is_missing=valid_from is None, status=422)
    had_overlap = services.set_week(calendar, valid_from=valid_from, week=typed, actor=request.user)
    if services.never_opens(calendar):
        messages.warning(request, _("These hours never open: nothing that is counted in them is ever due."))
    if had_overlap:
        messages.info(request, _("Saved. Times that overlapped are now one."))
    else:
        messages.success(request, _("Saved."))
    return redirect(f"{reverse('hours:calendar', args=[pk])}?from={valid_from.isoformat()}")


@require_POST
@staff_page(VERB)
def details(request: HttpRequest, pk: int) -> HttpResponse:
    calendar = _calendar(request, pk)
    form = DetailsForm(request.POST, instance=_calendar(request, pk))
    if not form.is_valid():
        return _editor(request, calendar, details_form=form, status=422)
    services.set_details(calendar, actor=request.user, **form.cleaned_data)
    return _saved(request, pk)


@require_POST
@staff_page(VERB)
def special_days(request: HttpRequest, pk: int) -> HttpResponse:
    calendar = _calendar(request, pk)
    form = SpecialDayForm(request.POST)
    if not form.is_valid():
        return _editor(request, calendar, day_form=form, status=422)
    typed = form.cleaned_data
    services.set_special_day(
        calendar,
        on=typed["on"],
        label=typed["label"],
        every_year=typed["every_year"],
        spans=form.spans,
        actor=request.user,
    )
    return _saved(request, pk)


@require_POST
@staff_page(VERB)
def special_day(request: HttpRequest, pk: int, on: date) -> HttpResponse:
    services.remove_special_day(_calendar(request, pk), on=on, actor=request.user)
    return _saved(request, pk)


def _calendar(request: HttpRequest, pk: int) -> Calendar:
    mine = Calendar.objects.manageable_by(request.viewer)  # type: ignore[attr-defined]
    return get_object_or_404(mine.select_related("office"), pk=pk)


def _saved(request: HttpRequest, pk: int) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("hours:calendar", pk)


def _row(calendar: Calendar) -> CalendarRow:
    week = services.working_hours(calendar).week_on(services.today(calendar))
    return CalendarRow(calendar, week_picture(week), services.is_open(calendar))


def _editor(
    request: HttpRequest,
    calendar: Calendar,
    *,
    week_form: WeekForm | None = None,
    details_form: DetailsForm | None = None,
    day_form: SpecialDayForm | None = None,
    date_is_missing: bool = False,
    status: int = 200,
) -> HttpResponse:
    hours = services.working_hours(calendar)
    chosen = parse_date(request.GET.get("from") or request.POST.get("valid_from") or "") or services.today(calendar)
    week = hours.week_on(chosen)
    context = {
        "calendar": calendar,
        "picture": week_picture(week),
        "valid_from": chosen,
        "versions": [version.valid_from for version in calendar.versions.all()],
        "days": _day_rows(week_form or WeekForm.of(week)),
        "date_is_missing": date_is_missing,
        "details_form": details_form or DetailsForm(instance=calendar),
        "day_form": day_form or SpecialDayForm(),
        "special_days": [(day, _special_words(day)) for day in calendar.special_days.prefetch_related("intervals")],
        "used_by": _used_by(request, calendar),
        **check(request, calendar),
    }
    return render(request, "hours/calendar.html", context, status=status)


def _used_by(request: HttpRequest, calendar: Calendar) -> list[tuple[str, list[str]]]:
    """By kind: whose own hours these are, who follows them, and what is counted in them."""
    return [
        (words, names)
        for words, names in (
            (_("Offices"), [row.name for row in calendar.offices_using.all()]),
            (_("Offices below that follow"), [row.name for row in followers(calendar, request.viewer)]),  # type: ignore[attr-defined]
            (_("Teams"), [row.name for row in calendar.teams_using.all()]),
            (_("Channels"), [row.name for row in calendar.channels.all()]),
            (_("Promises"), [row.name for row in calendar.policies.order_by("position")]),
        )
        if names
    ]


def _day_rows(form: WeekForm) -> list[dict[str, Any]]:
    return [
        {"number": day, "name": WEEKDAYS[day], "pairs": pairs or [("", "")], "error": form.errors.get(day, "")}
        for day, pairs in enumerate(form.days)
    ]


def _special_words(day: Any) -> str:
    return in_words(tuple((stretch.opens_minute, stretch.closes_minute) for stretch in day.intervals.all()))


def check(request: HttpRequest, calendar: Calendar) -> dict[str, Any]:
    """The line "If somebody writes on …, a target of … ends …", by the real arithmetic."""
    zone = ZoneInfo(calendar.time_zone)
    tomorrow = datetime.combine(services.today(calendar) + timedelta(days=1), datetime.min.time())
    asked = request.GET if "at" in request.GET else {"at": f"{tomorrow:%Y-%m-%d}T18:50", "length": "4 h"}
    form = CheckForm(asked)
    if not form.is_valid():
        return {"check_form": form, "check": None}
    at = form.cleaned_data["at"].replace(tzinfo=zone)
    day_seconds = services.working_day_seconds(calendar, at)
    try:
        seconds = durations.parse(form.cleaned_data["length"], day_seconds=day_seconds)
        due = arithmetic.due_at(at, seconds, services.working_hours(calendar, at))
    except durations.NotADuration as error:
        form.add_error("length", str(error))
        return {"check_form": form, "check": None}
    except NeverOpen:
        due = None
    words = durations.in_words(seconds, day_seconds=day_seconds)
    return {"check_form": form, "check": {"at": at, "due": due, "length": words, "zone": zone}}
