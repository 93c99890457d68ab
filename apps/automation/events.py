"""What was done with a ticket in one go, and what became of rules."""

from dataclasses import dataclass
from typing import ClassVar

from apps.activity.bus import Event
from apps.tickets.events import TicketEvent


@dataclass(frozen=True)
class MacroRun(TicketEvent):
    """`label` is the name it had, `acts` what it did, as they are kept."""

    macro_id: int
    label: str
    acts: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleRan(TicketEvent):
    """`acts` are those that were done, `problem` says why one was not."""

    rule_id: int
    label: str
    acts: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class RuleChanged(Event):
    """`what` is "created", "changed", "moved", "deleted"."""

    subject_kind: ClassVar[str] = "rule"
    rule_id: int
    office_id: int
    what: str

    @property
    def subject_id(self) -> int:
        return self.rule_id
