"""The model every channel shares. A ticket never names a channel's table."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.files import storage_key
from apps.core.ids import public_id
from apps.core.models import TimeStamped
from apps.core.translated import TranslatedText
from apps.tickets import previews
from apps.tickets.querysets import (
    AttachmentQuerySet,
    MergeQuerySet,
    MessageQuerySet,
    TagQuerySet,
    TicketQuerySet,
)
from apps.tickets.states import UNSOLVED, Direction, Priority, Status, Type

# Where `urgent_at` stands when nothing is promised: after everything that is.
NO_PROMISE = datetime(9999, 1, 1, tzinfo=UTC)
PREVIEW_LENGTH = 160
MERGE_UNDO = timedelta(days=7)
REFERENCE = re.compile(r"\s*(\d{4})-(\d{1,12})\s*")


class Tag(TimeStamped):
    """A word on tickets: a fixed key, shown in the language of whoever reads."""

    body = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="tags")
    key = models.SlugField(max_length=50)
    names = TranslatedText()
    retired_at = models.DateTimeField(null=True, blank=True, help_text="no ticket gets it from then on")

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["body", "key"], name="one_tag_a_key")]

    def __str__(self) -> str:
        return str(self.names) or self.key


def _open(*fields: str, name: str, **conditions: Any) -> models.Index:
    """An index over open tickets only: finished ones are most of the table and no list of work reads them."""
    return models.Index(fields=[*fields], name=name, condition=Q(status__in=UNSOLVED, **conditions))


class Ticket(TimeStamped):
    """One matter of one person, whatever doors its messages use."""

    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="tickets")
    type = models.CharField(max_length=12, choices=Type, default=Type.QUESTION)
    service = models.ForeignKey(
        "catalogue.Service", null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets"
    )
    subject = models.CharField(_("subject"), max_length=250)
    status = models.CharField(max_length=8, choices=Status, default=Status.NEW)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    language = models.CharField(max_length=5, blank=True)
    requester = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="tickets")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="assigned_tickets"
    )
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets")
    tags = models.ManyToManyField(Tag, blank=True, related_name="tickets")
    via = models.CharField(max_length=20)
    linked_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="linked_from")
    link_reason = models.CharField(max_length=20, blank=True, help_text="earlier | unverified")
    # The opening hours of the door it came through, where the door has its own: see tickets/opening_hours.py.
    calendar = models.ForeignKey(
        "hours.Calendar", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from")
    is_outside_hours = models.BooleanField(default=False)
    snoozed_until = models.DateTimeField(null=True, blank=True)

    # Kept from the clocks, for sorting and for the row.
    next_due_at = models.DateTimeField(null=True, blank=True)
    next_due_metric = models.CharField(max_length=20, blank=True)
    next_due_warn_at = models.DateTimeField(null=True, blank=True)
    urgent_at = models.DateTimeField(default=NO_PROMISE, editable=False)

    # Kept from the public messages: what a row says without reading them. Notes leave no trace here (S-29).
    last_message_at = models.DateTimeField(default=clock.now)
    last_direction = models.CharField(max_length=4, choices=Direction, blank=True)
    last_text = models.CharField(max_length=PREVIEW_LENGTH, blank=True)
    message_count = models.PositiveIntegerField(default=0)

    opened_at = models.DateTimeField(default=clock.now)
    solved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0, help_text="counts every change; open screens compare it")

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            _open("urgent_at", "-priority", "id", name="ticket_open_urgent"),
            _open("opened_at", "id", name="ticket_open_oldest"),
            _open("-last_message_at", "-id", name="ticket_open_newest"),
            _open("assignee", "urgent_at", name="ticket_open_assignee", assignee__isnull=False),
            _open("team", "urgent_at", name="ticket_open_team", team__isnull=False),
            # Few in many: without it, counting them reads the whole table.
            _open("urgent_at", "id", name="ticket_open_outside", is_outside_hours=True),
            # A person's own list, and their history beside a ticket.
            models.Index(fields=["requester", "-id"], name="ticket_of_requester"),
            # The sweep that wakes, and the view of what sleeps.
            models.Index(fields=["snoozed_until"], name="ticket_snoozed", condition=Q(snoozed_until__isnull=False)),
            # Reports read by the day of opening within offices.
            models.Index(fields=["office", "opened_at"], name="ticket_by_opening"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.subject}"

    @property
    def reference(self) -> str:
        """What people read out: year of opening in the installation's zone, and the number. A label, never a key."""
        return f"{timezone.localtime(self.opened_at, timezone.get_default_timezone()).year}-{self.pk:06d}"

    @staticmethod
    def pk_from_reference(text: str) -> int | None:
        """The number in '2026-004821', or None; the year is not checked, people misread it."""
        match = REFERENCE.fullmatch(text)
        return int(match[2]) if match else None

    @property
    def is_open(self) -> bool:
        return self.status in UNSOLVED

    @property
    def is_merged(self) -> bool:
        return self.merged_into_id is not None

    @property
    def is_snoozed(self) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > clock.now()

    @property
    def is_overdue(self) -> bool:
        return self.next_due_at is not None and self.next_due_at < clock.now()


