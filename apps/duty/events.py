"""What happens between shifts."""

from dataclasses import dataclass
from typing import ClassVar

from apps.activity.bus import Event


@dataclass(frozen=True)
class DutyEvent(Event):
    subject_kind: ClassVar[str] = "office"
    office_id: int  # type: ignore[assignment]

    @property
    def subject_id(self) -> int:
        return self.office_id


@dataclass(frozen=True)
class HandoverBegun(DutyEvent):
    handover_id: int
    items: int


@dataclass(frozen=True)
class HandoverDone(DutyEvent):
    handover_id: int


@dataclass(frozen=True)
class OfficeOpened(DutyEvent):
    """The opening list was worked through. `backlog` is what it began with."""

    opening_id: int
    backlog: int


@dataclass(frozen=True)
class WallMade(DutyEvent):
    wall_id: int


@dataclass(frozen=True)
class WallRemoved(DutyEvent):
    wall_id: int
