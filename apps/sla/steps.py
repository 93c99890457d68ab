"""What is done when a promise runs out of time, or has: levels before and after the due moment (pure).

Steps rest on the policy as plain data, so that a clock knows its next moment without another query. A step is not part
of what was promised: changing the steps of a policy changes them for the tickets that already run.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.hours import arithmetic
from apps.hours.arithmetic import NeverOpen, Pause, WorkingHours

MOST_STEPS = 12
LONGEST_OFFSET = 366 * 24 * 3600


class Action(models.TextChoices):
    ASSIGNEE = "assignee", gettext_lazy("tell whoever has it")
    TEAM = "team", gettext_lazy("tell the team")
    HEAD = "head", gettext_lazy("tell the shift head")
    PERSON = "person", gettext_lazy("tell this person")
    REASSIGN = "reassign", gettext_lazy("give it to this person")
    REASSIGN_HEAD = "reassign_head", gettext_lazy("give it to the shift head")
    MOVE = "move", gettext_lazy("move it to this team")
    RAISE = "raise", gettext_lazy("raise the priority by one")
    TAG = "tag", gettext_lazy("set this tag")
    CALL = "call", gettext_lazy("call this web address")


TELLING = (Action.ASSIGNEE, Action.TEAM, Action.HEAD, Action.PERSON)
NUMBERED = (Action.PERSON, Action.REASSIGN, Action.MOVE)  # their value is the id of a row
WORDED = (Action.TAG, Action.CALL)


@dataclass(frozen=True)
class Step:
    """`offset_seconds` of the promise's own time from the due moment: below 0 before it, 0 at it, above 0 late."""

    key: str
    offset_seconds: int
    action: str
    metric: str = ""  # "" is any
    value: int | str | None = None
    by_mail: bool = False
    in_hours: bool = False

    @property
    def name(self) -> str:
        """How the row is called that makes it happen once."""
        return f"step {self.key}"


FIELDS = {
    "key": str,
    "offset_seconds": int,
    "action": str,
    "metric": str,
    "value": (int, str, type(None)),
    "by_mail": bool,
    "in_hours": bool,
}


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """In order of their moment."""
    return tuple(sorted((Step(**row) for row in rows), key=lambda step: (step.offset_seconds, step.key)))


def for_metric(rows: Iterable[Mapping[str, Any]], metric: str) -> tuple[Step, ...]:
    return tuple(step for step in read(rows) if step.metric in ("", metric)) if rows else ()


def moment_of(
    step: Step, *, started_at: datetime, target_seconds: int, hours: WorkingHours, pauses: Iterable[Pause]
) -> datetime | None:
    """None where the calendar never comes that far. A step before the beginning is due at the beginning."""
    try:
        return arithmetic.due_at(started_at, max(0, target_seconds + step.offset_seconds), hours, pauses)
    except NeverOpen:
        return None


def check_steps(value: Any) -> None:
    """Raises ValidationError for anything that `read` could not turn into steps that can be taken."""
    if not isinstance(value, list) or len(value) > MOST_STEPS:
        raise ValidationError(_("Steps are a list of at most %(n)s."), code="not_steps", params={"n": MOST_STEPS})
    keys = set()
    for row in value:
        if not isinstance(row, dict) or not {"key", "offset_seconds", "action"} <= set(row) <= set(FIELDS):
            raise ValidationError(_("A step has a moment and an action."), code="not_a_step")
        if any(not isinstance(row[name], kind) or (kind is int and isinstance(row[name], bool))  # type: ignore[arg-type]
               for name, kind in FIELDS.items() if name in row):  # fmt: skip
            raise ValidationError(_("A step has a moment and an action."), code="not_a_step")
        if row["action"] not in Action.values or abs(row["offset_seconds"]) > LONGEST_OFFSET:
            raise ValidationError(_("A step has a moment and an action."), code="not_a_step")
        wants = int if row["action"] in NUMBERED else str if row["action"] in WORDED else None
        if wants and (not isinstance(row.get("value"), wants) or not row["value"]):
            raise ValidationError(_("Say to whom, or with what."), code="no_value")
        if not row["key"] or row["key"] in keys or len(row["key"]) > 24:
            raise ValidationError(_("Each step has a name of its own."), code="not_a_step")
        keys.add(row["key"])
