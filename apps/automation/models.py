"""What the desk says and does by itself, and what colleagues have ready."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.sharing import Shared, SharedQuerySet
from apps.automation.querysets import RuleQuerySet
from apps.core import clock
from apps.core.ids import public_id
from apps.core.models import TimeStamped
from apps.core.translated import TranslatedText


class Acknowledgement(TimeStamped):
    """The words with which an office, or one channel of it, says "we have it". Without a row the built-in words."""

    office = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="acknowledgements")
    channel = models.OneToOneField(
        "omnichannel.Channel", null=True, blank=True, on_delete=models.CASCADE, related_name="acknowledgement"
    )
    is_active = models.BooleanField(default=True)
    open_texts = TranslatedText(help_text="while somebody is there; placeholders: reference, office, next_opening")
    closed_texts = TranslatedText(help_text="outside hours")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office"], condition=Q(channel=None), name="one_acknowledgement_an_office")
        ]

    def __str__(self) -> str:
        return f"Acknowledgement of {self.channel or self.office}"


class AutomaticAnswer(models.Model):
    """Every automatic answer, sent or held: what the ceilings count (S-08, S-09)."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="automatic_answers")
    body = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="+")
    recipient = models.CharField(max_length=254)
    held_because = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # One acknowledgement a ticket, whoever runs twice.
            models.UniqueConstraint(fields=["ticket"], name="one_acknowledgement_a_ticket")
        ]
        indexes = [
            models.Index(fields=["recipient", "created_at"], name="answers_to_address", condition=Q(held_because="")),
            models.Index(fields=["body", "created_at"], name="answers_of_body", condition=Q(held_because="")),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.held_because or 'answered'}"


class Macro(Shared):
    """Words that are said often, acts that go together, or both. Without acts it is a canned answer."""

    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    name = models.CharField(max_length=80)
    texts = TranslatedText(help_text="a language each; placeholders: see macros.PLACEHOLDERS")
    is_note = models.BooleanField(default=False, help_text="the words are for colleagues")
    acts = models.JSONField(default=list, help_text="texts of acts.Act, in order")
    used_count = models.PositiveIntegerField(default=0)

    objects = SharedQuerySet.as_manager()

    class Meta(Shared.Meta):
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_written_first(self) -> bool:
        """Its words go into the box, and what it does is done when they are sent; any other runs at once."""
        return bool(self.texts) and not self.is_note

    @property
    def leaves_status(self) -> str:
        """The status it ends with, '' when it says nothing of it."""
        found = [text.partition(":")[2] for text in self.acts if text.startswith("status:")]
        return found[-1] if found else ""


class Rule(TimeStamped):
    """When this happens in an office or below, if that holds, do these: in the order of `position`."""

    class When(models.TextChoices):
        OPENED = "opened", _("a ticket is opened")
        PERSON_WROTE = "person_wrote", _("the person writes again")
        ANSWERED = "answered", _("one of us answers")
        STATUS = "status", _("the status changes")
        ASSIGNED = "assigned", _("it is given to somebody")
        TAGGED = "tagged", _("its tags change")
        TIME = "time", _("time passes")

    class Hours(models.TextChoices):
        ANY = "any", _("at any time")
        OPEN = "open", _("only while we are open")
        CLOSED = "closed", _("only while we are closed")

    office = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="rules")
    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    when = models.CharField(max_length=14, choices=When, default=When.OPENED)
    hours = models.CharField(max_length=6, choices=Hours, default=Hours.ANY)
    conditions = models.JSONField(default=dict, blank=True, help_text="as tickets.conditions keeps them")
    acts = models.JSONField(default=list, help_text="texts of acts.Act, in order")
    stops = models.BooleanField(default=False, help_text="no later rule has its turn")

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class RuleDue(models.Model):
    """Something happened that rules wait for. The row is the job, written with what happened."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    when = models.CharField(max_length=14, choices=Rule.When)
    message_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.when} of {self.ticket_id}"


class RuleTurn(models.Model):
    """A rule of time had its turn with a ticket: once, until somebody says something again."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(help_text="the last word at that time")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "ticket", "since"], name="one_turn_a_silence")]

    def __str__(self) -> str:
        return f"{self.rule_id} with {self.ticket_id}"
