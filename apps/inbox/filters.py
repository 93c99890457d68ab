"""The views of the inbox: a name in the address -> a Ticket queryset."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as within

from apps.accounts.models import Team, User
from apps.accounts.viewers import Viewer
from apps.core import clock
from apps.tickets.models import Ticket
from apps.tickets.querysets import TicketQuerySet

COUNTED_TO = 99  # beyond this a badge says "99+", and the database stops counting


@dataclass(frozen=True)
class View:
    """One entry of the left column. `pick` narrows the visible tickets for a user."""

    slug: str
    name: Any
    icon: str
    pick: Callable[[TicketQuerySet, User], TicketQuerySet]
    empty: Any = ""
    sort: str = "urgent"
    is_counted: bool = True
    team_id: int | None = None

    @property
    def url(self) -> str:
        return f"/desk/inbox/{self.slug}/"


OWN = (
    View(
        "mine",
        within("tickets", "Mine"),
        "inbox",
        lambda rows, user: rows.open().awake().assigned_to(user),
        _("Nothing waiting for you."),
    ),
    View(
        "unassigned",
        within("tickets", "Unassigned"),
        "hand",
        lambda rows, user: rows.open().awake().unassigned(),
        _("Everything has an owner."),
    ),
    View("all", within("tickets", "All open"), "users", lambda rows, user: rows.open().awake()),
    View(
        "snoozed",
        within("tickets", "Snoozed"),
        "alarm-clock",
        lambda rows, user: rows.open().snoozed(),
        _("Nothing is asleep."),
    ),
    View(
        "outside-hours",
        _("Outside hours"),
        "moon",
        lambda rows, user: rows.open().awake().outside_hours(),
        _("Nobody wrote while we were closed."),
    ),
    View(
        "solved",
        within("tickets", "Solved"),
        "circle-check",
        lambda rows, user: rows.solved(),
        _("Nothing solved yet."),
        sort="newest",
        is_counted=False,
    ),
)


def team_view(team: Team) -> View:
    return View(
        f"team-{team.slug}",
        team.name,
        "users",
        lambda rows, user: rows.open().awake().in_team(team.pk),
        team_id=team.pk,
    )


def teams_of(viewer: Viewer) -> list[Team]:
    return list(Team.objects.filter(office_id__in=viewer.offices_with("ticket.view")).order_by("name"))


def find(slug: str, teams: Sequence[Team]) -> View | None:
    return next((view for view in (*OWN, *map(team_view, teams)) if view.slug == slug), None)


def find_for(slug: str, *, user: User, viewer: Viewer) -> View | None:
    """The view of that name, if this viewer has it."""
    return find(slug, teams_of(viewer))


def tickets_in(view: View, *, user: User, viewer: Viewer) -> TicketQuerySet:
    return view.pick(Ticket.objects.visible_to(viewer), user)


def counts(views: Sequence[View], *, user: User, viewer: Viewer) -> dict[str, int]:
    """How many tickets each view holds, up to one more than COUNTED_TO: one query for all of them."""
    counted = [view for view in views if view.is_counted]
    question = _question(counted, viewer)
    now = connection.ops.adapt_datetimefield_value(clock.now())
    with connection.cursor() as cursor:
        cursor.execute(question.sql, question.values(user.pk, now))
        return dict(zip((view.slug for view in counted), cursor.fetchone(), strict=True))


@dataclass(frozen=True)
class _Question:
    """SQL the ORM made from the views, with the place of what differs at each asking: who asks, and when."""

    sql: str
    params: tuple[Any, ...]

    def values(self, user_id: int, now: Any) -> list[Any]:
        given = {_WHO: user_id, _WHEN: now}
        return [given.get(param, param) if isinstance(param, str) else param for param in self.params]


_WHO, _WHEN = "who asks", "when"
_NOBODY, _NEVER = User(pk=-1), datetime(1, 1, 1, tzinfo=UTC)
_asked: dict[tuple[Any, ...], _Question] = {}
MOST_ASKED = 500


def _question(views: Sequence[View], viewer: Viewer) -> _Question:
    """Seven counts cost ten times more to put together than to answer, so what was put together is kept."""
    key = (COUNTED_TO, viewer.offices_with("ticket.view"), *((view.slug, view.team_id) for view in views))
    if key not in _asked:
        if len(_asked) >= MOST_ASKED:
            _asked.clear()
        _asked[key] = _put_together(views, viewer)
    return _asked[key]


def _put_together(views: Sequence[View], viewer: Viewer) -> _Question:
    columns, params = [], []
    with clock.told(_NEVER):
        for view in views:
            rows = tickets_in(view, user=_NOBODY, viewer=viewer).order_by().values("pk")[: COUNTED_TO + 1]
            try:
                sql, values = rows.query.sql_with_params()
            except EmptyResultSet:
                sql, values = "SELECT 1 WHERE 1 = 0", ()
            columns.append(f"(SELECT COUNT(*) FROM ({sql}) counted)")  # noqa: S608  the ORM's own statement
            params += values
    never = connection.ops.adapt_datetimefield_value(_NEVER)
    marks = [_WHO if value == _NOBODY.pk else _WHEN if value == never else value for value in params]
    return _Question(f"SELECT {', '.join(columns)}", tuple(marks))
