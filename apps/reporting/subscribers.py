"""Something happened to a ticket: it will be counted again. One narrow row, written with the change."""

from typing import Any

from apps.activity.bus import Actor
from apps.reporting import facts
from apps.tickets.events import MessageWritten


def count_again(event: Any, actor: Actor) -> None:
    facts.touch(event.ticket_id)


def count_answer(event: MessageWritten, actor: Actor) -> None:
    """Notes, what the desk says by itself and the message a ticket was opened with change no figure."""
    if not (event.is_automatic or event.is_first or event.direction == "note"):
        facts.touch(event.ticket_id)
