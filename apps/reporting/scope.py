"""What a report looks at: offices of the viewer, a range of days, and the choices on the page (plain data)."""

from dataclasses import dataclass, fields, replace
from typing import Any

from apps.reporting.ranges import Range


@dataclass(frozen=True)
class Scope:
    """`offices` comes from the viewer and may be narrowed; empty values choose nothing. 0 is "none" where asked for."""

    offices: tuple[int, ...]
    range: Range
    team: int | None = None
    via: str = ""
    priority: int | None = None
    type: str = ""
    service: int | None = None
    agent: int | None = None

    @property
    def before(self) -> "Scope":
        return replace(self, range=self.range.before)

    @property
    def choices(self) -> dict[str, Any]:
        """What was chosen, by the names of the facts' columns."""
        names = [field.name for field in fields(self)[2:]]
        return {name: value for name in names if (value := getattr(self, name)) not in {None, ""}}

    @property
    def conditions(self) -> dict[str, Any]:
        return {"office__in": self.offices} | self.choices

    def is_within(self, *columns: str) -> bool:
        """Do these columns answer every choice?"""
        return set(self.choices) <= {*columns}
