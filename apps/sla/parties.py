"""Who had a ticket when: the desk, the second level, a supplier, or the person; read from what was recorded.

It is the person's time while the ticket waits for them, a supplier's while it is on hold (somebody outside has the
word) or with a team that works as one, the second level's while it is with such a team, and else the desk's. A ticket
that has ended is with nobody. As what a team worked is told by the event, so that a later change rewrites nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team
from apps.activity.models import Activity
from apps.core import clock as time
from apps.sla import explanation, history
from apps.sla.models import Clock, Metric
from apps.sla.services import hours_of
from apps.tickets.models import Ticket
from apps.tickets.states import ENDED, Status

TOLD_BY = ("status_changed", "team_changed", "ticket_merged", "merge_undone")


class Party(models.TextChoices):
    DESK = "desk", _("The desk")
    SECOND = "second", _("Second level")
    SUPPLIER = "supplier", _("Somebody outside")
    CITIZEN = "citizen", _("The person")


@dataclass(frozen=True)
class Held:
    """`party` is empty while the ticket was with nobody; `ends` None: it still is there."""

    party: str
    begins: datetime
    ends: datetime | None


@dataclass(frozen=True)
class Change:
    """What an event says of the status or of the team: None for what it does not touch."""

    at: datetime
    status: str | None = None
    party: str | None = None


@dataclass(frozen=True)
class Share:
    """How long one had it: of the open hours that the promise counts in, and on the wall."""

    party: Party
    counted: timedelta
    elapsed: timedelta


def holder(status: str, team_party: str) -> str:
    if status in ENDED:
        return ""
    if status == Status.WAITING:
        return Party.CITIZEN
    return Party.SUPPLIER if status == Status.ON_HOLD else team_party


def stretches(begins: datetime, status: str, party: str, changes: Iterable[Change]) -> list[Held]:
    """Without gaps, in order, neighbours always different (pure). `status` and `party` are those of the beginning."""
    found = [Held(holder(status, party), begins, None)]
    for change in sorted(changes, key=lambda one: one.at):
        status = status if change.status is None else change.status
        party = party if change.party is None else change.party
        now, last = holder(status, party), found[-1]
        if now == last.party:
            continue
        if change.at <= last.begins:
            found[-1] = replace(last, party=now)
        else:
            found[-1:] = [replace(last, ends=change.at), Held(now, change.at, None)]
    return found


def held_by(ticket_ids: Collection[int]) -> dict[int, list[Held]]:
    """For each ticket that exists; two queries, however many there are."""
    ids = list(ticket_ids)
    events: dict[int, list[Activity]] = defaultdict(list)
    for row in Activity.objects.filter(subject_kind="ticket", subject_id__in=ids, verb__in=TOLD_BY).order_by("pk"):
        events[row.subject_id].append(row)
    rows = Ticket.objects.filter(pk__in=ids).values_list("pk", "opened_at", "status", "team__party")
    found = {}
    for pk, opened_at, status, team_party in rows:
        own = events[pk]
        first_team = next((row.data.get("old_party", "desk") for row in own if row.verb == "team_changed"), team_party)
        first_status = next((row.data["old"] for row in own if row.verb == "status_changed"), None)
        if first_status is None:
            first_status = status if status != Status.MERGED else Status.NEW
        found[pk] = stretches(opened_at, first_status, first_team or Team.Party.DESK, map(_change, own))
    return found


def shares_of(clock: Clock, *, until: datetime | None = None) -> list[Share]:
    """Who used how much between the start of a promise and its end (or `until`, or now); without those with nothing."""
    ends = clock.ended_at or until or time.now()
    return _shares(clock, ends, _held_along(clock))


def shares_of_tickets(ticket_ids: Collection[int], *, until: datetime | None = None) -> dict[int, list[Share]]:
    """For reports: of each ticket that was promised to be solved, over its newest such promise. Three queries, and
    one more for each that was merged."""
    rows = Clock.objects.filter(ticket_id__in=list(ticket_ids), metric=Metric.RESOLUTION).select_related("calendar")
    newest = {clock.ticket_id: clock for clock in rows.order_by("pk")}
    held = held_by(newest)
    now = until or time.now()
    return {
        pk: _shares(clock, clock.ended_at or now, _held_along(clock) if clock.history else held[pk])
        for pk, clock in newest.items()
    }


def _held_along(clock: Clock) -> list[Held]:
    """As the promise wandered from ticket to ticket by merging, so did those who had it."""
    moves = [
        (datetime.fromisoformat(entry["at"]), entry["ticket_id"])
        for entry in clock.history or ()
        if entry["what"] in (history.MERGED, history.CAME_BACK)
    ]
    held = held_by({clock.ticket_id, *(ticket_id for _at, ticket_id in moves)})
    found: list[Held] = []
    begins = clock.started_at
    for at, ticket_id in moves:
        found += _within(held.get(ticket_id, []), begins, at)
        begins = max(begins, at)
    return found + _within(held.get(clock.ticket_id, []), begins, None)


def _within(held: Iterable[Held], begins: datetime, ends: datetime | None) -> list[Held]:
    found = []
    for one in held:
        first = max(one.begins, begins)
        last = one.ends if ends is None else min(one.ends or ends, ends)
        if last is None or first < last:
            found.append(Held(one.party, first, last))
    return found


def _shares(clock: Clock, ends: datetime, held: Iterable[Held]) -> list[Share]:
    hours = hours_of(clock)
    counted: dict[str, timedelta] = defaultdict(timedelta)
    elapsed: dict[str, timedelta] = defaultdict(timedelta)
    # Open time is somebody's also while the promise stood still: that is what the person or a supplier used.
    for one in _within(held, clock.started_at, max(ends, clock.started_at)):
        last = one.ends or ends
        if not one.party or one.begins >= last:
            continue
        elapsed[one.party] += last - one.begins
        counted[one.party] += explanation.counted(explanation.parts(one.begins, last, hours))
    return [Share(party, counted[party], elapsed[party]) for party in Party if elapsed.get(party)]


def _change(row: Activity) -> Change:
    data = row.data
    if row.verb == "team_changed":
        return Change(row.at, party=data.get("new_party", "desk"))
    if row.verb == "status_changed":
        return Change(datetime.fromisoformat(data["at"]) if data.get("at") else row.at, status=data["new"])
    at = datetime.fromisoformat(data["at"])
    if row.verb == "ticket_merged":
        return Change(at, status=Status.MERGED)
    return Change(at, status=data.get("status") or None)
