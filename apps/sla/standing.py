"""How the promises to one ticket stand: for the panel beside it, for letters and for machines."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.hours.duty import roster_of
from apps.sla.models import Clock
from apps.sla.services import coming_steps
from apps.sla.steps import Action
from apps.tickets.models import Ticket


@dataclass(frozen=True)
class NextStep:
    """ "16:40 the shift head"."""

    at: datetime
    words: str


@dataclass(frozen=True)
class Standing:
    clock: Clock
    next_step: NextStep | None


def standings(ticket: Ticket) -> list[Standing]:
    """The promises that run or stand still, soonest first, and what happens next if nobody does anything.

    One query; four more only where a step names the shift head.
    """
    rows = list(Clock.objects.live().filter(ticket=ticket).select_related("policy", "calendar"))
    coming = {row.pk: min(coming_steps(row), key=lambda pair: pair[1], default=None) for row in rows}
    heads = _Heads(ticket)
    found = [
        Standing(row, NextStep(pair[1], heads.words(*pair)) if (pair := coming[row.pk]) is not None else None)
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.clock.due_at is None, one.clock.due_at))


class _Heads:
    """Names the head of the shift that will be on then, read only when a step asks."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.roster: Any = None

    def words(self, step: Any, at: datetime) -> str:
        if step.action not in (Action.HEAD, Action.REASSIGN_HEAD):
            return str(Action(step.action).label)
        if self.roster is None:
            self.roster = roster_of(self.ticket.office)
        from apps.accounts.models import User

        user_id = self.roster.head_at(at)
        name = User.objects.filter(pk=user_id).values_list("full_name", flat=True).first() if user_id else None
        label = str(Action(step.action).label)
        return _("%(step)s: %(name)s") % {"step": label, "name": name} if name else label
