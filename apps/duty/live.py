"""What happens right now, for whoever looks after it: a fixed number of questions, however many tickets there are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q

from apps.accounts.models import Office, User
from apps.core import clock
from apps.hours import arithmetic, duty
from apps.hours.arithmetic import WorkingHours
from apps.hours.following import calendar_of
from apps.hours.models import Presence
from apps.hours.presence import USUAL_CAPACITY, capacity_for
from apps.hours.reading import working_hours
from apps.sla import forecast
from apps.sla.forecast import Foreseen, Pace, Waiting
from apps.sla.models import Clock, Metric, State
from apps.sla.services import RESPONSES
from apps.tickets.models import Ticket

DUE_SHOWN, FORESEEN_SHOWN, MOST_FORESEEN = 10, 20, 5_000
ANSWERS = (*RESPONSES, Metric.UPDATE)


@dataclass(frozen=True)
class Queue:
    """One channel: who waits there, since when, and how close to the edge."""

    via: str
    waiting: int
    since: datetime | None
    at_risk: int
    late: int
    free: int | None  # people who could take one more now; None where nobody waits for a hand to be free
    there: int


@dataclass(frozen=True)
class Colleague:
    user: User
    state: str
    since: datetime | None
    is_on_duty: bool
    is_head: bool
    load: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.load.values())


@dataclass(frozen=True)
class Outlook:
    """The forecast for one kind of work, with all it was computed from."""

    pace: Pace
    queue: int
    closes_at: datetime
    can_do: int
    late: list[Foreseen]
    tickets: dict[int, Ticket] = field(default_factory=dict)
    is_over: bool = False  # nobody works any more today

    @property
    def rows(self) -> list[tuple[Foreseen, Ticket]]:
        return [(one, self.tickets[one.id]) for one in self.late[:FORESEEN_SHOWN] if one.id in self.tickets]


@dataclass(frozen=True)
class Now:
    at: datetime
    zone: ZoneInfo
    queues: list[Queue]
    colleagues: list[Colleague]
    due_next: list[Ticket]
    backlog: int
    kept_today: tuple[int, int]  # in time, all
    outlooks: list[tuple[str, Outlook]]

    @property
    def waiting(self) -> int:
        return sum(queue.waiting for queue in self.queues)

    @property
    def since(self) -> datetime | None:
        return min((queue.since for queue in self.queues if queue.since), default=None)

    @property
    def late(self) -> int:
        return sum(queue.late for queue in self.queues)

    @property
    def at_risk(self) -> int:
        return sum(queue.at_risk for queue in self.queues)

    @property
    def percent_today(self) -> int | None:
        in_time, total = self.kept_today
        return round(100 * in_time / total) if total else None


def look(office: Office, office_ids: Sequence[int], *, team_id: int | None = None) -> Now:
    """The figures of these offices (one and those below it), in the zone and hours of `office`."""
    now = clock.now()
    tickets = Ticket.objects.filter(office_id__in=office_ids).open()
    clocks = Clock.objects.filter(ticket__office_id__in=office_ids)
    if team_id:
        tickets, clocks = tickets.filter(team=team_id), clocks.filter(ticket__team=team_id)
    roster = duty.roster_of(office)
    calendar = calendar_of(office)
    hours = working_hours(calendar, now) if calendar else WorkingHours.always(roster.zone)
    colleagues = _colleagues(roster, tickets, now)
    return Now(
        at=now,
        zone=roster.zone,
        queues=_queues(tickets, clocks, colleagues, now),
        colleagues=[colleague for colleague, _row in colleagues],
        due_next=list(
            tickets.filter(next_due_at__isnull=False).select_related("assignee", "team").by_urgency()[:DUE_SHOWN]
        ),
        backlog=backlog(tickets, hours, now).count(),
        kept_today=_kept(clocks.filter(metric__in=RESPONSES), _midnight(now, hours)),
        outlooks=[
            ("answers", _outlook(clocks.filter(metric__in=ANSWERS), hours, now)),
            ("solutions", _outlook(clocks.filter(metric=Metric.RESOLUTION), hours, now)),
        ],
    )


def backlog(tickets: Any, hours: WorkingHours, now: datetime) -> Any:
    """What came before the doors opened today and still waits for a word from us."""
    midnight = _midnight(now, hours)
    today = arithmetic.stretches(midnight, midnight + timedelta(days=1), hours)
    opened_at = today[0][0] if today else now
    return tickets.waiting_for_us().filter(last_message_at__lt=min(opened_at, now))


Seat = tuple[Colleague, Presence | None]


def _queues(tickets: Any, clocks: Any, colleagues: list[Seat], now: datetime) -> list[Queue]:
    waiting = tickets.waiting_for_us().order_by().values("via")
    waiting = waiting.annotate(n=Count("pk"), since=Min("last_message_at")).values_list("via", "n", "since")
    running = clocks.running().order_by().values("ticket__via")  # promises of all kinds
    edges = running.annotate(
        late=Count("pk", filter=Q(due_at__lte=now)), risk=Count("pk", filter=Q(warn_at__lte=now, due_at__gt=now))
    ).values_list("ticket__via", "late", "risk")
    by_via = {via: (late, risk) for via, late, risk in edges}
    found = {via: (n, since) for via, n, since in waiting}
    return [
        Queue(via, *found.get(via, (0, None)), at_risk=by_via.get(via, (0, 0))[1], late=by_via.get(via, (0, 0))[0],
              free=_free(colleagues, via), there=sum(1 for one, _row in colleagues if one.state != Presence.State.AWAY))
        for via in sorted(found.keys() | by_via.keys())
    ]  # fmt: skip


def _free(colleagues: list[Seat], via: str) -> int | None:
    """None for channels that are answered in one's own time."""
    if via not in USUAL_CAPACITY:
        return None
    places = [(capacity_for(row, via) or 0, one.load.get(via, 0)) for one, row in colleagues]
    return sum(1 for most, load in places if load < most)


