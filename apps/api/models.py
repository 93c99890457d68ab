"""What the machines' entrance remembers for a day."""

from datetime import timedelta

from django.db import models

from apps.core import clock

KEPT = timedelta(hours=24)


class AnswerQuerySet(models.QuerySet["RememberedAnswer"]):
    def fresh(self) -> "AnswerQuerySet":
        return self.filter(created_at__gt=clock.now() - KEPT)

    def old(self) -> "AnswerQuerySet":
        return self.filter(created_at__lte=clock.now() - KEPT)


class RememberedAnswer(models.Model):
    """What was answered to a request that bore a key of its sender's own (Idempotency-Key).

    Written in the transaction of the act, so there is an answer exactly when there was an act. `digest` tells the same
    request from another one; what was sent is not kept.
    """

    token = models.ForeignKey("accounts.ApiToken", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_a_key")]
        indexes = [models.Index(fields=["created_at"], name="answer_age")]

    def __str__(self) -> str:
        return f"{self.token_id} {self.key}: {self.status}"
