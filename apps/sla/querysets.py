from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer


class PolicyQuerySet(models.QuerySet["Policy"]):
    def visible_to(self, viewer: "Viewer") -> "PolicyQuerySet":
        return self.filter(office_id__in=viewer.offices_with("ticket.view"))

    def manageable_by(self, viewer: "Viewer") -> "PolicyQuerySet":
        return self.filter(office_id__in=viewer.offices_with("sla.manage"))

    def active(self) -> "PolicyQuerySet":
        return self.filter(is_active=True)

    def of_offices(self, office_ids: list[int]) -> "PolicyQuerySet":
        return self.filter(office_id__in=office_ids)

    def in_order(self) -> "PolicyQuerySet":
        return self.order_by("position", "pk")


class ClockQuerySet(models.QuerySet["Clock"]):
    def visible_to(self, viewer: "Viewer") -> "ClockQuerySet":
        """Clocks are for staff: whom we promised something sees answers, not clocks."""
        if not viewer.is_staff:
            return self.none()
        return self.filter(ticket__office_id__in=viewer.offices_with("ticket.view"))

    def live(self) -> "ClockQuerySet":
        return self.filter(state__in=("running", "paused"))

    def running(self) -> "ClockQuerySet":
        return self.filter(state="running")

    def breached(self) -> "ClockQuerySet":
        return self.filter(breached_at__isnull=False)

    def due_before(self, moment: datetime) -> "ClockQuerySet":
        """What the sweep must look at; reads the one partial index."""
        return self.filter(next_at__lte=moment)

    def of(self, metric: str) -> "ClockQuerySet":
        return self.filter(metric=metric)
