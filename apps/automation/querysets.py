"""Questions about rules."""

from typing import TYPE_CHECKING

from django.db import models

from apps.accounts.sharing import MANAGING

if TYPE_CHECKING:
    from apps.accounts.models import Office
    from apps.accounts.viewers import Viewer


class RuleQuerySet(models.QuerySet["Rule"]):  # type: ignore[name-defined]
    def visible_to(self, viewer: "Viewer") -> "RuleQuerySet":
        """Those of the offices one manages."""
        return self.filter(office_id__in=viewer.offices_with(MANAGING))

    def active(self) -> "RuleQuerySet":
        return self.filter(is_active=True)

    def on_tickets_of(self, office: "Office") -> "RuleQuerySet":
        """Its own and those of the offices above, the outermost first."""
        return self.filter(office_id__in=office.above).order_by("office__path", "position", "pk")
