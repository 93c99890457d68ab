"""A program at the window: what it knows, whom it talks to, what it was asked."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.bot.querysets import ConversationQuerySet, QuestionQuerySet, TrainingQuerySet
from apps.bot.states import Holder, Outcome, Review, Stage
from apps.core import clock
from apps.core.models import TimeStamped
from apps.core.translated import TranslatedText


class Bot(TimeStamped):
    """The program of one channel. Without a row, or switched off, people alone answer there."""

    channel = models.OneToOneField("omnichannel.Channel", on_delete=models.CASCADE, related_name="bot")
    is_active = models.BooleanField(_("on"), default=False)
    names = TranslatedText()
    greetings = TranslatedText(help_text="said after it has said that it is a program")
    categories = models.ManyToManyField(
        "kb.Category", blank=True, related_name="+", help_text="what it may answer from; none: every public article"
    )

    class Meta:
        ordering = ["channel_id"]

    def __str__(self) -> str:
        return f"Bot of {self.channel_id}"


class Conversation(TimeStamped):
    """A thread the program speaks in. One holder at a time."""

    bot = models.ForeignKey(Bot, on_delete=models.CASCADE, related_name="conversations")
    thread = models.OneToOneField("omnichannel.Thread", on_delete=models.CASCADE, related_name="bot_conversation")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="bot_conversations")
    holder = models.CharField(max_length=6, choices=Holder, default=Holder.BOT)
    has_greeted = models.BooleanField(default=False)
    has_asked_back = models.BooleanField(default=False, help_text="one clarifying question at most")
    misses = models.PositiveSmallIntegerField(default=0)
    offered = models.JSONField(default=list, blank=True, help_text="article ids a number may choose from")
    handed_over_at = models.DateTimeField(null=True, blank=True)
    unanswered = models.TextField(blank=True, help_text="the exact question the person is handed over with")
    quiet_at = models.DateTimeField(null=True, blank=True, help_text="when silence after an answer means: it helped")

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["quiet_at"], name="bot_quiet", condition=Q(quiet_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.thread_id}, held by {self.holder}"


class Question(TimeStamped):
    """One thing somebody wrote to the program. `next_at` says that it waits to be read: the row is the job."""

    conversation = models.ForeignKey(
        Conversation, null=True, blank=True, on_delete=models.CASCADE, related_name="questions"
    )
    body = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="+")
    message = models.OneToOneField(
        "tickets.Message", null=True, blank=True, on_delete=models.CASCADE, related_name="bot_question"
    )
    answer = models.ForeignKey("tickets.Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(max_length=5)
    text = models.TextField()
    asked_at = models.DateTimeField(default=clock.now)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.WAITING)
    confidence = models.FloatField(null=True, blank=True)
    article = models.ForeignKey("kb.Article", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    has_helped = models.BooleanField(null=True, blank=True, help_text="what the person said; empty: nothing")
    review = models.CharField(max_length=8, choices=Review, default=Review.OPEN)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    next_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["next_at"], name="bot_question_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["body", "review", "-asked_at"], name="bot_questions_to_review"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class ConfirmedAnswer(TimeStamped):
    """A question that has a short answer of its own, confirmed by one of us; no article is needed for it."""

    body = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="confirmed_answers")
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    question = models.CharField(_("question"), max_length=200)
    text = models.TextField(_("answer"), max_length=2000)
    is_active = models.BooleanField(default=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.question


class Training(TimeStamped):
    """Weights fitted at one moment, with what they were fitted to and how they did on questions kept apart."""

    body = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="trainings")
    number = models.PositiveIntegerField()
    stage = models.CharField(max_length=7, choices=Stage, default=Stage.WAITING)
    progress = models.PositiveSmallIntegerField(default=0, help_text="percent")
    weights = models.JSONField(default=dict, blank=True)
    report = models.JSONField(default=dict, blank=True)
    wording_ids = models.JSONField(default=list, blank=True, help_text="the wordings it knows")
    answer_ids = models.JSONField(default=list, blank=True, help_text="the confirmed answers it knows")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    live_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["body", "number"], name="one_training_a_number"),
            models.UniqueConstraint(fields=["body"], condition=Q(stage=Stage.LIVE), name="one_live_training"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.stage})"


class Vector(models.Model):
    """The meaning of a text, made once: half-precision numbers under the digest of the words."""

    digest = models.CharField(max_length=64, primary_key=True)
    row = models.BinaryField()

    def __str__(self) -> Any:
        return self.digest[:12]
