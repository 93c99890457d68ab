"""The steps of a policy, taken: each once, within the minute, inside the receiver's hours where that was asked.

The unique row (clock, step) is written with what the step does, in one transaction: either both are there or neither.
A step that cannot be done (the person has left, the tag is gone) is written down with its reason and not tried again.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from apps.accounts.models import Office, Team, User
from apps.accounts.viewers import Viewer, for_user
from apps.activity.bus import Actor, record
from apps.core.errors import DomainError
from apps.core.queue import nudge
from apps.hours import duty
from apps.hours.roster import Roster
from apps.notifications.models import Notice
from apps.notifications.services import write
from apps.sla import services
from apps.sla.events import StepTaken
from apps.sla.models import Clock, ClockStep, WebCall
from apps.sla.steps import TELLING, Action, Step
from apps.tickets import services as tickets
from apps.tickets.models import Ticket
from apps.tickets.states import Priority

log = logging.getLogger(__name__)
SENDER = Actor(kind="rule", label="")
CANNOT = "nobody"  # there is nobody to tell, or nothing to do it with


@dataclass
class House:
    """Who is on in which office, read once a sweep and not once a step."""

    now: datetime
    rosters: dict[int, Roster] = field(default_factory=dict)
    heads: dict[int, int | None] = field(default_factory=dict)
    teams: dict[int, list[User]] = field(default_factory=dict)
    people: dict[int, User | None] = field(default_factory=dict)
    viewers: dict[int, Viewer] = field(default_factory=dict)
    works: dict[tuple[int, int | None], datetime | None] = field(default_factory=dict)

    def may_see(self, user: User, office_id: int) -> bool:
        if user.pk not in self.viewers:
            self.viewers[user.pk] = for_user(user)
        return self.viewers[user.pk].may("ticket.view", office_id)

    def roster(self, office: Office) -> Roster:
        if office.pk not in self.rosters:
            self.rosters[office.pk] = duty.roster_of(office)
        return self.rosters[office.pk]

    def head(self, office: Office) -> User | None:
        if office.pk not in self.heads:
            self.heads[office.pk] = self.roster(office).head_at(self.now)
        user_id = self.heads[office.pk]
        return self.person(user_id) if user_id else None

    def person(self, user_id: int) -> User | None:
        if user_id not in self.people:
            self.people[user_id] = User.objects.active().filter(pk=user_id).first()  # type: ignore[attr-defined]
        return self.people[user_id]

    def team(self, team_id: int) -> list[User]:
        if team_id not in self.teams:
            self.teams[team_id] = list(User.objects.active().filter(teams=team_id))  # type: ignore[attr-defined]
        return self.teams[team_id]

    def works_at(self, office: Office, user: User | None) -> datetime | None:
        """Now, or when that person (the house, when nobody is named) next works."""
        key = office.pk, user.pk if user else None
        if key not in self.works:
            self.works[key] = duty.next_on(office, self.roster(office), self.now, user_id=key[1])
        return self.works[key]


def escalate(clock_id: int, *, house: House) -> int:
    """Takes the steps that are due; says how many. One that must wait for its receiver's hours comes back then."""
    times, not_before = 0, None
    with transaction.atomic():
        # The ticket first, as who writes to it does: else two could wait for each other.
        held = Ticket.objects.filter(clocks=clock_id).order_by().values_list("pk")
        held.select_for_update(of=("self",)).first()
        rows = Clock.objects.select_for_update(of=("self",))
        rows = rows.select_related("policy", "calendar", "ticket__office", "ticket__requester", "ticket__assignee")
        clock = rows.filter(pk=clock_id, state="running").first()
        if clock is None or not clock.policy.steps:
            return 0
        for step in services.due_steps(clock, house.now):
            comes = comes_at(clock, step, house)
            if comes is not None and comes > house.now:
                not_before = min(comes, not_before or comes)
            else:
                times += _take(clock, step, house)
                clock.refresh_from_db(fields=["fired", "state"])
                if clock.state != "running":
                    break
    services.look_ahead(clock_id, not_before=not_before)
    return times


def _take(clock: Clock, step: Step, house: House) -> bool:
    _row, is_new = ClockStep.objects.get_or_create(clock=clock, step=step.name, defaults={"at": house.now})
    clock.fired = [*clock.fired, step.key]
    # Before what it does: raising the priority gives this very clock a new length.
    Clock.objects.filter(pk=clock.pk).update(fired=clock.fired)
    if not is_new:
        return False
    label, problem = "", ""
    try:
        with transaction.atomic():
            label = _do(clock, step, house)
    except DomainError as error:
        problem = str(error.message)
    except _NobodyThere:
        problem = CANNOT
    record(taken(clock, step, label=label, problem=problem), SENDER)
    return True


