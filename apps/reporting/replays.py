"""Run promises of the past under other hours, lengths or shifts, and see which would have ended differently.

Reads clocks, writes results. Each batch is one transaction that ends with the cursor: a worker that dies loses the
batch it was in, and whoever comes next repeats it from the same place.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Office
from apps.core import clock as time
from apps.core.errors import Invalid
from apps.core.queue import nudge
from apps.hours import arithmetic
from apps.hours.arithmetic import NeverOpen, WorkingHours
from apps.hours.models import Calendar, Shift
from apps.hours.services import working_hours
from apps.reporting import ranges, staffing
from apps.reporting.models import Replay, ReplayChange
from apps.sla.models import Clock, Metric, State
from apps.sla.services import WALL_CLOCK, hours_of, pauses_of
from apps.tickets.states import Status

log = logging.getLogger(__name__)
BATCH = 1_000
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 5
METRICS = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION)


@transaction.atomic
def ask(
    office: Office,
    *,
    name: str,
    span: ranges.Range,
    calendar: Calendar | None,
    is_wall_clock: bool,
    targets: Mapping[str, int],
    shifts: Iterable[Shift] = (),
    actor: Any,
) -> Replay:
    """Note the question; a task answers it. Raises Invalid when nothing would be different."""
    who_answers = staffing.noted(shifts)
    if calendar is None and not is_wall_clock and not targets and not who_answers:
        raise Invalid(
            "nothing_to_change", _("Choose other hours, another length or shifts: else nothing would change.")
        )
    row = Replay.objects.create(
        office=office,
        name=name,
        first=span.first,
        last=span.last,
        calendar=None if is_wall_clock else calendar,
        is_wall_clock=is_wall_clock,
        targets=dict(targets),
        shifts=who_answers,
        asked_by=actor,
    )
    row.total = _clocks(row).count()
    row.save()
    nudge("apps.reporting.tasks.run_replay", row.pk)
    return row


def go_on(replay_id: int) -> bool:
    """The next batch. False when there is no more to do, or somebody else is doing it."""
    row = _claim(replay_id)
    if row is None:
        return False
    try:
        return _batch(row)
    except Exception:
        log.exception("replay %s stopped at clock %s", row.pk, row.cursor)
        is_over = row.attempts >= MOST_ATTEMPTS
        Replay.objects.filter(pk=row.pk).update(
            next_at=None if is_over else time.now() + LEASE, **({"state": Replay.State.FAILED} if is_over else {})
        )
        return False


def _claim(replay_id: int) -> Replay | None:
    with transaction.atomic():
        row = (
            Replay.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("office")
            .filter(pk=replay_id)
            .first()
        )
        if row is None or row.next_at is None or row.next_at > time.now():
            return None
        row.attempts += 1
        row.state, row.next_at = Replay.State.RUNNING, time.now() + LEASE
        row.save()
    return row


@transaction.atomic
def _batch(row: Replay) -> bool:
    if not Replay.objects.select_for_update(of=("self",)).filter(pk=row.pk, next_at=row.next_at).exists():
        return False  # our lease was over, and another has taken the row
    clocks = list(_clocks(row).filter(pk__gt=row.cursor).select_related("calendar", "policy").order_by("pk")[:BATCH])
    changes = []
    manned = staffing.hours_with(row.office, row.shifts) if row.shifts else None
    for clock in clocks:
        end: datetime | None = ended_at(clock, row.as_of)
        if manned is not None and clock.state == State.MET and end is not None:
            end = staffing.answered_at(end, manned)
        due_at = due_under(clock, row)
        was_late = clock.breached_at is not None
        would_be_late = due_at is not None and (end is None or end > due_at)
        own = row.figures.setdefault(clock.metric, {"kept": 0, "late": 0, "new_kept": 0, "new_late": 0})
        is_done = clock.state == State.MET  # still running, or called off in time: counts nowhere
        own["late" if was_late else "kept"] += int(was_late or is_done)
        own["new_late" if would_be_late else "new_kept"] += int(would_be_late or is_done)
        if was_late != would_be_late:
            changes.append(ReplayChange(replay=row, clock=clock, is_late=was_late, due_at=due_at))
    ReplayChange.objects.bulk_create(changes, batch_size=500)
    row.looked_at += len(clocks)
    row.attempts = 0
    if len(clocks) == BATCH:
        row.cursor, row.next_at = clocks[-1].pk, time.now()
    else:
        row.state, row.done_at, row.next_at = Replay.State.DONE, time.now(), None
    row.save()
    return row.next_at is not None


def due_under(clock: Clock, row: Replay) -> datetime | None:
    """When this promise would have been due; None when those hours never open. Its pauses stay as they were."""
    hours = hours_under(clock, row)
    seconds = row.targets.get(clock.metric, clock.target_seconds)
    try:
        return arithmetic.due_at(clock.started_at, seconds, hours, pauses_of(clock) + _pause_now(clock, row.as_of))
    except NeverOpen:
        return None


def hours_under(clock: Clock, row: Replay) -> WorkingHours:
    if row.is_wall_clock:
        return WALL_CLOCK
    if row.calendar is not None:
        return working_hours(row.calendar, clock.started_at)
    return hours_of(clock)


def ended_at(clock: Clock, as_of: datetime) -> datetime:
    return clock.ended_at or as_of


def _pause_now(clock: Clock, as_of: datetime) -> list[arithmetic.Pause]:
    return [(clock.paused_at, as_of)] if clock.paused_at is not None and clock.paused_at < as_of else []


def _clocks(row: Replay) -> QuerySet[Clock]:
    """Of tickets opened in the range, in this office and those below it; no spam."""
    span = row_range(row)
    offices = Office.objects.filter(path__startswith=row.office.path).values("pk")
    started = {"ticket__opened_at__gte": span.begins, "ticket__opened_at__lt": span.ends}
    rows = Clock.objects.filter(ticket__office_id__in=offices, started_at__lte=row.as_of, **started)
    return rows.filter(metric__in=METRICS).exclude(ticket__status=Status.SPAM)


def row_range(row: Replay) -> ranges.Range:
    return ranges.Range(row.first, row.last, timezone.get_default_timezone())
