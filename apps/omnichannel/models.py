"""The doors, what came in through them, and what is owed through them."""

import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.crypto import EncryptedJSONField
from apps.core.ids import public_id
from apps.core.models import TimeStamped
from apps.omnichannel.ports import ChannelFacts

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer


def channel_key() -> str:
    """What names a channel in public addresses: short enough for a script tag, random enough not to be guessed."""
    return "c_" + secrets.token_hex(12)


class ChannelQuerySet(models.QuerySet["Channel"]):
    def active(self) -> "ChannelQuerySet":
        return self.filter(is_active=True)

    def of_kind(self, kind: str) -> "ChannelQuerySet":
        return self.filter(kind=kind)

    def visible_to(self, viewer: "Viewer") -> "ChannelQuerySet":
        return self.filter(
            office_id__in={*viewer.offices_with("operator.view"), *viewer.offices_with("channel.manage")}
        )


class Channel(TimeStamped):
    """One configured door."""

    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="channels")
    kind = models.CharField(max_length=20)
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(max_length=60, unique=True)
    key = models.CharField(max_length=40, unique=True, default=channel_key, editable=False)
    address = models.CharField(max_length=254, blank=True, help_text="the mailbox, the page, the number")
    settings = models.JSONField(default=dict, blank=True)
    secrets = EncryptedJSONField()
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="channels")
    calendar = models.ForeignKey(
        "hours.Calendar", null=True, blank=True, on_delete=models.SET_NULL, related_name="channels"
    )
    language = models.CharField(max_length=5, blank=True)
    is_active = models.BooleanField(default=True)
    received_count = models.PositiveBigIntegerField(default=0, editable=False)
    last_item_at = models.DateTimeField(null=True, blank=True)
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    failed_in_row = models.PositiveSmallIntegerField(default=0, editable=False, help_text="tries the server never took")
    resting_until = models.DateTimeField(null=True, blank=True, editable=False, help_text="nothing is sent before")

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def facts(self) -> ChannelFacts:
        return ChannelFacts(
            id=self.pk,
            kind=self.kind,
            key=self.key,
            slug=self.slug,
            name=self.name,
            address=self.address,
            language=self.language or self.office.default_language,
            office_name=self.office.name,
            settings=self.settings,
            secrets=self.secrets,
        )


class ThreadQuerySet(models.QuerySet["Thread"]):
    def current(self) -> "ThreadQuerySet":
        return self.filter(ended_at=None)


class Thread(TimeStamped):
    """What a provider calls a conversation -> a ticket. The only bridge between the two.

    One person each: who gets copies has a thread of their own, and sees of the ticket what stands in it (S-06).
    """

    class Role(models.TextChoices):
        TO = "to", _("Recipient")
        CC = "cc", _("Gets a copy")

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="threads")
    key = models.CharField(max_length=200)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="threads")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="threads")
    recipient = models.CharField(max_length=254, blank=True, help_text="where our words go")
    role = models.CharField(max_length=2, choices=Role, default=Role.TO)
    ended_at = models.DateTimeField(null=True, blank=True)
    last_sequence = models.PositiveIntegerField(default=0)
    read_sequence = models.PositiveIntegerField(default=0, help_text="how far the person has read, where we can know")
    is_with_program = models.BooleanField(default=False, help_text="a program answers: nobody waits for a person yet")

    objects = ThreadQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "key"], condition=Q(ended_at=None), name="one_current_thread")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.key}"


