"""What people come for."""

from typing import Any

from django.db import models

from apps.core.models import TimeStamped
from apps.core.translated import TranslatedText


class ServiceQuerySet(models.QuerySet["Service"]):
    def active(self) -> "ServiceQuerySet":
        return self.filter(is_active=True)

    def in_body(self, body_id: Any) -> "ServiceQuerySet":
        return self.filter(office__body_id=body_id)


class Service(TimeStamped):
    """One thing people come for: loans, a birth certificate, a room."""

    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="services")
    key = models.SlugField(max_length=60)
    names = TranslatedText()
    descriptions = TranslatedText()
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="services")
    allowed_channels = models.JSONField(default=list, blank=True, help_text="kinds; empty means all")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="one_service_a_key")]

    def __str__(self) -> str:
        return str(self.names)
