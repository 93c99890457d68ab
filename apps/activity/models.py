"""What happened, to what, by whom: append-only."""

from typing import Any

from django.db import models

from apps.core import clock


class ActivityQuerySet(models.QuerySet["Activity"]):
    def about(self, kind: str, subject_id: int) -> "ActivityQuerySet":
        return self.filter(subject_kind=kind, subject_id=subject_id)

    def by_user(self, user_id: int) -> "ActivityQuerySet":
        return self.filter(actor_kind="user", actor_id=user_id)

    def since(self, moment: Any) -> "ActivityQuerySet":
        return self.filter(at__gte=moment)


class Activity(models.Model):
    """One thing that happened. The timeline, the audit trail and the trigger are this row."""

    verb = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    office_id = models.BigIntegerField(null=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        # The timeline of one thing, in order: the only way this table is read.
        indexes = [models.Index(fields=["subject_kind", "subject_id", "id"], name="activity_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind} {self.subject_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("what happened is not rewritten")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("what happened is not unwritten")
