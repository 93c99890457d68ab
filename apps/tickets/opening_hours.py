"""Whose opening hours count for a ticket?"""

from apps.hours.following import Followed, followed
from apps.tickets.models import Ticket


def followed_by(ticket: Ticket) -> Followed:
    """Those of the door it came through, else of its team, else of its office or of the nearest one above."""
    return followed(ticket.office, team=ticket.team if ticket.team_id else None, own=ticket.calendar)
