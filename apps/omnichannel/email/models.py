"""How far each mailbox that we fetch from has been read: the truth about it is ours, not the server's flags (R-08)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.crypto import EncryptedJSONField
from apps.core.models import TimeStamped
from apps.omnichannel.models import Channel

FETCHER = "mail_fetcher"  # the process that fetches, and the name of its heartbeat


class MailboxProgress(TimeStamped):
    """One folder of one mailbox. `uidvalidity` 0: never opened; all mails up to `last_uid` have been stored.

    `held_until` is a lease: only its holder fetches, so that several processes do not fetch the same mail (R-04 would
    make that harmless, not cheap). `secrets` holds what the sign-in server gave us: it rolls, the channel's does not.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="mailboxes")
    folder = models.CharField(max_length=200, default="INBOX")
    uidvalidity = models.PositiveBigIntegerField(default=0)
    last_uid = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField(_("started"), default=clock.now, help_text="mail from before stays unread")
    rescan_until = models.PositiveBigIntegerField(default=0, help_text="looked at again after the numbers changed")
    stuck_uid = models.PositiveBigIntegerField(default=0, help_text="what the server did not hand over")
    stuck_tries = models.PositiveSmallIntegerField(default=0)
    is_idling = models.BooleanField(default=False, help_text="the server tells us at once when something comes")
    waiting_count = models.PositiveIntegerField(default=0, help_text="seen on the server, not yet fetched")
    fetched_count = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0, help_text="attempts in a row that failed")
    next_at = models.DateTimeField(default=clock.now, help_text="not before this moment")
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_mail_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    held_by = models.CharField(max_length=60, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    secrets = EncryptedJSONField()
    token_expires_at = models.DateTimeField(null=True, blank=True)
    token_held_until = models.DateTimeField(null=True, blank=True, help_text="somebody is fetching a new one")

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "mailbox progress"
        constraints = [models.UniqueConstraint(fields=["channel", "folder"], name="one_progress_a_folder")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.folder} {self.uidvalidity}/{self.last_uid}"
