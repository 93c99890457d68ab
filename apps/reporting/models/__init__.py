from apps.reporting.models.facts import (
    DIMENSIONS,
    MEASURES,
    AgentCell,
    FactState,
    HourCell,
    LengthCell,
    MonthCell,
    PolicyCell,
    PromiseFact,
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
    "LengthCell",
    "MonthCell",
    "OutsideFigure",
    "PolicyCell",
    "PromiseFact",
    "Replay",
    "ReplayChange",
    "ReportLetter",
    "Schedule",
    "TicketFact",
    "Touched",
]
