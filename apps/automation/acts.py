"""What macros, rules and acts on many tickets can do: one closed list, each act by the verb of its own.

An act rests as a short text, "tag:loans" or "status:waiting", so that a list of them is plain data.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Team, User
from apps.accounts.viewers import Viewer
from apps.core import clock
from apps.core.errors import Invalid, NotAllowed
from apps.core.given import row_number
from apps.tickets import services
from apps.tickets.models import Tag, Ticket
from apps.tickets.states import Priority, Status

MOST = 10
# What one needs in the ticket's office.
RIGHTS = {
    "status": "ticket.status",
    "priority": "ticket.status",
    "snooze": "ticket.status",
    "assign": "ticket.assign",
    "team": "ticket.assign",
    "tag": "ticket.tag",
    "untag": "ticket.tag",
}
ME, NOBODY = "me", "nobody"
STATUSES = (Status.OPEN, Status.WAITING, Status.ON_HOLD, Status.SOLVED, Status.SPAM)
SNOOZES = (1, 4, 24, 72, 168)  # hours


@dataclass(frozen=True)
class Act:
    """`value` is the key, number or word that `do` needs."""

    do: str
    value: str

    @classmethod
    def read(cls, text: str) -> "Act":
        do, _colon, value = text.partition(":")
        return cls(do, value)

    @property
    def right(self) -> str:
        return RIGHTS[self.do]


def read(texts: Iterable[str]) -> list[Act]:
    return [Act.read(text) for text in texts]


def check(texts: Any) -> list[str]:
    """The acts as they are kept. Raises Invalid for anything `perform` could not try."""
    if not isinstance(texts, list) or len(texts) > MOST or not all(isinstance(text, str) for text in texts):
        raise Invalid("not_acts", _("Acts are a list of at most %(n)s.") % {"n": MOST}, field="acts")
    for act in read(texts):
        if act.do not in RIGHTS or not act.value or not _is_readable(act):
            raise Invalid("unknown_act", _("There is no such act."), field="acts")
    return list(dict.fromkeys(texts))


def _is_readable(act: Act) -> bool:
    match act.do:
        case "status":
            return act.value in STATUSES
        case "priority":
            return act.value in {str(level) for level in Priority.values}
        case "snooze":
            return act.value in {str(hours) for hours in SNOOZES} or _moment(act.value) is not None
        case "assign":
            return act.value in {ME, NOBODY} or row_number(act.value) is not None
        case "team":
            return row_number(act.value) is not None
    return len(act.value) <= 50


def require_all(acts: Sequence[Act], viewer: Viewer, ticket: Ticket) -> None:
    """Raises NotAllowed, naming the first act that this viewer may not do there: then nothing is done at all."""
    for act in acts:
        if not viewer.may(act.right, ticket.office_id):
            said = _("You may not do this here: %(act)s. Nothing was changed.") % {"act": words([act])[0]}
            raise NotAllowed("not_allowed", said, verb=act.right)


def perform(ticket: Ticket, act: Act, *, actor: Any, user: User | None = None) -> None:
    """By the verb everybody else uses; `user` is who "me" means. Raises DomainError."""
    match act.do:
        case "status":
            services.change_status(ticket, to=act.value, actor=actor)
        case "priority":
            services.set_priority(ticket, to=int(act.value), actor=actor)
        case "snooze":
            until = _moment(act.value) or clock.now() + timedelta(hours=int(act.value))
            services.snooze(ticket, until=until, actor=actor)
        case "assign":
            services.assign(ticket, to=_person(act.value, user), actor=actor)
        case "team":
            team = Team.objects.filter(pk=act.value).select_related("office").first()
            if team is None:
                raise Invalid("unknown_team", _("That team is gone."), field="team")
            services.move_to_team(ticket, team=team, actor=actor)
        case "tag":
            services.tag(ticket, key=act.value, actor=actor)
        case "untag":
            services.untag(ticket, key=act.value, actor=actor)


def _moment(value: str) -> datetime | None:
    """A snooze is told in hours, or until an aware moment."""
    try:
        moment = datetime.fromisoformat(value) if "T" in value else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _person(value: str, user: User | None) -> User | None:
    if value == NOBODY:
        return None
    person = user if value == ME else User.objects.active().filter(pk=value).first()
    if person is None:
        raise Invalid("unknown_assignee", _("That colleague is gone."), field="assignee")
    return person


@dataclass(frozen=True)
class Names:
    """How people, teams and tags are called that acts name by number or key."""

    people: Mapping[str, str]
    teams: Mapping[str, str]
    tags: Mapping[str, str]

    @classmethod
    def of(cls, acts: Iterable[Act]) -> "Names":
        """At most three queries, however many acts."""
        wanted: dict[str, set[str]] = {"assign": set(), "team": set(), "tag": set()}
        for act in acts:
            kind = "tag" if act.do == "untag" else act.do
            if kind in wanted and act.value not in {ME, NOBODY}:
                wanted[kind].add(act.value)
        people = User.objects.filter(pk__in=wanted["assign"]) if wanted["assign"] else ()
        teams = Team.objects.filter(pk__in=wanted["team"]) if wanted["team"] else ()
        tags = Tag.objects.filter(key__in=wanted["tag"]) if wanted["tag"] else ()
        return cls(
            {str(row.pk): row.full_name for row in people},
            {str(row.pk): row.name for row in teams},
            {row.key: str(row) for row in tags},
        )


def words(acts: Sequence[Act], names: Names | None = None) -> list[str]:
    """What each does, as people say it."""
    names = names or Names.of(acts)
    return [_said(act, names) for act in acts]


def _said(act: Act, names: Names) -> str:
    match act.do:
        case "status":
            return _("Status: %(status)s") % {"status": Status(act.value).label}
        case "priority":
            return _("Priority: %(priority)s") % {"priority": Priority(int(act.value)).label}
        case "snooze":
            until = _moment(act.value)
            said = date_format(localtime(until), "SHORT_DATETIME_FORMAT") if until else length(int(act.value))
            return _("Snooze: %(length)s") % {"length": said}
        case "assign" if act.value == ME:
            return _("Assign to whoever runs it")
        case "assign" if act.value == NOBODY:
            return _("Take the assignee off")
        case "assign":
            return _("Assign to %(name)s") % {"name": names.people.get(act.value, "?")}
        case "team":
            return _("Move to %(team)s") % {"team": names.teams.get(act.value, "?")}
        case "untag":
            return _("Remove the tag %(tag)s") % {"tag": names.tags.get(act.value, act.value)}
    return _("Add the tag %(tag)s") % {"tag": names.tags.get(act.value, act.value)}


def length(hours: int) -> str:
    if hours < 24:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}


Group = tuple[str, list[tuple[str, str]]]


def choices(viewer: Viewer, *, right: Callable[[str], bool] | None = None) -> list[Group]:
    """All acts this viewer can name, in groups, as a <select> shows them: three queries."""
    may = right or viewer.may
    people = User.objects.active().who_may("ticket.reply", list(viewer.bodies)).order_by("full_name")
    teams = Team.objects.visible_to(viewer).order_by("name")
    tags = Tag.objects.in_use().visible_to(viewer)
    named = Names(
        {str(row.pk): row.full_name for row in people},
        {str(row.pk): row.name for row in teams},
        {row.key: str(row) for row in tags},
    )
    groups: list[tuple[str, str, Iterable[str]]] = [
        (_("Status"), "status", STATUSES),
        (_("Priority"), "priority", map(str, Priority.values)),
        (_("Assignee"), "assign", [ME, NOBODY, *named.people]),
        (_("Team"), "team", named.teams),
        (_("Add a tag"), "tag", named.tags),
        (_("Remove a tag"), "untag", named.tags),
        (_("Snooze"), "snooze", map(str, SNOOZES)),
    ]
    found = []
    for name, do, values in groups:
        rows = [(f"{do}:{value}", _said(Act(do, value), named)) for value in values] if may(RIGHTS[do]) else []
        if rows:
            found.append((name, rows))
    return found
