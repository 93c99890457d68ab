"""Acts on a ticket are undone: each fact goes back to what it was, unless somebody has changed it since."""

from datetime import datetime
from typing import Any

from apps.accounts.models import Team, User
from apps.core import clock
from apps.core.transactions import whole
from apps.tickets.models import Ticket
from apps.tickets.services import moving
from apps.tickets.services.row import locked
from apps.tickets.states import ENDED, MOVES, Status

FACTS = ("status", "priority", "assignee", "team", "snoozed_until", "tags")


def facts_of(ticket: Ticket) -> dict[str, Any]:
    """Plain values of FACTS: what acts change. One query for the tags."""
    return {
        "status": ticket.status,
        "priority": ticket.priority,
        "assignee": ticket.assignee_id,
        "team": ticket.team_id,
        "snoozed_until": ticket.snoozed_until.isoformat() if ticket.snoozed_until else None,
        "tags": sorted(ticket.tags.values_list("key", flat=True)),
    }


@whole()
def restore(ticket: Ticket, *, before: dict[str, Any], after: dict[str, Any], actor: Any) -> bool:
    """By the verbs, so that clocks and screens follow. False when something had changed since and was left alone."""
    ticket = locked(ticket)
    now = facts_of(ticket)
    changed = [fact for fact in FACTS if before[fact] != after[fact]]
    back = [fact for fact in changed if now[fact] == after[fact]]
    for fact in sorted(back, key=lambda fact: fact == "assignee"):  # a team takes the assignee with it
        _put_back(ticket, fact, before[fact], after[fact], actor)
    return back == changed


def _put_back(ticket: Ticket, fact: str, was: Any, became: Any, actor: Any) -> None:
    match fact:
        case "status":
            _to_status(ticket, was, actor)
        case "priority":
            moving.set_priority(ticket, to=was, actor=actor)
        case "assignee":
            moving.assign(ticket, to=User.objects.active().filter(pk=was).first() if was else None, actor=actor)
        case "team":
            moving.move_to_team(ticket, team=Team.objects.filter(pk=was).first() if was else None, actor=actor)
        case "tags":
            for key in set(became) - set(was):
                moving.untag(ticket, key=key, actor=actor)
            for key in set(was) - set(became):
                moving.tag(ticket, key=key, actor=actor)
        case "snoozed_until":
            _to_sleep(ticket, was, actor)


def _to_status(ticket: Ticket, was: str, actor: Any) -> None:
    """Nothing becomes new again, and what has ended goes by way of open."""
    to = Status.OPEN if was == Status.NEW else was
    if to not in MOVES[ticket.status] and to != ticket.status:
        moving.change_status(ticket, to=Status.OPEN, actor=actor)
    moving.change_status(ticket, to=to, actor=actor)


def _to_sleep(ticket: Ticket, was: str | None, actor: Any) -> None:
    moment = datetime.fromisoformat(was) if was else None
    if moment and moment > clock.now() and ticket.status not in ENDED:
        moving.snooze(ticket, until=moment, actor=actor)
    else:
        moving.wake(ticket, actor=actor)
