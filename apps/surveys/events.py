"""What can happen to a survey."""

from dataclasses import dataclass

from apps.tickets.events import TicketEvent


@dataclass(frozen=True)
class SurveyAnswered(TicketEvent):
    """Who answered is not on record: only that somebody did, and whether we helped."""

    survey_id: int
    via: str
    helped: str
