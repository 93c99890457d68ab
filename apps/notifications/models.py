"""What somebody who works here should know, until they have seen it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core import clock

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, viewer: "Viewer") -> "NoticeQuerySet":
        """Their own, and only of offices whose tickets they may still see."""
        if not viewer.is_staff:
            return self.none()
        here = Q(office_id=None) | Q(office_id__in=viewer.offices_with("ticket.view"))
        return self.filter(here, user_id=viewer.user_id)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def to_mail(self) -> "NoticeQuerySet":
        # Spelled as the partial index spells it.
        return self.filter(wants_mail=True, mailed_at=None)


class Notice(models.Model):
    """One thing one person should know. Rows are only added; what comes in a storm is shown and mailed together.

    `kind` names the words (templates/notifications/kinds/<kind>.html), `data` what they speak of: plain values.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    office = models.ForeignKey("accounts.Office", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=30)
    url = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)
    wants_mail = models.BooleanField(default=False)
    mail_tried_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at=None)),
            models.Index(fields=["user", "id"], name="notice_to_mail", condition=Q(wants_mail=True, mailed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"

    @property
    def words(self) -> str:
        """The template that says it."""
        return f"notifications/kinds/{self.kind}.html"
