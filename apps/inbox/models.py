"""What colleagues keep beside tickets: words not sent yet, wishes to be told, views, acts on many."""

from django.conf import settings
from django.db import models

from apps.accounts.sharing import Shared, SharedQuerySet
from apps.core import clock
from apps.core.files import storage_key
from apps.core.ids import public_id
from apps.core.pictures import marker


class Draft(models.Model):
    """An answer or a note that is not sent yet, kept on the server: one of each kind a ticket and person. Colleagues
    who may read the ticket may read it too, and take it over.

    `addressing` holds what the writer chose: {"to": "", "from": "<slug>", "cc": [], "bcc": []}.
    """

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=[("reply", "reply"), ("note", "note")])
    text = models.TextField(blank=True)
    addressing = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-updated_at"]
        constraints = [models.UniqueConstraint(fields=["ticket", "user", "kind"], name="one_draft_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id} on {self.ticket_id}"


class DraftFile(models.Model):
    """A file that waits with its draft. Its bytes become the message's when that is sent. With a content id it is a
    picture that stands in the words, where they say `marker`."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    file = models.FileField(upload_to=storage_key, max_length=120)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=120, default="application/octet-stream")
    size = models.PositiveBigIntegerField()
    content_id = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def marker(self) -> str:
        return marker(self.name) if self.content_id else ""


class Watcher(models.Model):
    """This colleague wants to know of every word on this ticket."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="watchers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watched")
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="one_watch_a_colleague")]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.ticket_id}"


class NoticeChoice(models.Model):
    """Whether a colleague wants notices by mail. Without a row they come."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choice")
    by_mail = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.by_mail}"


class Job(models.Model):
    """Acts on many tickets, one after the other. The row is the job: who finds it unfinished goes on where it stopped.

    `acts` rest as automation keeps them; a macro's are copied, so that changing it changes nothing that runs.
    """

    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs")
    label = models.CharField(max_length=200)
    acts = models.JSONField(default=list)
    macro = models.ForeignKey("automation.Macro", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    undo_at = models.DateTimeField(null=True, help_text="when somebody asked to take it back")
    undone_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True, default=clock.now, help_text="when a worker may take it up")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="job_due")]

    def __str__(self) -> str:
        return f"{self.label} of {self.user_id}"


class JobTicket(models.Model):
    """One ticket of a job: what it was before and after, or why nothing was done."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        REFUSED = "refused"
        UNDONE = "undone"
        KEPT = "kept"  # undone as far as nobody had changed it since

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rows")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    problem = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["job", "ticket"], name="one_row_a_ticket_and_job")]
        indexes = [models.Index(fields=["job", "state", "id"], name="job_rows_by_state")]

    def __str__(self) -> str:
        return f"{self.ticket_id} of job {self.job_id}: {self.state}"


class SavedView(Shared):
    """A list one comes back to: conditions on tickets, in an order, under a name."""

    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    name = models.CharField(max_length=60)
    conditions = models.JSONField(default=dict, help_text="as tickets.conditions keeps them")
    sort = models.CharField(max_length=10, default="urgent")
    is_counted = models.BooleanField(default=True)
    pin = models.PositiveSmallIntegerField(null=True, blank=True, help_text="g and this digit go there")

    objects = SharedQuerySet.as_manager()

    class Meta(Shared.Meta):
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Mention(models.Model):
    """A colleague was called by name in a private note."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey("tickets.Message", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="one_mention_a_note_and_colleague")]
        indexes = [models.Index(fields=["user", "ticket"], name="mentions_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.message_id}"
