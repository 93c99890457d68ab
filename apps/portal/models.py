"""What the portal remembers of people who have no account: a request half written, a link they asked for, a device."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from apps.core import clock
from apps.core.ids import public_id
from apps.core.models import TimeStamped
from apps.tickets.files import KeptFile

DRAFT_DAYS = 7


class DraftQuerySet(models.QuerySet["Draft"]):
    def alive(self) -> "DraftQuerySet":
        return self.filter(updated_at__gt=clock.now() - timedelta(days=DRAFT_DAYS))

    def forgotten(self) -> "DraftQuerySet":
        return self.filter(updated_at__lte=clock.now() - timedelta(days=DRAFT_DAYS))


class Draft(TimeStamped):
    """A request on its way: the answers so far, kept for the device that wrote them.

    `ticket` is set once, under the row's lock: a second press on "Send" finds the first one's ticket (R-16).
    """

    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    office = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=130)
    answers = models.JSONField(default=dict)
    ticket = models.ForeignKey("tickets.Ticket", null=True, on_delete=models.CASCADE, related_name="+")

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["updated_at"], name="portal_draft_age")]

    def __str__(self) -> str:
        return f"{self.form} {self.public_id}"


class DraftFile(models.Model):
    """A file of a draft, already in the store. The row stays after the sending: it counts space (S-22)."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    source = models.CharField(max_length=64, help_text="the address it came from, hashed")
    is_gone = models.BooleanField(default=False, help_text="part of a ticket now, or taken out")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["source", "created_at"], name="portal_space_of_address")]

    def __str__(self) -> str:
        return self.name

    def as_kept(self) -> KeptFile:
        return KeptFile(self.key, self.name, self.content_type, self.size)


class MagicLink(TimeStamped):
    """Somebody asked to be let in. They hear the same whatever is true; a task finds out if a letter goes (S-37).

    `who` is what they typed: an address, or "#" and a ticket's number. The token and the code exist only in the
    letter: they are made when it is sent, and the row keeps what recognises them.
    """

    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    office = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="+")
    who = models.CharField(max_length=254)
    language = models.CharField(max_length=5)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=254, blank=True, help_text="where the letter went: what a use of it proves")
    token_digest = models.CharField(max_length=64, null=True, unique=True)
    code_digest = models.CharField(max_length=26, blank=True)
    expires_at = models.DateTimeField(null=True)
    code_expires_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, default=clock.now, help_text="when to try; empty when done")

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="portal_link_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["created_at"], name="portal_link_age"),
        ]

    def __str__(self) -> str:
        return self.public_id


class DeviceQuerySet(models.QuerySet["Device"]):
    def open(self) -> "DeviceQuerySet":
        return self.filter(revoked_at=None, expires_at__gt=clock.now())


class Device(TimeStamped):
    """A browser that proved an address: what its cookie says is kept as a digest, and can be revoked here."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="devices")
    address = models.CharField(max_length=254)
    digest = models.CharField(max_length=64, unique=True)
    is_shared = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="portal_device_age")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.created_at:%Y-%m-%d}"
