"""Promises about time: what was promised, to whom, and how each one stands."""

from datetime import datetime
from urllib.parse import urlsplit

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core import clock as time
from apps.core.crypto import EncryptedJSONField
from apps.core.ids import public_id
from apps.core.models import TimeStamped
from apps.sla.conditions import check_conditions
from apps.sla.querysets import ClockQuerySet, PolicyQuerySet
from apps.sla.steps import check_steps
from apps.tickets.states import PAUSED, Priority


class Metric(models.TextChoices):
    FIRST_RESPONSE = "first_response", _("First answer")
    NEXT_RESPONSE = "next_response", _("Next answer")
    RESOLUTION = "resolution", _("Solved")
    UPDATE = "update", _("News at least every")


class State(models.TextChoices):
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    MET = "met", _("Kept")
    CANCELLED = "cancelled", _("Cancelled")


LIVE = (State.RUNNING, State.PAUSED)


def pausing_statuses() -> list[str]:
    return [str(status) for status in PAUSED]


class Policy(TimeStamped):
    """A promise to the tickets of an office and of those below it that fulfil its conditions. First match wins."""

    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="policies")
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveIntegerField(default=0)
    calendar = models.ForeignKey("hours.Calendar", on_delete=models.PROTECT, related_name="policies")
    follows_hours = models.BooleanField(
        _("counted in the hours of the ticket's channel, team or office"), default=False
    )
    conditions = models.JSONField(default=dict, blank=True, validators=[check_conditions])
    goal_percent = models.PositiveSmallIntegerField(
        _("goal"), default=95, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    warn_percent_left = models.PositiveSmallIntegerField(
        _("warn when so much is left"), default=25, validators=[MaxValueValidator(99)]
    )
    steps = models.JSONField(default=list, blank=True, validators=[check_steps])  # see apps/sla/steps.py
    pause_on = models.JSONField(default=pausing_statuses, blank=True)  # statuses in which the long promises stand still
    is_active = models.BooleanField(_("in use"), default=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ["office", "position", "pk"]
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """So many seconds for one metric; without a priority: for every priority that has no target of its own."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="targets")
    metric = models.CharField(max_length=16, choices=Metric)
    priority = models.PositiveSmallIntegerField(null=True, blank=True, choices=Priority)
    seconds = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    is_wall_clock = models.BooleanField(default=False)

    class Meta:
        ordering = ["metric", "-priority"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "metric", "priority"], name="sla_one_target"),
            models.UniqueConstraint(
                fields=["policy", "metric"], condition=Q(priority=None), name="sla_one_target_for_any_priority"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.priority or '*'}: {self.seconds} s"


class Clock(models.Model):
    """One running promise on one ticket.

    `next_at` is the next moment anything must happen (a warning, a breach, a step of the policy); empty when paused,
    ended, or all has happened. It carries the only index on a time column: see the sweep. What was promised is kept on
    the row, so that a later change of the policy does not rewrite the past.
    """

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="clocks")
    metric = models.CharField(max_length=16, choices=Metric)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="clocks")
    target = models.ForeignKey(Target, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    calendar = models.ForeignKey("hours.Calendar", on_delete=models.PROTECT, related_name="+")
    edition = models.CharField(max_length=22, blank=True, default="")  # of the calendar, when the moment was computed
    target_seconds = models.PositiveIntegerField()
    is_wall_clock = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    remaining_seconds = models.IntegerField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_for = models.CharField(max_length=8, blank=True, default="")  # the status that made it stand still
    pauses = models.JSONField(default=list)  # [[from, to, status], ...] ended ones, ISO 8601
    ended_at = models.DateTimeField(null=True)
    used_seconds = models.IntegerField(null=True)  # of its own time, when it ended
    ended_by_message_id = models.BigIntegerField(null=True)
    breached_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    policy_name = models.CharField(max_length=120, default="", db_default="")  # as it was called when it promised
    # What changed it later: [{"at": ISO 8601, "what": ...}, ...], see apps/sla/history.py
    history = models.JSONField(null=True)
    fired = models.JSONField(default=list)  # keys of the policy's steps that were taken; ClockStep is the truth
    next_at = models.DateTimeField(null=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "metric"], condition=Q(state__in=LIVE), name="sla_one_live_clock_a_metric"
            )
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="sla_clock_live")]

    def __str__(self) -> str:
        return f"{self.metric} of {self.ticket_id}: {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_breached(self) -> bool:
        return self.breached_at is not None

    def is_late_at(self, moment: datetime) -> bool:
        return self.due_at is not None and moment > self.due_at

    @property
    def is_overdue(self) -> bool:
        return self.state == State.RUNNING and self.is_late_at(clock.now())


class ClockStep(models.Model):
    """A step that was taken: the row that makes each happen once, however many sweepers there are (R-25)."""

    class Step(models.TextChoices):
        WARNING = "warning", _("Warning")
        BREACH = "breach", _("Breach")

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=40)  # one of Step, or the name of a step of the policy
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "step"], name="sla_each_step_once")]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.step}"


class Reason(models.TextChoices):
    STAFF = "staff", _("Too few people")
    THIRD = "third", _("Waited for somebody else")
    PRIORITY = "priority", _("Wrong priority or wrong team")
    HARD = "hard", _("Took long to find out")
    FAULT = "fault", _("Our systems failed")
    OTHER = "other", _("Something else")


class LateReason(TimeStamped):
    """Why a ticket was late, in the words of whoever knows. One a ticket: it is said of the whole of it."""

    ticket = models.OneToOneField(
        "tickets.Ticket", on_delete=models.CASCADE, primary_key=True, related_name="late_reason"
    )
    reason = models.CharField(max_length=12, choices=Reason)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    given_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.reason}"


class PolicyToFollow(models.Model):
    """The steps of a policy have changed and its running clocks do not know their next moment; the sweep sees to it."""

    policy = models.OneToOneField(Policy, on_delete=models.CASCADE, primary_key=True, related_name="+")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"policy {self.policy_id}"


class CalendarToFollow(models.Model):
    """A calendar has changed and its running promises are not yet due by the new hours; the sweep sees to it."""

    calendar = models.OneToOneField("hours.Calendar", on_delete=models.CASCADE, primary_key=True, related_name="+")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calendar {self.calendar_id}"


class CallKey(models.Model):
    """What signs the calls of a policy's steps: shown once, when it is made, and encrypted at rest.

    Beside the policy and not on it: policies are read with every message, this only with a call.
    """

    policy = models.OneToOneField(Policy, on_delete=models.CASCADE, primary_key=True, related_name="call_key")
    secret = EncryptedJSONField()  # {"key": …}
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"key of policy {self.policy_id}"


class WebCall(models.Model):
    """A web address that a step calls. The row is the job: tried until it answers, a few times, then given up."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="calls")
    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    url = models.CharField(max_length=300)
    body = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=time.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="sla_call_due")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.url}"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""
