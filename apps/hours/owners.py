"""Who has opening hours of their own: the page's table, and the verb behind it."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Office, Team
from apps.accounts.viewers import Viewer
from apps.activity.bus import Actor, record
from apps.core.errors import Invalid
from apps.hours.events import HoursGiven
from apps.hours.following import Followed, followed, followed_by_offices
from apps.hours.models import Calendar

VERB = "hours.manage"


@dataclass(frozen=True)
class Owner:
    """An office or a team, `depth` steps below the first one shown; `field` is its name in the form."""

    row: Office | Team
    followed: Followed
    field: str
    depth: int

    @property
    def is_team(self) -> bool:
        return isinstance(self.row, Team)


def owners(viewer: Viewer) -> list[Owner]:
    """The offices whose hours the viewer sets, from the top, each with its teams. Three queries."""
    offices = list(Office.objects.where(viewer, VERB).select_related("calendar"))
    hours = followed_by_offices(offices)
    teams: dict[int, list[Team]] = {}
    for team in Team.objects.filter(office__in=offices).select_related("calendar"):
        teams.setdefault(team.office_id, []).append(team)
    top = min((office.path.count("/") for office in offices), default=0)
    found = []
    for office in offices:
        depth = office.path.count("/") - top
        found.append(Owner(office, hours[office.pk], f"office-{office.pk}", depth))
        found += [
            Owner(team, followed(office, team=team, of_offices=hours), f"team-{team.pk}", depth + 1)
            for team in teams.get(office.pk, ())
        ]
    return found


@transaction.atomic
def give_hours(owner: Office | Team, *, calendar: Calendar | None, actor: Any) -> bool:
    """Hours of its own, or those above with None. False when nothing changed. Raises Invalid for another body's."""
    office = owner.office if isinstance(owner, Team) else owner
    if calendar and calendar.office.body_id != office.body_id:
        raise Invalid("foreign_calendar", _("These opening hours belong to another body."), field="calendar")
    if owner.calendar_id == (calendar.pk if calendar else None):
        return False
    owner.calendar = calendar
    owner.save(update_fields=["calendar", "updated_at"])
    kind = "team" if isinstance(owner, Team) else "office"
    event = HoursGiven(office_id=office.pk, owner=kind, owner_id=owner.pk, calendar_id=calendar and calendar.pk)
    record(event, Actor.of(actor))
    return True
