"""What is handed from one shift to the next, and how a day is opened: checklists whose every line somebody ticked."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import public_id

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer


class OfOfficesQuerySet(models.QuerySet):
    def visible_to(self, viewer: "Viewer") -> "OfOfficesQuerySet":
        return self.filter(office_id__in=viewer.offices_with("ticket.assign"))


class Handover(models.Model):
    """One shift gives its work to the next. It begins with a list and ends when each line was taken over."""

    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+")
    from_shift = models.ForeignKey("hours.Shift", null=True, on_delete=models.SET_NULL, related_name="+")
    to_shift = models.ForeignKey("hours.Shift", null=True, on_delete=models.SET_NULL, related_name="+")
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=clock.now)
    words = models.TextField(_("what the next shift should know"), blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    objects = OfOfficesQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["office"], condition=models.Q(done_at=None), name="duty_one_open_handover_an_office"
            )
        ]

    def __str__(self) -> str:
        return f"handover {self.pk}"


class HandoverItem(models.Model):
    """One thing that is passed on."""

    class Kind(models.TextChoices):
        CHAT = "chat", _("Open chats")
        PROMISE = "promise", _("Promises due soon")
        BACKLOG = "backlog", _("Backlog")

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=8, choices=Kind)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["handover", "ticket"], name="duty_each_ticket_handed_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_id}"


class Opening(models.Model):
    """An office opens for the day: the steps somebody ticked, in their order."""

    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=clock.now)
    backlog_at_start = models.PositiveIntegerField(default=0)
    sound_at = models.DateTimeField(null=True)
    channels_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    objects = OfOfficesQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["office", "on"], name="duty_one_opening_a_day")]

    def __str__(self) -> str:
        return f"opening {self.on}"


class Wall(models.Model):
    """An address that shows the figures of one office on a screen in the room, without anybody signed in.

    It carries no names of citizens and no ticket. Only the digest of the key rests here.
    """

    office = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="walls")
    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    objects = OfOfficesQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
