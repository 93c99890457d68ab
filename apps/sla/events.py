"""What can happen to a promise."""

from dataclasses import dataclass
from typing import ClassVar

from apps.activity.bus import Event
from apps.tickets.events import TicketEvent


@dataclass(frozen=True)
class ClockWarned(TicketEvent):
    """Little is left. `due_at` is ISO 8601."""

    clock_id: int
    metric: str
    due_at: str


@dataclass(frozen=True)
class ClockBreached(TicketEvent):
    """A promise was not kept. `due_at` is ISO 8601."""

    clock_id: int
    metric: str
    due_at: str


@dataclass(frozen=True)
class StepTaken(TicketEvent):
    """A step of a policy: `action` is a `steps.Action`; `problem` is empty, or why it could not be done."""

    clock_id: int
    metric: str
    action: str
    step: str
    label: str = ""
    problem: str = ""


@dataclass(frozen=True)
class LateReasonGiven(TicketEvent):
    """Somebody said why it was late: a `Reason`, empty when that was taken back."""

    reason: str


@dataclass(frozen=True)
class PolicyChanged(Event):
    """`what` is "created", "changed" or "moved"."""

    subject_kind: ClassVar[str] = "policy"
    policy_id: int
    office_id: int  # type: ignore[assignment]
    what: str

    @property
    def subject_id(self) -> int:
        return self.policy_id
