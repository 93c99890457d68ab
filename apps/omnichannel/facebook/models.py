"""What a conversation on a page stands below."""

from django.db import models

from apps.core import clock
from apps.core.models import TimeStamped


class Post(TimeStamped):
    """One post of a page, or of a visitor on its wall, as far as a comment brought it up. `next_at`: when it is to be
    read (again) at Facebook; empty when it was, or cannot be."""

    channel = models.ForeignKey("omnichannel.Channel", on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=250)
    text = models.TextField(blank=True)
    permalink = models.CharField(max_length=2000, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["channel", "external_id"], name="one_post_a_name")]
        indexes = [models.Index(fields=["next_at"], name="post_due", condition=models.Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return self.external_id
