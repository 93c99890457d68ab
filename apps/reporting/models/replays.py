"""What if: last quarter's promises under other hours or other lengths. Results only; real clocks are never written."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.models import TimeStamped

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer


class ReplayQuerySet(models.QuerySet["Replay"]):
    def visible_to(self, viewer: "Viewer") -> "ReplayQuerySet":
        return self.filter(office_id__in=viewer.offices_with("report.view")) if viewer.is_staff else self.none()

    def due(self) -> "ReplayQuerySet":
        return self.filter(next_at__lte=clock.now())


class Replay(TimeStamped):
    """One question and, batch by batch, its answer.

    `cursor` is the last clock that was looked at: whoever takes the row next goes on from there. `targets`: metric ->
    seconds, for those that are to be another length; `is_wall_clock` counts every hour of the day. `figures`: metric ->
    {"kept", "late", "new_kept", "new_late"}.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Counting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Stopped")

    office = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    first = models.DateField()
    last = models.DateField()
    calendar = models.ForeignKey("hours.Calendar", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_wall_clock = models.BooleanField(default=False)
    targets = models.JSONField(default=dict)
    shifts = models.JSONField(default=list)  # those that answer, as they were when it was asked: see `staffing`
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    as_of = models.DateTimeField(default=clock.now)
    figures = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True, default=clock.now)

    objects = ReplayQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["next_at"], name="replay_due", condition=Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return self.name

    @property
    def percent(self) -> int:
        return 100 if self.state == self.State.DONE else 100 * self.looked_at // self.total if self.total else 0


class ReplayChange(models.Model):
    """A promise that would have ended differently."""

    replay = models.ForeignKey(Replay, on_delete=models.CASCADE, related_name="changes")
    clock = models.ForeignKey("sla.Clock", on_delete=models.CASCADE, related_name="+")
    is_late = models.BooleanField()  # as it was
    due_at = models.DateTimeField(null=True)  # as it would have been; empty when those hours never open

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["replay", "clock"], name="one_change_a_clock")]

    def __str__(self) -> str:
        return f"{self.replay_id}: clock {self.clock_id}"
