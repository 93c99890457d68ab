"""The views of the inbox: a name in the address -> a Ticket queryset."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as within

from apps.accounts.models import Team, User
from apps.accounts.viewers import Viewer
from apps.core import clock
from apps.inbox.models import Draft, Mention, SavedView, Watcher
from apps.tickets import conditions
from apps.tickets.conditions import Conditions
from apps.tickets.models import Ticket
from apps.tickets.querysets import TicketQuerySet

MOST_SAVED = 40
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
    key: str = ""  # what else its counting depends on
    pin: int | None = None
    place: str = ""  # whose it is, of a saved one

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
    View(
        "mentions",
        within("tickets", "Mentions"),
        "at-sign",
        lambda rows, user: rows.open().filter(pk__in=Mention.objects.filter(user=user).values("ticket")),
        _("Nobody has called you."),
    ),
    View(
        "drafts",
        within("tickets", "Drafts"),
        "square-pen",
        lambda rows, user: rows.filter(pk__in=Draft.objects.filter(user=user).values("ticket")),
        _("Nothing half written."),
    ),
    View(
        "watching",
        within("tickets", "Watching"),
        "eye",
        lambda rows, user: rows.open().filter(pk__in=Watcher.objects.filter(user=user).values("ticket")),
        _("You watch nothing."),
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


def saved_view(row: SavedView) -> View:
    """Open and awake tickets, unless its conditions ask for a status."""
    return View(
        f"v-{row.public_id}",
        row.name,
        "list-filter",
        lambda rows, user: asked_for(rows, row.conditions, user),
        sort=row.sort,
        is_counted=row.is_counted,
        key=json.dumps(row.conditions, sort_keys=True),
        pin=row.pin,
        place="me" if row.owner_id else "shared",
    )


def asked_for(rows: TicketQuerySet, asked: Conditions, user: User) -> TicketQuerySet:
    if not any(name.removeprefix("not_") == "status" for name in asked):
        rows = rows.open().awake()
    return rows.filter(conditions.as_q(asked, user.pk))


def narrowed(view: View, asked: Conditions) -> View:
    """The view with a filter on top of it."""
    return replace(view, pick=lambda rows, user: view.pick(rows, user).filter(conditions.as_q(asked, user.pk)))


def saved_of(viewer: Viewer) -> list[SavedView]:
    return list(SavedView.objects.visible_to(viewer).order_by("owner", "name")[:MOST_SAVED])


def teams_of(viewer: Viewer) -> list[Team]:
    return list(Team.objects.filter(office_id__in=viewer.offices_with("ticket.view")).order_by("name"))


def find(slug: str, teams: Sequence[Team]) -> View | None:
    return next((view for view in (*OWN, *map(team_view, teams)) if view.slug == slug), None)


def find_for(slug: str, *, user: User, viewer: Viewer) -> View | None:
    """The view of that name, if this viewer has it."""
    if slug.startswith("v-"):
        row = SavedView.objects.visible_to(viewer).filter(public_id=slug.removeprefix("v-")).first()
        return saved_view(row) if row else None
    return find(slug, teams_of(viewer))


def tickets_in(view: View, *, user: User, viewer: Viewer) -> TicketQuerySet:
    return view.pick(Ticket.objects.visible_to(viewer), user)


def counts(views: Sequence[View], *, user: User, viewer: Viewer) -> dict[str, int]:
    """How many tickets each view holds, up to one more than COUNTED_TO: one query for all of them."""
    counted = [view for view in views if view.is_counted]
    question = _question(counted, viewer)
    with connection.cursor() as cursor:
        cursor.execute(question.sql, question.values(user.pk, clock.now()))
        return dict(zip((view.slug for view in counted), cursor.fetchone(), strict=True))


def count(view: View, *, user: User, viewer: Viewer) -> int:
    """Of one view, as far as badges count."""
    rows = tickets_in(view, user=user, viewer=viewer).order_by()
    return rows.values("pk")[: COUNTED_TO + 1].count()


@dataclass(frozen=True)
class _Question:
    """SQL the ORM made from the views, with the place of what differs at each asking: who asks, and when."""

    sql: str
    params: tuple[Any, ...]

    def values(self, user_id: int, now: datetime) -> list[Any]:
        return [self._value(param, user_id, now) for param in self.params]

    @staticmethod
    def _value(param: Any, user_id: int, now: datetime) -> Any:
        if isinstance(param, _Before):
            return connection.ops.adapt_datetimefield_value(now - param.length)
        return user_id if param is _WHO else param


@dataclass(frozen=True)
class _Before:
    """A moment so long before now."""

    length: timedelta


_WHO = object()
_NOBODY, _NEVER = User(pk=-1), datetime(1000, 1, 1, tzinfo=UTC)
_LONGEST = timedelta(days=800)
_asked: dict[tuple[Any, ...], _Question] = {}
MOST_ASKED = 500


def _question(views: Sequence[View], viewer: Viewer) -> _Question:
    """Seven counts cost ten times more to put together than to answer, so what was put together is kept."""
    key = (COUNTED_TO, viewer.offices_with("ticket.view"), *((view.slug, view.team_id, view.key) for view in views))
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
    marks = [_WHO if value == _NOBODY.pk or value == str(_NOBODY.pk) else _marked(value) for value in params]
    return _Question(f"SELECT {', '.join(columns)}", tuple(marks))


def _marked(value: Any) -> Any:
    """A moment counted from the one at which the question was put together is a length before the asking."""
    moment = value if isinstance(value, datetime) else None
    if isinstance(value, str) and value[:4] in {"1000", "0999", "0998", "0997"}:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
    if moment is None:
        return value
    length = _NEVER - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return _Before(length) if timedelta() <= length <= _LONGEST else value