class Merge(models.Model):
    """One ticket became part of another, and what it takes to undo that.

    `moved` names what went over, by id: {"messages": [], "threads": [], "tags": [], ...}; every room that moves
    something writes its own word.
    """

    merged = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merges")
    kept = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="absorbed")
    at = models.DateTimeField(default=clock.now)
    by_label = models.CharField(max_length=160, blank=True)
    words_stay = models.BooleanField(default=False, help_text="they are two persons': neither reads the other's")
    status_before = models.CharField(max_length=8, choices=Status)
    moved = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merged_once_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.kept_id}"

    def can_be_undone_at(self, moment: datetime) -> bool:
        return self.undone_at is None and moment - self.at <= MERGE_UNDO

    @property
    def can_be_undone(self) -> bool:
        return self.can_be_undone_at(clock.now())


class Link(models.Model):
    """Two tickets of one body that have to do with each other, said by a colleague; people never see it.

    Read as a sentence: `one` is `kind` of `other`. "related" holds both ways and is kept with the older ticket first.
    """

    class Kind(models.TextChoices):
        RELATED = "related", _("Related to")
        CHILD = "child", _("Part of")
        DUPLICATE = "duplicate", _("Duplicate of")

    one = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_from")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.RELATED)
    at = models.DateTimeField(default=clock.now)
    by_label = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="linked_once"),
            models.UniqueConstraint(fields=["one"], condition=Q(kind="child"), name="one_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} {self.kind} {self.other_id}"


class Message(models.Model):
    """One thing said on a ticket: by the person, by us, or among us."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    direction = models.CharField(max_length=4, choices=Direction)
    is_automatic = models.BooleanField(default=False)
    author_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    author_person = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    author_label = models.CharField(max_length=160, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True, help_text="cleaned; cleaned again when shown")
    quoted_text = models.TextField(blank=True)
    via = models.CharField(max_length=20)
    written_at = models.DateTimeField(
        default=clock.now, help_text="when it reached us: the only time that sorts (R-06)"
    )
    claimed_at = models.DateTimeField(null=True, blank=True, help_text="what the sender's machine said")
    verdict = models.CharField(max_length=12, blank=True, help_text="of the sender: verified | unverified | ''")
    details = models.JSONField(default=dict, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        # A conversation is read in order of arrival.
        indexes = [models.Index(fields=["ticket", "id"], name="message_in_order")]

    def __str__(self) -> str:
        return f"{self.direction} {self.pk}"

    @property
    def is_note(self) -> bool:
        return self.direction == Direction.NOTE

    @property
    def author_name(self) -> str:
        return self.author_label

    def files(self) -> "list[Attachment]":
        """Its files as one looks at them: each knows whether its pages are shown."""
        return previews.marked(self.attachments.all())  # type: ignore[attr-defined]


class Attachment(models.Model):
    """A file somebody sent. The name is a label; where it lies is random (S-18)."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    file = models.FileField(upload_to=storage_key, max_length=120)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=120, default="application/octet-stream")
    size = models.PositiveBigIntegerField()
    content_id = models.CharField(max_length=250, blank=True)
    is_inline = models.BooleanField(default=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Preview(models.Model):
    """A document as pictures we drew of its pages, when they were asked for; `pages` 0: it cannot be shown."""

    attachment = models.OneToOneField(Attachment, primary_key=True, on_delete=models.CASCADE, related_name="preview")
    pages = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.attachment_id}: {self.pages}"


class PagePicture(models.Model):
    """One page; without a file it is one that cannot be drawn."""

    preview = models.ForeignKey(Preview, on_delete=models.CASCADE, related_name="pictures")
    number = models.PositiveIntegerField(help_text="1 is the first")
    file = models.FileField(upload_to=storage_key, max_length=120, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["preview", "number"], name="one_picture_a_page")]

    def __str__(self) -> str:
        return f"{self.preview_id}: {self.number}"


class LastSeen(models.Model):
    """How far one user has read one ticket."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="seen_by")
    message_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "ticket"], name="one_mark_a_reader")]

    def __str__(self) -> str:
        return f"{self.user_id} read to {self.message_id}"