class ThreadMessage(models.Model):
    """The place of a public message in its thread: numbered without gaps (R-17). Notes have none (S-29)."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="entries")
    message = models.ForeignKey("tickets.Message", on_delete=models.CASCADE, related_name="entries")
    sequence = models.PositiveIntegerField()
    client_id = models.CharField(max_length=64, null=True, blank=True)
    external_id = models.CharField(max_length=250, blank=True, help_text="the name it bears outside")

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["thread", "sequence"], name="one_message_a_number"),
            models.UniqueConstraint(fields=["thread", "client_id"], name="one_message_a_client_id"),
        ]
        indexes = [models.Index(fields=["external_id"], name="entry_external_id", condition=~Q(external_id=""))]

    def __str__(self) -> str:
        return f"{self.thread_id}#{self.sequence}"


class Envelope(models.Model):
    """The raw bytes that arrived, and what became of them."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        PROCESSED = "processed", _("Processed")
        QUARANTINED = "quarantined", _("In quarantine")
        REJECTED = "rejected", _("Discarded")

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="envelopes")
    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    external_id = models.CharField(max_length=250)
    digest = models.CharField(max_length=64)
    raw = models.BinaryField()
    source = models.CharField(max_length=20)
    headers = models.JSONField(default=dict, blank=True)
    meta = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, default=clock.now, help_text="when somebody must look; empty when done")
    reason = models.TextField(blank=True)
    message = models.ForeignKey("tickets.Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections", help_text="what came first"
    )
    received_at = models.DateTimeField(default=clock.now)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["channel", "external_id"], name="once_a_channel")]
        indexes = [
            models.Index(fields=["next_at"], name="envelope_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["-id"], name="envelope_quarantine", condition=Q(state="quarantined")),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.external_id[:20]}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, viewer: "Viewer") -> "DeliveryQuerySet":
        return self.filter(message__ticket__office_id__in=viewer.offices_with("ticket.view"))

    def owed(self) -> "DeliveryQuerySet":
        return self.filter(state=Delivery.State.WAITING)

    def due(self, moment: Any) -> "DeliveryQuerySet":
        return self.owed().filter(next_at__lte=moment)


class Delivery(TimeStamped):
    """One message owed to one recipient: the outbox (R-10). Written with the change that causes it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        UNCERTAIN = "uncertain", _("Perhaps sent")
        DEAD = "dead", _("Not delivered")
        CANCELLED = "cancelled", _("Cancelled")

    class Role(models.TextChoices):
        """As what the recipient gets it. A notice tells a colleague that there is something to read."""

        TO = "to", _("Recipient")
        CC = "cc", _("Copy")
        BCC = "bcc", _("Hidden copy")
        NOTICE = "notice", _("Notice to a colleague")

    class Outcome(models.TextChoices):
        """What we were told afterwards, in the order of what counts most (outcomes.RANK)."""

        DEFERRED = "deferred", _("Delayed")
        DELIVERED = "delivered", _("Delivered")
        OPENED = "opened", _("Opened")
        BOUNCED = "bounced", _("Returned")
        COMPLAINED = "complained", _("Reported as unwanted")

    message = models.ForeignKey("tickets.Message", on_delete=models.CASCADE, related_name="deliveries")
    thread = models.ForeignKey(Thread, null=True, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.PROTECT, related_name="deliveries")
    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    recipient = models.CharField(max_length=254)
    external_id = models.CharField(max_length=250, blank=True)
    way = models.CharField(max_length=20, blank=True, help_text="which of its door's ways it takes")
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followers", help_text="not before it"
    )
    role = models.CharField(max_length=6, choices=Role, default=Role.TO)
    is_automatic = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, default=clock.now, help_text="when to try; empty when done")
    error_kind = models.CharField(max_length=24, blank=True)
    error_text = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=250, blank=True, help_text="the name the provider gave it")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    outcome_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["message", "recipient"], name="once_a_recipient")]
        indexes = [
            models.Index(fields=["next_at"], name="delivery_due", condition=Q(next_at__isnull=False)),
            # The ceilings on automatic mail ask per address and hour (S-08, S-09).
            models.Index(fields=["recipient", "created_at"], name="delivery_auto", condition=Q(is_automatic=True)),
            models.Index(fields=["provider_id"], name="delivery_provider_id", condition=~Q(provider_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} to {self.recipient}"


class Amendment(TimeStamped):
    """What we asked a provider to change about something that stands there: written with the wish, done by a worker."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Not done")

    message = models.ForeignKey("tickets.Message", on_delete=models.CASCADE, related_name="amendments")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=250)
    what = models.CharField(max_length=10, help_text="edited | withdrawn | hidden | shown")
    text = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, default=clock.now, help_text="when to try; empty when done")
    error_text = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["next_at"], name="amendment_due", condition=Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.what} {self.external_id}"


