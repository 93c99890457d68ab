"""The verbs of the program at the window."""

from apps.bot.services.conversing import answer_question, hand_over, hear, rest, step_back
from apps.bot.services.setup import save_bot
from apps.bot.services.teaching import (
    ignore,
    judge_answer,
    publish_training,
    run_training,
    start_training,
    teach_answer,
    teach_article,
    teach_wording,
)

__all__ = [
    "answer_question",
    "hand_over",
    "hear",
    "ignore",
    "judge_answer",
    "publish_training",
    "rest",
    "run_training",
    "save_bot",
    "start_training",
    "step_back",
    "teach_answer",
    "teach_article",
    "teach_wording",
]
