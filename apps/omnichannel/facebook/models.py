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


class Check(TimeStamped):
    """How a page stands with Facebook: asked every so often, together with what webhooks may have missed."""

    channel = models.OneToOneField("omnichannel.Channel", on_delete=models.CASCADE, related_name="+")
    next_at = models.DateTimeField(default=clock.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    page_name = models.CharField(max_length=200, blank=True)
    missing = models.JSONField(default=list, blank=True, help_text="what is not as it must be, in words to translate")
    found = models.PositiveIntegerField(default=0, help_text="what no webhook had told, in all")

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="page_check_due")]

    def __str__(self) -> str:
        return f"{self.channel_id}: {len(self.missing)}"
