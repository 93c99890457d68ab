"""The statuses, and the table of moves that are allowed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    NEW = "new", _("New")
    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting for them")
    ON_HOLD = "on_hold", _("On hold")
    SOLVED = "solved", _("Solved")
    CLOSED = "closed", _("Closed")
    SPAM = "spam", _("Spam")
    MERGED = "merged", _("Merged")


class Priority(models.IntegerChoices):
    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")
    URGENT = 4, _("Urgent")


class Direction(models.TextChoices):
    IN = "in", _("From the person")
    OUT = "out", _("From us")
    NOTE = "note", _("Private note")


class Type(models.TextChoices):
    QUESTION = "question", _("Question")
    INCIDENT = "incident", _("Incident")
    REQUEST = "request", _("Request")
    INTERVENTION = "intervention", _("Intervention")


UNSOLVED = (Status.NEW, Status.OPEN, Status.WAITING, Status.ON_HOLD)
# A promise to solve does not run while somebody else has the word.
PAUSED = (Status.WAITING, Status.ON_HOLD)
ENDED = (Status.SOLVED, Status.CLOSED, Status.SPAM, Status.MERGED)

_WORKING = {Status.OPEN, Status.WAITING, Status.ON_HOLD, Status.SOLVED, Status.SPAM}

MOVES: dict[str, frozenset[str]] = {
    Status.NEW: frozenset(_WORKING),
    Status.OPEN: frozenset(_WORKING - {Status.OPEN}),
    Status.WAITING: frozenset(_WORKING - {Status.WAITING}),
    Status.ON_HOLD: frozenset(_WORKING - {Status.ON_HOLD}),
    Status.SOLVED: frozenset({Status.OPEN, Status.CLOSED, Status.SPAM}),
    Status.CLOSED: frozenset({Status.OPEN}),
    Status.SPAM: frozenset({Status.OPEN}),
    # Only merging leads here; what leads out is the person's own word, and undoing.
    Status.MERGED: frozenset({Status.OPEN}),
}
