"""What people come for."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

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


class ReferralCard(TimeStamped):
    """Whom we send people to when the matter is theirs: a unit or a colleague, and how they are reached (000-26)."""

    office = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="referral_cards")
    name = models.CharField(_("Name"), max_length=120)
    matters = models.CharField(_("What for"), max_length=250, blank=True)
    phone = models.CharField(_("Telephone"), max_length=40, blank=True)
    email = models.EmailField(_("E-mail"), max_length=200, blank=True)
    place = models.CharField(_("Where"), max_length=200, blank=True)
    hours = models.CharField(_("Hours"), max_length=200, blank=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def as_text(self) -> str:
        """As it stands in an answer, one fact a line, with the labels of the active language."""
        facts = [(_("Telephone"), self.phone), (_("E-mail"), self.email), (_("Where"), self.place)]
        lines = [self.name, *(f"{label}: {said}" for label, said in [*facts, (_("Hours"), self.hours)] if said)]
        return "\n".join(lines)
