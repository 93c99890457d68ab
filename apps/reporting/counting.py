"""What one ticket counts as. The only place where the rules of the figures stand; everything else adds up."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from apps.activity.models import Activity
from apps.reporting.models import PromiseFact, TicketFact
from apps.reporting.models.facts import PROMISES
from apps.sla.models import Clock, LateReason, State
from apps.sla.parties import shares_of_tickets
from apps.tickets.models import Message, Ticket
from apps.tickets.states import ENDED, Direction, Status

FINISHED = (Status.SOLVED, Status.CLOSED)
TICKET_COLUMNS = (
    "pk", "office_id", "team_id", "via", "priority", "type", "service_id", "assignee_id", "status", "opened_at",
    "solved_at", "closed_at",
)  # fmt: skip
CLOCK_COLUMNS = (
    "pk", "ticket_id", "metric", "policy_id", "state", "breached_at", "started_at", "ended_at", "used_seconds",
)  # fmt: skip


@dataclass
class Counted:
    fact: TicketFact
    promises: list[PromiseFact] = field(default_factory=list)


def count(ticket_ids: Collection[int]) -> dict[int, Counted]:
    """For each ticket that exists: eight queries, however many there are.

    A promise counts as late once its moment has passed undone, as kept when it was done before; neither while it runs,
    nor when it was called off in time. Solved at the first contact: finished, never reopened, and with at most one
    answer by a person. A merged ticket counts as part of the one kept.
    Reopened: went from finished to unfinished. Ended: when it was solved, or else closed.
    """
    ids = list(ticket_ids)
    counted = {row[0]: _ticket(*row) for row in Ticket.objects.filter(pk__in=ids).values_list(*TICKET_COLUMNS)}
    for ticket_id, times in _reopenings(ids).items():
        if ticket_id in counted and counted[ticket_id].fact.opened:
            counted[ticket_id].fact.reopened, counted[ticket_id].fact.reopenings = 1, times
    answers = _answers(ids)
    for ticket_id, one in counted.items():
        one.fact.first_contact = int(bool(one.fact.solved) and not one.fact.reopened and answers.get(ticket_id, 0) <= 1)
    for row in Clock.objects.filter(ticket_id__in=ids).order_by("pk").values_list(*CLOCK_COLUMNS):
        if row[1] in counted and counted[row[1]].fact.opened:
            _promise(counted[row[1]], *row)
    finished = [ticket_id for ticket_id, one in counted.items() if one.fact.solved]
    for ticket_id, shares in shares_of_tickets(finished).items():
        for share in shares:
            setattr(counted[ticket_id].fact, f"{share.party}_minutes", int(share.counted.total_seconds()) // 60)
    for ticket_id, reason in LateReason.objects.filter(ticket_id__in=ids).values_list("ticket_id", "reason"):
        if ticket_id in counted and counted[ticket_id].fact.late_tickets:
            counted[ticket_id].fact.reason = reason
    return counted


def _ticket(pk, office, team, via, priority, kind, service, agent, status, opened_at, solved_at, closed_at) -> Counted:  # type: ignore[no-untyped-def]
    zone = timezone.get_default_timezone()
    opened = opened_at.astimezone(zone)
    is_spam = status == Status.SPAM
    is_left_out = is_spam or status == Status.MERGED  # what became part of another counts with that one
    end: datetime | None = (solved_at or closed_at) if status in ENDED and not is_left_out else None
    ended = end.astimezone(zone) if end else None
    return Counted(
        TicketFact(
            ticket_id=pk,
            opened_on=opened.date(),
            opened_hour=opened.hour,
            ended_on=ended.date() if ended else None,
            ended_hour=ended.hour if ended else None,
            office=office,
            team=team or 0,
            via=via,
            priority=priority,
            type=kind,
            service=service or 0,
            agent=agent or 0,
            opened=int(not is_left_out),
            spam=int(is_spam),
            solved=int(status in FINISHED),
        )
    )


def _promise(one: Counted, pk, ticket_id, metric, policy, state, breached_at, started_at, ended_at, used) -> None:  # type: ignore[no-untyped-def]
    fact, is_late = one.fact, breached_at is not None
    is_done = state == State.MET and used is not None and ended_at is not None
    if not is_late and state != State.MET:
        return
    if metric in PROMISES:
        name = f"{metric}_{'late' if is_late else 'kept'}"
        setattr(fact, name, getattr(fact, name) + 1)
        fact.late_tickets = max(fact.late_tickets, int(is_late))
    one.promises.append(
        PromiseFact(
            clock_id=pk,
            ticket_id=ticket_id,
            opened_on=fact.opened_on,
            metric=metric,
            policy=policy,
            is_late=is_late,
            business_minutes=used // 60 if is_done else None,
            elapsed_minutes=max(0, int((ended_at - started_at).total_seconds())) // 60 if is_done else None,
            office=fact.office,
            team=fact.team,
            via=fact.via,
            priority=fact.priority,
            type=fact.type,
            service=fact.service,
            agent=fact.agent,
        )
    )


def _reopenings(ids: list[int]) -> Counter[int]:
    rows = Activity.objects.filter(subject_kind="ticket", subject_id__in=ids, verb="status_changed")
    found: Counter[int] = Counter()
    for ticket_id, data in rows.values_list("subject_id", "data"):
        found[ticket_id] += data.get("old") in FINISHED and data.get("new") not in ENDED
    return +found


def _answers(ids: list[int]) -> dict[int, int]:
    by_people = Q(direction=Direction.OUT, is_automatic=False)
    rows = Message.objects.filter(by_people, ticket_id__in=ids).order_by().values_list("ticket_id")
    return defaultdict(int, rows.annotate(n=Count("pk")))
