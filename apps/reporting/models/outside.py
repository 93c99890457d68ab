from django.conf import settings
from django.db import models

from apps.core.models import TimeStamped


class OutsideFigure(TimeStamped):
    """What others publish or count about a channel in one month, noted beside what we see ourselves."""

    office = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="+")
    month = models.DateField()  # its first day
    channel = models.CharField(max_length=80)
    figure = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.CharField(max_length=300, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-month", "channel", "pk"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.channel}"
