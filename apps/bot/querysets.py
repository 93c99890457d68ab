"""The questions asked about the program's work."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from apps.bot.states import Outcome, Review, Stage

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer
    from apps.bot.models import Conversation, Question, Training  # noqa: F401  named as strings


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def quiet_before(self, moment: datetime) -> "ConversationQuerySet":
        return self.filter(quiet_at__lte=moment)


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, viewer: "Viewer") -> "QuestionQuerySet":
        """Those of the offices whose tickets the viewer reads, or whose articles they write: the words of a question
        are all that a writer sees of a ticket."""
        offices = {*viewer.offices_with("ticket.view"), *viewer.offices_with("kb.edit")}
        return self.filter(conversation__ticket__office_id__in=offices)

    def due(self, now: datetime) -> "QuestionQuerySet":
        return self.filter(next_at__lte=now)

    def to_review(self) -> "QuestionQuerySet":
        """Not answered, handed over, or answered without helping."""
        missed = Q(outcome__in=(Outcome.MISSED, Outcome.HANDED_OVER, Outcome.ASKED_BACK)) | Q(has_helped=False)
        return self.filter(missed, review=Review.OPEN)


class TrainingQuerySet(models.QuerySet["Training"]):
    def visible_to(self, viewer: "Viewer") -> "TrainingQuerySet":
        return self.filter(body_id__in=viewer.body_ids)

    def live(self) -> "TrainingQuerySet":
        return self.filter(stage=Stage.LIVE)
