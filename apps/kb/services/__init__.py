"""The verbs of the knowledge base. Each is one transaction, does one thing and records one event."""

from apps.kb.services.bringing_in import Incoming, Words, bring_in
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
    restore,
    retire,
    save_draft,
    send_back,
    submit,
    suggest_for,
)

__all__ = [
    "SAME_SITTING",
    "SUMMARY_LENGTH",
    "TITLE_LENGTH",
    "Incoming",
    "Words",
    "add_wording",
    "article_for",
    "bring_in",
    "create_article",
    "insertable",
    "keep_category",
    "keep_wordings",
    "place",
    "publish",
    "restore",
    "retire",
    "save_draft",
    "send_back",
    "submit",
    "suggest_for",
]
