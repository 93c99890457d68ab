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
class HoursGiven(Event):
    """An office or a team has hours of its own from now on; `calendar_id` is None when it follows those above again.

    `owner` is "office" or "team".
    """

    subject_kind: ClassVar[str] = "office"
    office_id: int
    owner: str
    owner_id: int
    calendar_id: int | None

    @property
    def subject_id(self) -> int:
        return self.office_id


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
