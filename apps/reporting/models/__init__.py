from apps.reporting.models.facts import (
    DIMENSIONS,
    MEASURES,
    AgentCell,
    FactState,
    HourCell,
    LengthFact,
    MonthCell,
    TicketFact,
    Touched,
)
from apps.reporting.models.outside import OutsideFigure
from apps.reporting.models.replays import Replay, ReplayChange
from apps.reporting.models.schedules import ReportLetter, Schedule

__all__ = [
    "DIMENSIONS",
    "MEASURES",
    "AgentCell",
    "FactState",
    "HourCell",
    "LengthFact",
    "MonthCell",
    "OutsideFigure",
    "Replay",
    "ReplayChange",
    "ReportLetter",
    "Schedule",
    "TicketFact",
    "Touched",
]
