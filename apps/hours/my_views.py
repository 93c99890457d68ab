"""One's own shifts, on a page and as a feed."""

from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from apps.accounts.access import staff_page
from apps.core import clock
from apps.hours import my_shifts
from apps.hours.feeds import calendar_answer, shift_feed


@require_safe
@staff_page()
def shifts(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    turns = my_shifts.turns_of(user, at=clock.now(), days=my_shifts.DAYS_SHOWN)
    context = {
        "turns": [(turn, row, _zone(row), _duty(turn, user.pk)) for turn, row in turns],
        "feed_url": settings.ACUDO_BASE_URL + reverse("hours:shift_feed", args=[my_shifts.feed_key(user)]),
    }
    return render(request, "hours/my_shifts.html", context)


@require_safe
def shift_feed_of(request: HttpRequest, key: str) -> HttpResponse:
    """Fetched by a calendar program that cannot sign in: the key in the address is the permission."""
    user = my_shifts.user_of_feed(key)
    if user is None:
        raise Http404
    now = clock.now()
    with translation.override(user.language):
        turns = my_shifts.turns_of(user, at=now, days=my_shifts.DAYS_FED)
        host = urlsplit(settings.ACUDO_BASE_URL).hostname or "acudo"
        answer = calendar_answer(shift_feed(turns, user_id=user.pk, at=now, host=host), "shifts")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _zone(row: Any) -> ZoneInfo:
    return ZoneInfo(row.office.time_zone)


def _duty(turn: Any, user_id: int) -> Any:
    return next(one for one in turn.duties if one.user_id == user_id)
