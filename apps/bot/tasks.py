"""Tasks take an id and call one verb. The rows say what is due."""

from celery import shared_task

from apps.bot import services
from apps.bot.models import Conversation, Question, Training
from apps.core import clock

AT_ONCE = 50


@shared_task
def answer_question(question_id: int) -> None:
    """A second run finds the question leased or done."""
    services.answer_question(question_id)


@shared_task
def train(training_id: int) -> None:
    """A second run finds the training leased or ended."""
    services.run_training(training_id)


@shared_task
def sweep() -> None:
    """Questions and trainings that a lost nudge left behind; conversations that have become quiet."""
    now = clock.now()
    for pk in Question.objects.due(now).order_by("next_at").values_list("pk", flat=True)[:AT_ONCE]:
        answer_question.delay(pk)
    for pk in Training.objects.filter(next_at__lte=now).values_list("pk", flat=True)[:AT_ONCE]:
        train.delay(pk)
    for conversation in Conversation.objects.quiet_before(now).order_by("quiet_at")[:AT_ONCE]:
        services.rest(conversation)
