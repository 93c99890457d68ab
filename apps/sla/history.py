"""What happened to a promise after it was made, kept on its row: the explanation is told from it, for ever."""

from datetime import datetime
from typing import Any

from apps.sla.models import Clock

MERGED = "merged"  # it came over from another ticket: `ticket`, `ticket_id`
GAVE_WAY = "gave_way"  # called off, because that of another ticket was due first: `ticket`
CAME_BACK = "came_back"  # the merge was undone: `ticket`, `ticket_id`
WORDS_LEFT = "words_left"  # called off: what waited for an answer went to another ticket: `ticket`
NEW_LENGTH = "new_length"  # priority, team, office or tags changed: `policy`, `seconds`, `due` before
NEW_HOURS = "new_hours"  # the calendar changed: `due` before
NOT_READ = "not_read"  # the answer that had kept it reached nobody: `ended` before


def note(clock: Clock, what: str, at: datetime, **facts: Any) -> None:
    """Written on the object; whoever calls saves it."""
    clock.history = [*(clock.history or ()), {"at": at.isoformat(), "what": what, **facts}]