def taken(clock: Clock, step: Step, *, label: str = "", problem: str = "") -> StepTaken:
    return StepTaken(
        ticket_id=clock.ticket_id,
        office_id=clock.ticket.office_id,
        clock_id=clock.pk,
        metric=clock.metric,
        action=step.action,
        step=step.key,
        label=label,
        problem=problem,
    )


class _NobodyThere(Exception):
    pass


def _do(clock: Clock, step: Step, house: House) -> str:
    """What the step says; returns the name of whoever or whatever it went to. Raises DomainError, _NobodyThere."""
    ticket = clock.ticket
    if step.action in TELLING:
        people = listeners(clock, step, house)
        if not people:
            raise _NobodyThere
        _tell(clock, step, people)
        return names_of(people)
    if step.action in (Action.REASSIGN, Action.REASSIGN_HEAD):
        person = receivers(clock, step, house)
        if not person:
            raise _NobodyThere
        tickets.assign(ticket, to=person[0], actor=SENDER)
        _tell(clock, step, person[:1])
        return person[0].full_name
    if step.action == Action.MOVE:
        team = Team.objects.filter(pk=step.value).first()
        if team is None:
            raise _NobodyThere
        tickets.move_to_team(ticket, team=team, actor=SENDER)
        return team.name
    if step.action == Action.RAISE:
        tickets.set_priority(ticket, to=min(ticket.priority + 1, max(Priority.values)), actor=SENDER)
        return str(ticket.priority)
    if step.action == Action.TAG:
        tickets.tag(ticket, key=str(step.value), actor=SENDER)
        return str(step.value)
    call = WebCall.objects.create(clock=clock, url=str(step.value), body=_body(clock, step), next_at=house.now)
    nudge("apps.sla.tasks.make_calls")
    return str(call.host)


def listeners(clock: Clock, step: Step, house: House) -> list[User]:
    """Of the receivers those who may see the ticket."""
    return [user for user in receivers(clock, step, house) if house.may_see(user, clock.ticket.office_id)]


def names_of(people: list[User]) -> str:
    return ", ".join(user.full_name for user in people[:3])


def receivers(clock: Clock, step: Step, house: House) -> list[User]:
    """Whom it reaches; where nobody has the ticket its team, and where there is no team the head of the shift."""
    ticket, action = clock.ticket, step.action
    if action in (Action.PERSON, Action.REASSIGN):
        found = house.person(int(step.value or 0))
        return [found] if found else []
    if action == Action.ASSIGNEE and ticket.assignee and ticket.assignee.is_active:
        return [ticket.assignee]
    if action in (Action.ASSIGNEE, Action.TEAM) and ticket.team_id:
        members = house.team(ticket.team_id)
        if members:
            return members
    head = house.head(ticket.office)
    return [head] if head else []


def comes_at(clock: Clock, step: Step, house: House) -> datetime | None:
    """When the receiver may be disturbed; None when that does not matter."""
    if not step.in_hours or step.action not in (*TELLING, Action.REASSIGN, Action.REASSIGN_HEAD):
        return None
    people = receivers(clock, step, house)
    one = people[0] if len(people) == 1 and step.action != Action.HEAD else None
    return house.works_at(clock.ticket.office, one)


def _tell(clock: Clock, step: Step, people: list[User]) -> None:
    write(notices_of(clock, step, people))


def notices_of(clock: Clock, step: Step, people: Iterable[User]) -> list[Notice]:
    """What each is to be told, not written yet."""
    ticket = clock.ticket
    data = {
        "reference": ticket.reference,
        "subject": ticket.subject,
        "metric": clock.metric,
        "due_at": clock.due_at.isoformat() if clock.due_at else "",
        "zone": ticket.office.time_zone,
        "is_late": step.offset_seconds >= 0,
        "is_yours": step.action in (Action.REASSIGN, Action.REASSIGN_HEAD),
    }
    url = reverse("inbox:ticket", args=[ticket.public_id])
    return [
        Notice(user=user, kind="step", office_id=ticket.office_id, url=url, data=data, wants_mail=step.by_mail)
        for user in people
        if user.is_active
    ]


def _body(clock: Clock, step: Step) -> dict[str, Any]:
    """Ids and moments: no name, no address and no word of anybody (S-55)."""
    ticket: Ticket = clock.ticket
    return {
        "event": "promise_late" if step.offset_seconds >= 0 else "promise_at_risk",
        "ticket": ticket.public_id,
        "reference": ticket.reference,
        "office": ticket.office.slug,
        "priority": ticket.priority,
        "metric": clock.metric,
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "policy": clock.policy_id,
        "step": step.key,
    }
