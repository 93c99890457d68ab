"""Whose opening hours hold? Office -> team -> channel: whoever has none of their own follows the one above.

The one place that is asked: by pages, windows, acknowledgements and promises alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Office, Team
from apps.hours.models import Calendar

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer


class Source(models.TextChoices):
    OWN = "own", gettext_lazy("own hours")
    TEAM = "team", gettext_lazy("those of the team")
    OFFICE = "office", gettext_lazy("those of the office")
    ABOVE = "above", gettext_lazy("those of the office above")
    NOBODY = "nobody", gettext_lazy("no opening hours anywhere")


@dataclass(frozen=True)
class Followed:
    """The hours that hold, who has them (`holder`, the name of a team or office), and by which step they were found."""

    calendar: Calendar | None = None
    source: Source = Source.NOBODY
    holder: str = ""

    @property
    def why(self) -> str:
        """ "Library hours: those of the office above, Town council"; for the screens that set them."""
        if self.calendar is None:
            return _("No opening hours: nothing says that we are closed.")
        if self.source == Source.OWN:
            return _("%(hours)s: own hours") % {"hours": self.calendar.name}
        said = {"hours": self.calendar.name, "holder": self.holder}
        if self.source == Source.TEAM:
            return _("%(hours)s: those of the team %(holder)s") % said
        if self.source == Source.OFFICE:
            return _("%(hours)s: those of the office %(holder)s") % said
        return _("%(hours)s: those of %(holder)s, the office above") % said


def followed(
    office: Office,
    *,
    team: Team | None = None,
    own: Calendar | None = None,
    of_offices: Mapping[int, Followed] | None = None,
) -> Followed:
    """For something of that office that may have hours of its `own` and may belong to a team.

    No query when the nearest hours are loaded with their owners; else one. `of_offices` is `followed_by_offices`.
    """
    if own is not None:
        return Followed(own, Source.OWN)
    if team is not None and team.calendar_id:
        return Followed(team.calendar, Source.TEAM, team.name)
    found = of_offices.get(office.pk) if of_offices is not None else None
    if found is None:
        found = followed_by_offices([office])[office.pk]
    return Followed(found.calendar, Source.OFFICE, office.name) if found.source == Source.OWN else found


def followed_by_offices(offices: Iterable[Office]) -> dict[int, Followed]:
    """By primary key: the office's own hours, or those of the nearest office above that has some.

    One query for all together, and only where an office has none of its own.
    """
    asked = list(offices)
    lines = {office.pk: _line(office)[1:] for office in asked if not office.calendar_id}
    above = {pk for line in lines.values() for pk in line}
    rows = {row.pk: row for row in Office.objects.filter(pk__in=above).select_related("calendar")} if above else {}
    found = {}
    for office in asked:
        if office.calendar_id:
            found[office.pk] = Followed(office.calendar, Source.OWN, office.name)
            continue
        nearest = next((rows[pk] for pk in lines[office.pk] if pk in rows and rows[pk].calendar_id), None)
        found[office.pk] = Followed(nearest.calendar, Source.ABOVE, nearest.name) if nearest else Followed()
    return found


def calendar_of(office: Office) -> Calendar | None:
    """The office's own opening hours, or those of the nearest office above that has some. At most one query."""
    return followed_by_offices([office])[office.pk].calendar


def followers(calendar: Calendar, viewer: "Viewer") -> list[Office]:
    """The offices below one that has these hours and that have none of their own nearer by. Two queries."""
    having = [office.path for office in Office.objects.filter(calendar=calendar)]
    if not having:
        return []
    below = models.Q()
    for path in having:
        below |= models.Q(path__startswith=path)
    rows = Office.objects.visible_to(viewer).filter(below, calendar=None)
    lines = followed_by_offices(rows)
    return [office for office in rows if lines[office.pk].calendar == calendar]


def _line(office: Office) -> list[int]:
    """The office itself, then those above it."""
    return [int(part) for part in reversed(office.path.split("/")) if part]
