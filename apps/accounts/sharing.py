"""What colleagues make for themselves, for a team or for an office: who sees it, and who changes it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from apps.accounts.models import Office, Team
from apps.accounts.viewers import Viewer
from apps.core.models import TimeStamped

MANAGING = "team.manage"  # what one needs where something shared is made or changed


class SharedQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: Viewer) -> Any:
        """One's own, those of one's teams, and those of every office in which or below which one works."""
        if not viewer.is_staff:
            return self.none()
        mine = Team.objects.filter(members=viewer.user_id).values("pk")
        below = Office.objects.filter(pk__in=list(viewer.bodies), path__startswith=OuterRef("office__path"))
        return self.filter(Q(owner_id=viewer.user_id) | Q(team__in=mine) | Exists(below))

    def changeable_by(self, viewer: Viewer) -> Any:
        managed = viewer.offices_with(MANAGING)
        shared = Q(team__office_id__in=managed) | Q(office_id__in=managed)
        return self.filter(Q(owner_id=viewer.user_id) | shared)

    def meant_for(self, office: Office) -> Any:
        """On a ticket of that office: what offices share counts there and below."""
        return self.filter(Q(office=None) | Q(office_id__in=office.above))


class Shared(TimeStamped):
    """Exactly one of owner, team and office is set."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_belongs_once",
                condition=Q(owner__isnull=False, team=None, office=None)
                | Q(owner=None, team__isnull=False, office=None)
                | Q(owner=None, team=None, office__isnull=False),
            )
        ]

    @property
    def place(self) -> str:
        """As a form says it: "me", "team-3", "office-1"."""
        return f"team-{self.team_id}" if self.team_id else f"office-{self.office_id}" if self.office_id else "me"

    @property
    def place_name(self) -> str:
        return str(self.team or self.office or _("Only you"))

    def may_be_changed_by(self, viewer: Viewer) -> bool:
        if self.owner_id:
            return self.owner_id == viewer.user_id
        office_id = self.office_id or (self.team.office_id if self.team else None)
        return viewer.may(MANAGING, office_id)


def places_for(viewer: Viewer) -> dict[str, tuple[str, dict[str, Any]]]:
    """Where this viewer may put something: what a form says -> its words, and the columns it means."""
    nowhere: dict[str, Any] = {"owner_id": None, "team_id": None, "office_id": None}
    found = {"me": (_("Only me"), nowhere | {"owner_id": viewer.user_id})}
    managed = viewer.offices_with(MANAGING)
    for team in Team.objects.filter(office_id__in=managed).order_by("name"):
        found[f"team-{team.pk}"] = (_("Team: %(name)s") % {"name": team.name}, nowhere | {"team_id": team.pk})
    for office in Office.objects.filter(pk__in=managed):
        said = _("Everybody at %(name)s") % {"name": office.name}
        found[f"office-{office.pk}"] = (said, nowhere | {"office_id": office.pk})
    return found
