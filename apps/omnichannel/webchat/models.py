"""Who is at the window: a browser, until it tells us a name."""

from datetime import datetime, timedelta

from django.db import models

from apps.core import clock
from apps.core.ids import public_id
from apps.core.models import TimeStamped

GONE_AFTER = timedelta(minutes=10)
LOOK_EVERY = timedelta(minutes=1)


def first_look() -> datetime:
    return clock.now() + LOOK_EVERY


class Visitor(TimeStamped):
    """One browser at one channel. Its token opens this one conversation and nothing else (S-50).

    Name and e-mail are what the visitor says: shown to staff, never taken as proof of who it is.
    """

    channel = models.ForeignKey("omnichannel.Channel", on_delete=models.CASCADE, related_name="visitors")
    public_id = models.CharField(
        max_length=22, unique=True, default=public_id, editable=False, help_text="the thread's key"
    )
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=200, blank=True)
    language = models.CharField(max_length=5, blank=True)
    seen_at = models.DateTimeField(default=clock.now)
    left_at = models.DateTimeField(
        null=True, blank=True, help_text="when the last window closed; empty while one is open"
    )
    wants_mail = models.BooleanField(default=False, help_text="goes on by e-mail: every answer is sent there, too")
    page_url = models.CharField(max_length=500, blank=True, help_text="the page around the window, as the browser says")
    page_title = models.CharField(max_length=200, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    person = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="whom the web site around us vouches for",
    )  # fmt: skip
    blocked_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=64, blank=True, editable=False, help_text="the address it came from, hashed")
    look_at = models.DateTimeField(
        null=True, blank=True, default=first_look, help_text="when somebody must look how it goes; empty when nobody"
    )
    stayed_at = models.DateTimeField(null=True, blank=True, help_text="when it last said that it is still there")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["look_at"], name="chat_visitor_due", condition=models.Q(look_at__isnull=False))]

    def __str__(self) -> str:
        return self.name or self.public_id

    def is_here(self, at: datetime) -> bool:
        """Somebody may be looking at the window: it was not closed, and gave a sign of life not long ago."""
        return self.left_at is None and at - self.seen_at < GONE_AFTER


class ShownProof(models.Model):
    """A proof of identity that a browser has shown: to any other browser it is worth nothing (S-50)."""

    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="proofs")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.digest[:12]


class Copy(TimeStamped):
    """A copy of a conversation that is owed by mail: the row is the job, `next_at` says when."""

    thread = models.ForeignKey("omnichannel.Thread", on_delete=models.CASCADE, related_name="+")
    address = models.EmailField(max_length=200)
    language = models.CharField(max_length=5)
    up_to = models.PositiveIntegerField(help_text="the last message that is in it")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, default=clock.now, help_text="when to try; empty when done")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "copies"
        indexes = [models.Index(fields=["next_at"], name="chat_copy_due", condition=models.Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.thread_id} to {self.address}"


class Block(TimeStamped):
    """Whoever comes from there may not begin a chat: a network for some hours, or a person whom the site proves."""

    class Kind(models.TextChoices):
        SOURCE = "source"
        PERSON = "person"

    channel = models.ForeignKey("omnichannel.Channel", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    mark = models.CharField(max_length=64, help_text="the address, hashed; or the number of the person")
    until = models.DateTimeField(null=True, blank=True, help_text="empty: until somebody lets them write again")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["channel", "kind", "mark"], name="one_block_a_mark")]

    def __str__(self) -> str:
        return f"{self.kind} {self.mark[:12]}"
