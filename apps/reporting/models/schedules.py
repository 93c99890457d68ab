"""Reports by mail: what was ordered, and one row for each letter that is owed."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.models import TimeStamped

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def visible_to(self, viewer: "Viewer") -> "ScheduleQuerySet":
        """In offices whose reports the viewer may read."""
        return self.filter(office_id__in=viewer.offices_with("report.view")) if viewer.is_staff else self.none()

    def due(self) -> "ScheduleQuerySet":
        return self.filter(next_at__lte=clock.now())


class Schedule(TimeStamped):
    """A report of one office and those below it, mailed to colleagues. `asked` is the query string of its filters."""

    class Every(models.TextChoices):
        WEEK = "week", _("Every Monday, about the week before")
        MONTH = "month", _("Every first of the month, about the month before")

    class Form(models.TextChoices):
        PDF = "pdf", _("PDF to print")
        XLSX = "xlsx", _("Spreadsheet (XLSX)")

    office = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    every = models.CharField(max_length=5, choices=Every)
    form = models.CharField(max_length=4, choices=Form, default=Form.PDF)
    asked = models.CharField(max_length=400, blank=True)
    receivers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    next_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["next_at"], name="schedule_due", condition=Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return self.name


class ReportLetter(TimeStamped):
    """One letter to one colleague about one period: unique, so that it is owed once however often the sweep runs."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Not sent: may not read this report any more")
        FAILED = "failed", _("Not sent: the mail server did not take it")

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="letters")
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    first = models.DateField()
    last = models.DateField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True, default=clock.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["schedule", "receiver", "first"], name="one_letter_a_period")]
        indexes = [models.Index(fields=["next_at"], name="report_letter_due", condition=Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.schedule_id} to {self.receiver_id}, {self.first}"
