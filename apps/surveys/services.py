"""Ask how it was, and take down what was said."""

from typing import Any

from apps.activity.bus import SYSTEM, record
from apps.core import clock
from apps.core.errors import Conflict
from apps.core.transactions import whole
from apps.surveys.events import SurveyAnswered
from apps.surveys.models import Survey
from apps.tickets.models import Ticket

ANSWERS = ("helped", "comfort", "courtesy", "consistency", "comment")


def ask(ticket: Ticket, *, via: str) -> Survey:
    """The survey about this service on this ticket: made once, the same every time it is asked for."""
    row, _new = Survey.objects.get_or_create(ticket=ticket, via=via)
    return row


def may_be_answered(ticket_id: int, *, via: str) -> bool:
    """Nobody was asked yet, or what was asked stands open without an answer. One query."""
    row = Survey.objects.filter(ticket_id=ticket_id, via=via).first()
    return row is None or (row.answered_at is None and row.is_open)


@whole()
def answer(survey: Survey, **said: Any) -> Survey:
    """Keep what was said: `helped`, then by and by `comfort`, `courtesy`, `consistency` (1 to 5) and `comment`.

    Raises Conflict once it is over. The event is recorded with the first answer only.
    """
    row = Survey.objects.select_for_update().select_related("ticket").get(pk=survey.pk)
    if not row.is_open:
        raise Conflict("survey_over", "This survey is over.")
    if unknown := set(said) - set(ANSWERS):
        raise TypeError(f"no question: {', '.join(sorted(unknown))}")
    for name, value in said.items():
        setattr(row, name, value)
    is_first = row.answered_at is None
    row.answered_at = row.answered_at or clock.now()
    row.save()
    if is_first:
        event = SurveyAnswered(
            ticket_id=row.ticket_id, office_id=row.ticket.office_id, survey_id=row.pk, via=row.via, helped=row.helped
        )
        record(event, SYSTEM)
    return row
