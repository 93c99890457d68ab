"""What can happen to a calendar."""

from dataclasses import dataclass
from typing import ClassVar

from apps.activity.bus import Event


@dataclass(frozen=True)
class CalendarEvent(Event):
    subject_kind: ClassVar[str] = "calendar"
    calendar_id: int
    office_id: int  # type: ignore[assignment]

    @property
    def subject_id(self) -> int:
        return self.calendar_id


@dataclass(frozen=True)
class CalendarCreated(CalendarEvent):
    name: str


@dataclass(frozen=True)
class CalendarChanged(CalendarEvent):
    """`what` is "details", "week" or "special_day"; `on` the date it is about, ISO 8601, or empty."""

    what: str
    on: str = ""


@dataclass(frozen=True)
class ShiftChanged(Event):
    """`what` is "created", "changed", "roster" or "removed"."""

    subject_kind: ClassVar[str] = "shift"
    shift_id: int
    office_id: int
    what: str

    @property
    def subject_id(self) -> int:
        return self.shift_id


@dataclass(frozen=True)
class AbsenceChanged(Event):
    """`what` is "noted" or "removed"."""

    subject_kind: ClassVar[str] = "user"
    user_id: int
    office_id: int
    what: str

    @property
    def subject_id(self) -> int:
        return self.user_id
