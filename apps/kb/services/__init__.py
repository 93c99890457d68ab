"""The verbs of the knowledge base. Each is one transaction, does one thing and records one event."""

from apps.kb.services.answers import article_of_answer, open_tickets_quoting
from apps.kb.services.bringing_in import Incoming, Words, bring_in
from apps.kb.services.files import add_file, is_shown, remove_file
from apps.kb.services.listening import REASONS, give_feedback, keep_synonyms, note_miss, settle
from apps.kb.services.planning import cancel_plan, plan_publication, publish_due, remind_of_reviews
from apps.kb.services.wordings import add_wording, keep_wordings
from apps.kb.services.writing import (
    SAME_SITTING,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    article_for,
    create_article,
    insertable,
    keep_category,
    place,
    publish,
    rename,
    restore,
    retire,
    save_draft,
    send_back,
    submit,
    suggest_for,
)

__all__ = [
    "REASONS",
    "SAME_SITTING",
    "SUMMARY_LENGTH",
    "TITLE_LENGTH",
    "Incoming",
    "Words",
    "add_file",
    "add_wording",
    "article_for",
    "article_of_answer",
    "bring_in",
    "cancel_plan",
    "create_article",
    "give_feedback",
    "insertable",
    "is_shown",
    "keep_category",
    "keep_synonyms",
    "keep_wordings",
    "note_miss",
    "open_tickets_quoting",
    "place",
    "plan_publication",
    "publish",
    "publish_due",
    "remind_of_reviews",
    "remove_file",
    "rename",
    "restore",
    "retire",
    "save_draft",
    "send_back",
    "settle",
    "submit",
    "suggest_for",
]
