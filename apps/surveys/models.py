"""What people say about how they were served. Tied to the matter, never to a name."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import public_id
from apps.core.models import TimeStamped

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer

OPEN_FOR = timedelta(days=30)
CHANGEABLE_FOR = timedelta(hours=1)  # after the first answer: the further questions come one after the other


class Helped(models.TextChoices):
    YES = "yes", _("Yes")
    PARTLY = "partly", _("Partly")
    NO = "no", _("No")


class Degree(models.IntegerChoices):
    """In words: a figure alone says nothing to people."""

    VERY_BAD = 1, _("Very bad")
    BAD = 2, _("Bad")
    FAIR = 3, _("Fair")
    GOOD = 4, _("Good")
    VERY_GOOD = 5, _("Very good")


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, viewer: "Viewer") -> "SurveyQuerySet":
        return self.filter(ticket__office_id__in=viewer.offices_with("ticket.view"))

    def answered(self) -> "SurveyQuerySet":
        return self.exclude(answered_at=None)

    def about(self, ticket_id: int) -> "SurveyQuerySet":
        return self.filter(ticket_id=ticket_id)


class Survey(TimeStamped):
    """One asking after one kind of service (`via`: webchat, email, video, counter). `public_id` is what a link
    carries: who holds it may answer, and nobody signs in."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="surveys")
    via = models.CharField(max_length=20)
    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    asked_at = models.DateTimeField(default=clock.now)
    helped = models.CharField(_("Could we help you?"), max_length=6, choices=Helped, blank=True)
    comfort = models.PositiveSmallIntegerField(_("How comfortable was it?"), choices=Degree, null=True, blank=True)
    courtesy = models.PositiveSmallIntegerField(_("How courteous were we?"), choices=Degree, null=True, blank=True)
    consistency = models.PositiveSmallIntegerField(
        _("Did our answers fit together?"), choices=Degree, null=True, blank=True
    )
    comment = models.TextField(_("Comment"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["ticket", "via"], name="asked_once_a_way")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.via} {self.helped or '?'}"

    @property
    def is_open(self) -> bool:
        """It can be answered, or the answers just given completed."""
        now = clock.now()
        if self.answered_at is not None:
            return now - self.answered_at < CHANGEABLE_FOR
        return now - self.asked_at < OPEN_FOR
