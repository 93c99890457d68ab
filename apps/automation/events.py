"""What was done with a ticket in one go."""

from dataclasses import dataclass

from apps.tickets.events import TicketEvent


@dataclass(frozen=True)
class MacroRun(TicketEvent):
    """`label` is the name it had, `acts` what it did, as they are kept."""

    macro_id: int
    label: str
    acts: tuple[str, ...] = ()
