"""What is asked before words leave for a person. Each guard says what is in doubt; the writer decides.

A guard that must not be overruled raises Invalid. To ask one more question, write a guard and add it to GUARDS.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.core.errors import Conflict, Invalid
from apps.core.placeholders import PLACEHOLDER
from apps.tickets.models import Message, Ticket
from apps.tickets.states import Direction

SHORTEST_SENTENCE = 30  # characters: what is shorter stands in many texts by accident
NOTES_READ = 20
MENTION = re.compile(r"(?<![\w.])@[^\W\d_][\w.]{1,40}")


@dataclass(frozen=True)
class Going:
    """An answer on its way out."""

    ticket: Ticket
    text: str


@dataclass(frozen=True)
class Doubt:
    """`why` is a whole sentence, `excerpt` the words it is about."""

    code: str
    why: Any
    excerpt: str = ""


class InDoubt(Conflict):
    """Nothing was sent: the writer should look at it again, and may send it all the same."""

    def __init__(self, doubts: Sequence[Doubt]) -> None:
        super().__init__("in_doubt", doubts[0].why, doubts=doubts)
        self.doubts = doubts


Guard = Callable[[Going], Sequence[Doubt]]


def nothing_left_to_fill_in(going: Going) -> Sequence[Doubt]:
    """Raises Invalid: {{card_number}} is never what somebody wants to read."""
    left = PLACEHOLDER.search(going.text)
    if left:
        said = _("Fill in or remove %(what)s. Nothing was sent.") % {"what": left[0]}
        raise Invalid("not_filled_in", said, field="text")
    return ()


def nothing_internal(going: Going) -> Sequence[Doubt]:
    """Sentences of private notes, and colleagues called by @name."""
    mention = MENTION.search(going.text)
    doubts = []
    if mention:
        why = _("You name a colleague with @. The person will read it.")
        doubts.append(Doubt("mention", why, mention[0]))
    if not getattr(going.ticket, "has_notes", True):  # asked together with the ticket
        return doubts
    notes = Message.objects.filter(ticket=going.ticket, direction=Direction.NOTE).order_by("-pk")
    said = _plain(going.text)
    for text in notes.values_list("text", flat=True)[:NOTES_READ]:
        sentence = next((line for line in _sentences(text) if line in said), "")
        if sentence:
            doubts.append(Doubt("note", _("This stands in a private note of this ticket."), sentence[:160]))
            break
    return doubts


GUARDS: tuple[Guard, ...] = (nothing_left_to_fill_in, nothing_internal)


def check(going: Going, *, is_sure: bool) -> None:
    """Raises InDoubt unless the writer has seen it and is sure, Invalid for what nobody may send."""
    doubts = [doubt for guard in GUARDS for doubt in guard(going)]
    if doubts and not is_sure:
        raise InDoubt(doubts)


def _sentences(text: str) -> list[str]:
    parts = re.split(r"(?<=[.!?])\s+|\n+", text)
    return [plain for part in parts if len(plain := _plain(part)) >= SHORTEST_SENTENCE]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