class DeliveryAttempt(models.Model):
    """One try, begun before the network is touched; `ended_at` stays empty when we died in the middle (R-11)."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    began_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=24, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    receipt = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.outcome or 'begun'}"


class WatchQuerySet(models.QuerySet["Watch"]):
    def silent(self) -> "WatchQuerySet":
        """Doors in use behind which nothing is heard any more."""
        return self.filter(Q(lost_since__isnull=False) | Q(unreached_since__isnull=False), channel__is_active=True)

    def visible_to(self, viewer: "Viewer") -> "WatchQuerySet":
        return self.filter(channel__in=Channel.objects.visible_to(viewer))  # type: ignore[attr-defined]


class Watch(TimeStamped):
    """Whether a door is still heard from. It writes to itself when `next_at` has come, and waits for that mail.

    Two ways of falling silent, each with its moment: the mail to itself did not come back (`lost_since`), or the
    server it is fetched from is not reached (`unreached_since`).
    """

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="watch")
    is_on = models.BooleanField(_("writes to itself every hour"), default=False)
    next_at = models.DateTimeField(null=True, blank=True, help_text="when it writes to itself again; empty when off")
    heard_at = models.DateTimeField(null=True, blank=True, help_text="when such a mail last came back")
    lost_since = models.DateTimeField(null=True, blank=True)
    unreached_since = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    objects = WatchQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "watches"
        indexes = [models.Index(fields=["next_at"], name="watch_due", condition=Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.channel_id} {'silent' if self.silent_since else 'heard'}"

    @property
    def silent_since(self) -> Any:
        moments = [moment for moment in (self.lost_since, self.unreached_since) if moment]
        return min(moments) if moments else None


class RoundTrip(models.Model):
    """One mail of a door to itself: out by its way out, in by its way in. Never a message of anybody."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Not sent yet")
        SENT = "sent", _("On its way")
        RETURNED = "returned", _("Came back")
        REFUSED = "refused", _("Could not be sent")
        LOST = "lost", _("Did not come back")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="round_trips")
    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    token = models.CharField(max_length=32, unique=True)
    asked_by = models.ForeignKey(  # empty: the watch itself
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, default=clock.now, help_text="when somebody must look; empty when done")
    give_up_at = models.DateTimeField()
    began_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["next_at"], name="round_trip_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["channel", "-id"], name="round_trip_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.state}"

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.RETURNED, self.State.REFUSED, self.State.LOST)

    @property
    def seconds(self) -> int | None:
        """How long it was on its way."""
        return None if self.returned_at is None else round((self.returned_at - self.began_at).total_seconds())


class DeliveryEvent(models.Model):
    """One thing a provider told about a mail of ours: kept once, in whatever order it comes.

    `name` is the provider's own id of the event, or the hash of what it said; the same event twice is one row. It may
    come before we have written down under which id the provider took the mail: then `delivery` is found later.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="delivery_events")
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.CASCADE, related_name="events")
    name = models.CharField(max_length=100)
    outcome = models.CharField(max_length=10, choices=Delivery.Outcome)
    provider_id = models.CharField(max_length=250, blank=True)
    recipient = models.CharField(max_length=254, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    said_at = models.DateTimeField(null=True, blank=True, help_text="the provider's clock: shown, never sorted by")
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["channel", "name"], name="one_event_a_name")]
        indexes = [
            models.Index(
                fields=["channel", "provider_id"], name="event_without_delivery", condition=Q(delivery__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.provider_id or self.delivery_id}"


class Signature(TimeStamped):
    """What stands below the answers of one colleague, one team or one office: the closest one is taken."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="signature"
    )
    team = models.OneToOneField(
        "accounts.Team", null=True, blank=True, on_delete=models.CASCADE, related_name="signature"
    )
    office = models.OneToOneField(
        "accounts.Office", null=True, blank=True, on_delete=models.CASCADE, related_name="signature"
    )
    text = models.TextField(_("signature"), max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, team=None, office=None)
                | Q(user=None, team__isnull=False, office=None)
                | Q(user=None, team=None, office__isnull=False),
                name="one_owner_a_signature",
            )
        ]

    def __str__(self) -> str:
        return f"Signature of {self.user or self.team or self.office}"
