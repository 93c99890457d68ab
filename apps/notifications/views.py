"""The bell: what one should know, newest first, and how much of it is unread."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import staff_page
from apps.notifications import services
from apps.notifications.models import Notice

SHOWN, LISTED, MOST_COUNTED = 300, 5, 99


@dataclass(frozen=True)
class Group:
    """Notices of one kind that came within one hour: a storm is one line that opens."""

    kind: str
    rows: list[Notice]

    @property
    def first(self) -> list[Notice]:
        return self.rows[:LISTED]

    @property
    def rest(self) -> list[Notice]:
        return self.rows[LISTED:]


@require_safe
@staff_page()
def notices(request: HttpRequest) -> HttpResponse:
    rows = list(_mine(request)[:SHOWN])
    groups = [Group(key[0], list(same)) for key, same in groupby(rows, key=_belonging)]
    return render(request, "notifications/notices.html", {"groups": groups, "newest": rows[0].pk if rows else 0})


@require_safe
@staff_page()
def bell(request: HttpRequest) -> HttpResponse:
    count = _mine(request).unread()[: MOST_COUNTED + 1].count()
    return render(
        request, "notifications/_bell.html", {"count": min(count, MOST_COUNTED), "more": count > MOST_COUNTED}
    )


@require_POST
@staff_page()
def read(request: HttpRequest) -> HttpResponse:
    newest = request.POST.get("newest", "")
    services.mark_read(request.viewer, up_to=int(newest) if newest.isdecimal() else 0)  # type: ignore[attr-defined]
    return redirect("notifications:notices")


def _mine(request: HttpRequest) -> Any:
    return Notice.objects.visible_to(request.viewer)  # type: ignore[attr-defined]


def _belonging(row: Notice) -> tuple[str, Any, bool]:
    return row.kind, row.at.replace(minute=0, second=0, microsecond=0), row.read_at is None