def _colleagues(roster: Any, tickets: Any, now: datetime) -> list[Seat]:
    """Whoever is on duty, is there, or holds open tickets; those on duty first."""
    on_duty = roster.on_duty(now)
    heads = {turn.head_id for turn in roster.running(now)}
    loads: dict[int, Counter[str]] = {}
    held = tickets.filter(assignee__isnull=False).order_by().values("assignee", "via").annotate(n=Count("pk"))
    for user_id, via, n in held.values_list("assignee", "via", "n"):
        loads.setdefault(user_id, Counter())[via] = n
    people = User.objects.active().filter(pk__in=on_duty | loads.keys())  # type: ignore[attr-defined]
    there = {row.user_id: row for row in Presence.objects.filter(user__in=people)}
    found = []
    for user in people:
        row = there.get(user.pk)
        found.append(
            (
                Colleague(
                    user=user,
                    state=row.state if row else Presence.State.AWAY,
                    since=row.since if row else None,
                    is_on_duty=user.pk in on_duty,
                    is_head=user.pk in heads,
                    load=dict(loads.get(user.pk, {})),
                ),
                row,
            )
        )
    return sorted(found, key=lambda pair: (not pair[0].is_on_duty, not pair[0].is_head, pair[0].user.full_name))


def _outlook(clocks: Any, hours: WorkingHours, now: datetime) -> Outlook:
    closes_at = forecast.end_of_day(now, hours)
    queue = [
        Waiting(pk, due_at)
        for pk, due_at in clocks.running()
        .filter(due_at__lte=closes_at, due_at__isnull=False)
        .order_by("due_at")
        .values_list("pk", "due_at")[:MOST_FORESEEN]
    ]
    pace = _pace(clocks, hours, now)
    late = forecast.will_be_late(queue, now=now, closes_at=closes_at, pace=pace, hours=hours)
    shown = [one.id for one in late[:FORESEEN_SHOWN]]
    rows = Clock.objects.filter(pk__in=shown).select_related("ticket__assignee", "ticket__team")
    can_do = forecast.most_that_can_be_kept(now=now, closes_at=closes_at, pace=pace, hours=hours)
    return Outlook(pace, len(queue), closes_at, can_do, late, {row.pk: row.ticket for row in rows}, closes_at <= now)


def _pace(clocks: Any, hours: WorkingHours, now: datetime) -> Pace:
    midnight = _midnight(now, hours)
    today = Pace(_done(clocks, midnight, now), arithmetic.elapsed(midnight, now, hours))
    if today.seconds >= forecast.LEAST_SECONDS:
        return today
    for back in range(1, 8):
        begins = midnight - timedelta(days=back)
        open_seconds = arithmetic.elapsed(begins, begins + timedelta(days=1), hours)
        if open_seconds:
            done = _done(clocks, begins, begins + timedelta(days=1))
            return forecast.pace_of(today, Pace(done, open_seconds))
    return today


def _done(clocks: Any, begins: datetime, ends: datetime) -> int:
    return int(clocks.filter(state=State.MET, ended_at__gte=begins, ended_at__lt=ends).count())


def _kept(clocks: Any, since: datetime) -> tuple[int, int]:
    row = clocks.filter(state=State.MET, ended_at__gte=since).aggregate(
        all=Count("pk"), kept=Count("pk", filter=Q(breached_at=None))
    )
    return row["kept"], row["all"]


def _midnight(now: datetime, hours: WorkingHours) -> datetime:
    return now.astimezone(hours.tz).replace(hour=0, minute=0, second=0, microsecond=0)
