"""What becomes of words after they were said: changed, taken back, hidden, reacted to; or said by us elsewhere."""

from datetime import datetime
from typing import Any

from apps.activity.bus import SYSTEM, Actor, record
from apps.core import clock
from apps.core.transactions import whole
from apps.tickets import at_hand, events, indexing
from apps.tickets.models import Message, Ticket
from apps.tickets.services.row import changed, locked, of, preview, set_last_words, write
from apps.tickets.states import Direction

MOST_VERSIONS = 20
MOST_REACTIONS = 50
AMENDMENTS = ("edited", "withdrawn", "hidden", "shown")


@whole()
def amend(
    message: Message, *, what: str, text: str = "", order: int = 0, actor: Any = None, at: datetime | None = None
) -> bool:
    """`what` is one of AMENDMENTS. Our copy of what stood there before is kept with its moment. True when that is news.

    `order` counts up as the other side counts: an amendment that is older than a known one of its kind changes nothing.
    """
    at = at or clock.now()
    ticket = locked(message.ticket)
    message.refresh_from_db(fields=["text", "details"])
    details = dict(message.details)
    if not _is_news(details, what, message.text, text, order):
        return False
    if what == "edited":
        before = [*details.get("before", []), {"text": message.text, "at": at.isoformat()}]
        details["before"] = before[-MOST_VERSIONS:]
        message.text = text
        if order:
            details["edited_as_of"] = order
    elif what == "withdrawn":
        details["withdrawn_at"] = at.isoformat()
    else:
        details["is_hidden"] = what == "hidden"
        if order:
            details["hidden_as_of"] = order
    message.details = details
    message.save(update_fields=["text", "details"])
    if what == "edited" and not ticket.messages.public().filter(pk__gt=message.pk).exists():  # type: ignore[attr-defined]
        ticket.last_text = preview(text)
    changed(ticket, [], Actor.of(actor))
    if what == "edited":
        indexing.index_again([ticket])
    with at_hand.holding(ticket, message):
        record(events.MessageAmended(**of(ticket), message_id=message.pk, what=what), Actor.of(actor))
    return True


@whole()
def react(message: Message, *, by: str, emoji: str) -> bool:
    """Somebody's one reaction to a message; an empty one takes it away. True when that is news."""
    ticket = locked(message.ticket)
    message.refresh_from_db(fields=["details"])
    reactions = dict(message.details.get("reactions", {}))
    if reactions.get(by, "") == emoji or (len(reactions) >= MOST_REACTIONS and by not in reactions):
        return False
    reactions.pop(by, None)
    if emoji:
        reactions[by] = emoji[:40]
    message.details = {**message.details, "reactions": reactions}
    message.save(update_fields=["details"])
    changed(ticket, [], SYSTEM)
    with at_hand.holding(ticket, message):
        record(events.MessageReacted(**of(ticket), message_id=message.pk, emoji=emoji[:40]), SYSTEM)
    return True


@whole()
def note_said_elsewhere(
    ticket: Ticket,
    *,
    text: str,
    via: str,
    claimed_at: datetime | None = None,
    details: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> Message:
    """We answered with another tool than the desk: the words stand here as well, and are owed to nobody."""
    at = at or clock.now()
    ticket = locked(ticket)
    set_last_words(ticket, Direction.OUT, text, at)
    changed(ticket, [], SYSTEM)
    return write(
        ticket,
        Direction.OUT,
        SYSTEM,
        at,
        text=text,
        via=via,
        claimed_at=claimed_at,
        details={**(details or {}), "said_elsewhere": True},
        attachments=(),
    )


def _is_news(details: dict[str, Any], what: str, now: str, text: str, order: int) -> bool:
    if what == "edited":
        return now != text and not (order and order <= details.get("edited_as_of", 0))
    if what == "withdrawn":
        return "withdrawn_at" not in details
    return bool(details.get("is_hidden")) != (what == "hidden") and not (
        order and order <= details.get("hidden_as_of", 0)
    )
