"""Start, pause, resume, stop: what clocks do. Every verb may be called twice and leaves the same state (R-24).

The caller tells the moment: a reply counts from when it was written, not from when we heard of it. Each verb ends by
writing on the ticket what is due next; none records an event but the two that people must hear, warning and breach.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from apps.activity.bus import SYSTEM, record
from apps.core import clock as time
from apps.core import rows
from apps.hours import arithmetic
from apps.hours.arithmetic import NeverOpen, Pause, WorkingHours
from apps.hours.reading import hours_of_edition
from apps.sla import history, steps
from apps.sla.choosing import Promise, promise_for
from apps.sla.events import ClockBreached, ClockWarned
from apps.sla.models import LIVE, CalendarToFollow, Clock, ClockStep, Metric, Policy, PolicyToFollow, State, Target
from apps.sla.querysets import ClockQuerySet
from apps.tickets.models import Ticket
from apps.tickets.services import set_next_due

Due = tuple[datetime | None, str, datetime | None]  # when, of which metric, when to warn

RESPONSES = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)
# Those that stand still while somebody else has the word; an answer is owed whatever the status says.
LONG = (Metric.RESOLUTION, Metric.UPDATE)
WALL_CLOCK = WorkingHours.always(ZoneInfo("UTC"))
LEASE = timedelta(minutes=2)
# Listeners run inside the transaction of what happened: all of it holds or none, so no savepoint is needed.
verb = transaction.atomic(savepoint=False)


@verb
def start(ticket: Ticket, *, metrics: Collection[str], at: datetime, is_new: bool = False) -> list[Clock]:
    """A clock for each metric that is promised and has none running. Says which were started.

    `is_new` says that the ticket was opened just now and cannot have any, which saves a look.
    """
    live = [] if is_new else _live(ticket.pk)
    missing = [metric for metric in metrics if metric not in {clock.metric for clock in live}]
    promise = promise_for(ticket, is_new=is_new) if missing else None
    if promise is None:
        return []
    started = [_new_clock(ticket, promise, metric, at) for metric in missing if metric in promise.targets]
    rows.insert_all(started)
    if started:
        # Not compared with what it was: the caller's ticket may be older than the row.
        _write_due(ticket, _next_due([*live, *started]))
    return started


@verb
def start_next_response(ticket: Ticket, *, at: datetime) -> list[Clock]:
    """The person wrote: we owe an answer, unless we owed one already."""
    if ticket.next_due_metric in RESPONSES or Clock.objects.live().filter(ticket=ticket, metric__in=RESPONSES).exists():
        return []
    return start(ticket, metrics=[Metric.NEXT_RESPONSE], at=at)


@verb
def pause(ticket_id: int, *, metrics: Collection[str], at: datetime, cause: str = "") -> None:
    live = _live(ticket_id)
    running = [clock for clock in live if clock.metric in metrics and clock.state == State.RUNNING]
    for clock in running:
        _pause(clock, at, cause)
    _tell(live, running)


@verb
def resume(ticket_id: int, *, metrics: Collection[str], at: datetime) -> None:
    live = _live(ticket_id)
    paused = [clock for clock in live if clock.metric in metrics and clock.state == State.PAUSED]
    for clock in paused:
        _resume(clock, at)
    _tell(live, paused)


@verb
def stand(ticket_id: int, *, status: str, at: datetime) -> None:
    """The ticket now waits, or no longer does: each long promise stands still or runs as its own policy says."""
    live = _live(ticket_id)
    touched = []
    for clock in live:
        is_still = status in clock.policy.pause_on
        if clock.metric not in LONG or is_still == (clock.state == State.PAUSED):
            continue
        if is_still:
            _pause(clock, at, status)
        else:
            _resume(clock, at)
        touched.append(clock)
    _tell(live, touched)


@verb
def stop(ticket_id: int, *, metrics: Collection[str], at: datetime, message_id: int | None = None) -> None:
    """What was promised has been done.

    A reply that also solves the ticket is heard after the solving, which called its clock off at the same moment:
    that one counts as kept.
    """
    wanted = Q(state__in=LIVE)
    if message_id is not None:
        wanted |= Q(state=State.CANCELLED, metric__in=metrics, ended_at=at)
    live = locked_clocks(Clock.objects.filter(wanted, ticket=ticket_id))
    done = [clock for clock in live if clock.metric in metrics]
    for clock in done:
        was_live = clock.is_live
        end(clock, State.MET, at)
        clock.ended_by_message_id = message_id
        keep(clock)
        if clock.metric == Metric.UPDATE and message_id is not None and was_live:
            live.append(_promise_again(clock, at))
    _tell(live, done)


@verb
def cancel(ticket_id: int, *, metrics: Collection[str], at: datetime) -> None:
    """Nobody waits for this any more: solved without a word, closed, spam."""
    live = _live(ticket_id)
    called_off = [clock for clock in live if clock.metric in metrics]
    for clock in called_off:
        end(clock, State.CANCELLED, at)
        keep(clock)
    _tell(live, called_off)


@verb
def reopen_response(ticket_id: int, *, message_id: int) -> None:
    """The reply that kept a promise never reached anybody: the promise runs on, as if it had not been written."""
    kept = Q(state=State.MET, ended_by_message_id=message_id, metric__in=(*RESPONSES, Metric.UPDATE))
    rows = locked_clocks(Clock.objects.filter(Q(state__in=LIVE) | kept, ticket=ticket_id))
    dead = {clock.metric: clock.ended_at for clock in rows if not clock.is_live}
    for clock in rows:
        # The count for the next piece of news began with words that nobody read.
        if clock.is_live and clock.metric == Metric.UPDATE and clock.started_at == dead.get(Metric.UPDATE):
            end(clock, State.CANCELLED, clock.started_at)
            keep(clock)
    rows = [clock for clock in rows if clock.state != State.CANCELLED]
    running = {clock.metric for clock in rows if clock.is_live}
    again = [clock for clock in rows if not clock.is_live and clock.metric not in running]
    for clock in again:
        history.note(
            clock, history.NOT_READ, time.now(), ended=str(clock.ended_at.isoformat() if clock.ended_at else "")
        )
        run_again(clock)
        keep(clock)
    _tell(rows, again)


@verb
def retarget(ticket: Ticket) -> None:
    """Priority or team changed: promises that still stand take the new length, counted from their own start.

    A promise already broken stays as it was. One that the new policy does not make is called off; one that only the
    new policy makes starts at the opening of the ticket.
    """
    at = time.now()
    live = _live(ticket.pk)
    promise = promise_for(ticket)
    for clock in live:
        _settle(clock, at)
        if clock.is_breached:
            continue
        target = promise.targets.get(clock.metric) if promise else None
        if promise is None or target is None:
            end(clock, State.CANCELLED, at)
        else:
            _note_new_length(clock, promise.policy, target, at)
            _promise(clock, promise.policy, target)
            if clock.paused_at is None:
                _schedule(clock)
            else:
                clock.remaining_seconds = max(0, clock.target_seconds - _used(clock, clock.paused_at))
        keep(clock)
    _tell(live, live)
    if promise and ticket.is_open:
        start(ticket, metrics=_never_started(ticket), at=ticket.opened_at)


def follow_steps(policy_id: int) -> None:
    """The steps of a policy have changed: noted here, done by the sweep, for it may touch thousands of clocks."""
    PolicyToFollow.objects.update_or_create(policy_id=policy_id, defaults={"asked_at": time.now()})


def follow_calendar(calendar_id: int) -> None:
    """The hours have changed: noted here, done by the sweep, for it may touch thousands of clocks."""
    CalendarToFollow.objects.update_or_create(calendar_id=calendar_id, defaults={"asked_at": time.now()})


# What the sweep calls


def catch_up_with_calendars() -> int:
    """Running promises are due by the hours as they are now. A second run computes the same."""
    waiting = list(CalendarToFollow.objects.all())
    for row in waiting:
        for clock_id in Clock.objects.running().filter(calendar=row.calendar_id).values_list("pk", flat=True):
            reschedule(clock_id)
        CalendarToFollow.objects.filter(pk=row.pk, asked_at=row.asked_at).delete()
    return len(waiting)


def catch_up_with_policies() -> int:
    """Running clocks know the moment of the next step as the policy now has it. A second run computes the same."""
    waiting = list(PolicyToFollow.objects.all())
    for row in waiting:
        for clock_id in Clock.objects.running().filter(policy=row.policy_id).values_list("pk", flat=True):
            look_ahead(clock_id)
        PolicyToFollow.objects.filter(pk=row.pk, asked_at=row.asked_at).delete()
    return len(waiting)


@verb
def look_ahead(clock_id: int, *, not_before: datetime | None = None) -> None:
    """The next moment of a clock, from its row as it is now; a step that had to wait comes back `not_before`."""
    for clock in locked_clocks(Clock.objects.filter(pk=clock_id)):
        next_at = next_moment(clock)
        if next_at is not None and not_before is not None and next_at < not_before:
            next_at = not_before
        Clock.objects.filter(pk=clock_id).update(next_at=next_at)


@verb
def reschedule(clock_id: int) -> None:
    clocks = locked_clocks(Clock.objects.running().filter(pk=clock_id, breached_at=None))
    for clock in clocks:
        due_before = clock.due_at
        _schedule(clock)
        if clock.due_at != due_before:
            due = due_before.isoformat() if due_before else ""
            history.note(clock, history.NEW_HOURS, time.now(), due=due)
        keep(clock)
        _tell(_live(clock.ticket_id), clocks)


def claim(now: datetime, *, lease: timedelta = LEASE, limit: int = 500) -> list[int]:
    """Ids of clocks for which something is due, taken by us for the length of the lease; nobody else gets them."""
    if not Clock.objects.due_before(now).exists():
        return []
    due = Clock.objects.due_before(now).select_for_update(skip_locked=True).order_by("next_at")
    with transaction.atomic():
        ids = list(due.values_list("pk", flat=True)[:limit])
        Clock.objects.filter(pk__in=ids).update(next_at=now + lease)
    return ids


@verb
def act(clock_id: int, *, now: datetime) -> str | None:
    """The warning or the breach that is due for this clock, once; then its true next moment. Says which was taken.

    The steps of its policy are taken by `escalation.escalate`, which comes after.
    """
    rows = Clock.objects.select_for_update(of=("self",)).select_related("ticket", "policy", "calendar")
    clock = rows.filter(pk=clock_id).first()
    if clock is None:
        return None
    step = due_end(clock, now)
    taken = step is not None and _take(clock, step, now)
    keep(clock)
    return step if taken else None


def due_steps(clock: Clock, now: datetime) -> list[steps.Step]:
    """The steps of its policy whose moment has come and that were not taken, in order."""
    return [step for step, moment in coming_steps(clock) if moment <= now]


def coming_steps(clock: Clock) -> list[tuple[steps.Step, datetime]]:
    """The steps still to be taken if nothing happens, each with its moment; none while the clock stands still."""
    if clock.state != State.RUNNING or not clock.policy.steps:
        return []
    hours, pauses = hours_of(clock), pauses_of(clock)
    coming = []
    for step in steps.for_metric(clock.policy.steps, clock.metric):
        if step.key in clock.fired:
            continue
        moment = steps.moment_of(
            step, started_at=clock.started_at, target_seconds=clock.target_seconds, hours=hours, pauses=pauses
        )
        if moment is not None:
            coming.append((step, moment))
    return coming


def mark_breached(clock: Clock, *, at: datetime) -> bool:
    """False when it was marked before."""
    return _take(clock, ClockStep.Step.BREACH, at)


def warn(clock: Clock, *, at: datetime) -> bool:
    """False when somebody was warned before."""
    return _take(clock, ClockStep.Step.WARNING, at)


def due_end(clock: Clock, now: datetime) -> str | None:
    """The warning or the breach whose moment has come and that was not noticed."""
    if clock.state != State.RUNNING or clock.is_breached:
        return None
    if clock.is_late_at(now):
        return ClockStep.Step.BREACH
    if clock.warn_at is not None and clock.warned_at is None and now >= clock.warn_at:
        return ClockStep.Step.WARNING
    return None


@verb
def _take(clock: Clock, step: str, at: datetime) -> bool:
    _row, is_new = ClockStep.objects.get_or_create(clock=clock, step=step, defaults={"at": at})
    event = noticed(clock, step, at)
    Clock.objects.filter(pk=clock.pk).update(breached_at=clock.breached_at, warned_at=clock.warned_at)
    if is_new:
        record(event, SYSTEM)
    return is_new


def noticed(clock: Clock, step: str, at: datetime) -> ClockWarned | ClockBreached:
    """Sets on the clock, unsaved, that its warning or breach was noticed; what is to be said of it."""
    due_at = clock.due_at or at
    if step == ClockStep.Step.BREACH:
        clock.breached_at = clock.breached_at or due_at
    else:
        clock.warned_at = clock.warned_at or at
    event = ClockBreached if step == ClockStep.Step.BREACH else ClockWarned
    return event(
        ticket_id=clock.ticket_id,
        office_id=clock.ticket.office_id,
        clock_id=clock.pk,
        metric=clock.metric,
        due_at=due_at.isoformat(),
    )


# One clock


def _note_new_length(clock: Clock, policy: Policy, target: Target, at: datetime) -> None:
    was = (clock.policy_id, clock.target_seconds, clock.is_wall_clock, clock.calendar_id)
    if was != (policy.pk, target.seconds, target.is_wall_clock, policy.calendar_id):
        due = clock.due_at.isoformat() if clock.due_at else ""
        history.note(clock, history.NEW_LENGTH, at, policy=clock.policy_name, seconds=clock.target_seconds, due=due)


def _new_clock(ticket: Ticket, promise: Promise, metric: str, at: datetime) -> Clock:
    clock = Clock(ticket=ticket, metric=metric, started_at=at)
    _promise(clock, promise.policy, promise.targets[metric])
    _schedule(clock)
    clock.next_at = next_moment(clock)
    return clock


def _promise(clock: Clock, policy: Policy, target: Target) -> None:
    clock.policy, clock.target, clock.calendar = policy, target, policy.calendar
    clock.policy_name = policy.name
    clock.target_seconds, clock.is_wall_clock = target.seconds, target.is_wall_clock


def _schedule(clock: Clock) -> None:
    """When it is due and when to warn, from its start and its pauses; neither when the calendar never opens."""
    pauses = pauses_of(clock)
    clock.edition = clock.calendar.edition
    hours = hours_of(clock)
    calm = clock.target_seconds * (100 - clock.policy.warn_percent_left) / 100
    try:
        clock.due_at = arithmetic.due_at(clock.started_at, clock.target_seconds, hours, pauses)
        clock.warn_at = arithmetic.due_at(clock.started_at, calm, hours, pauses)
    except NeverOpen:
        clock.due_at = clock.warn_at = None


def keep(clock: Clock) -> None:
    """Saved, with the moment at which it is next looked at."""
    clock.next_at = next_moment(clock)
    clock.save()


def next_moment(clock: Clock) -> datetime | None:
    """When anything must happen next: a warning, the breach, a step."""
    if clock.state != State.RUNNING:
        return None
    moments = [moment for _step, moment in coming_steps(clock)]
    if not clock.is_breached:
        own = clock.due_at if clock.warned_at is not None or clock.warn_at is None else clock.warn_at
        moments += [own] if own is not None else []
    return min(moments, default=None)


def _pause(clock: Clock, at: datetime, cause: str) -> None:
    _settle(clock, at)
    clock.state, clock.paused_for = State.PAUSED, cause
    clock.paused_at = at
    clock.remaining_seconds = max(0, clock.target_seconds - _used(clock, at))
    if not clock.is_breached:
        clock.due_at = clock.warn_at = None
    keep(clock)


def _resume(clock: Clock, at: datetime) -> None:
    _end_pause(clock, at)
    clock.state = State.RUNNING
    if not clock.is_breached:
        _schedule(clock)
    keep(clock)


def _promise_again(done: Clock, at: datetime) -> Clock:
    """News at least every so often: with each piece of news the time begins anew, under the same promise."""
    clock = Clock(
        ticket=done.ticket,
        metric=done.metric,
        policy=done.policy,
        policy_name=done.policy_name,
        target_id=done.target_id,
        calendar=done.calendar,
        target_seconds=done.target_seconds,
        is_wall_clock=done.is_wall_clock,
        started_at=at,
    )
    _schedule(clock)
    clock.next_at = next_moment(clock)
    if done.ticket.status in done.policy.pause_on:
        clock.state, clock.paused_at, clock.paused_for = State.PAUSED, at, done.ticket.status
        clock.due_at = clock.warn_at = clock.next_at = None
        clock.remaining_seconds = clock.target_seconds
    clock.save(force_insert=True)
    return clock


def _settle(clock: Clock, at: datetime) -> None:
    """A promise that was broken before `at` is broken, even when the sweep has not come by yet."""
    if clock.state == State.RUNNING and not clock.is_breached and clock.is_late_at(at):
        _take(clock, ClockStep.Step.BREACH, at)


def run_again(clock: Clock) -> None:
    """As if it had not ended; whoever calls saves it."""
    clock.state = State.RUNNING
    clock.ended_at = clock.used_seconds = clock.ended_by_message_id = None


def end(clock: Clock, state: str, at: datetime) -> None:
    """Broken first where it was late already; whoever calls saves it."""
    _settle(clock, at)
    _end_pause(clock, at)
    clock.state, clock.ended_at = state, at
    clock.used_seconds = _used(clock, at)


def _end_pause(clock: Clock, at: datetime) -> None:
    if clock.paused_at is not None:
        ends = max(at, clock.paused_at)
        clock.pauses = [*clock.pauses, [clock.paused_at.isoformat(), ends.isoformat(), clock.paused_for]]
        clock.paused_at, clock.remaining_seconds, clock.paused_for = None, None, ""


def _used(clock: Clock, at: datetime) -> int:
    return round(arithmetic.elapsed(clock.started_at, at, hours_of(clock), pauses_of(clock)))


def hours_of(clock: Clock) -> WorkingHours:
    """The hours as they were when the moment was last computed: a later change explains nothing of the past."""
    if clock.is_wall_clock:
        return WALL_CLOCK
    return hours_of_edition(clock.calendar, clock.edition, clock.started_at)


def pauses_of(clock: Clock) -> list[Pause]:
    """The pauses that have ended."""
    return [(datetime.fromisoformat(begins), datetime.fromisoformat(ends)) for begins, ends, *_cause in clock.pauses]


# The clocks of a ticket


def _live(ticket_id: int) -> list[Clock]:
    return locked_clocks(Clock.objects.live().filter(ticket=ticket_id))


def locked_clocks(rows: ClockQuerySet) -> list[Clock]:
    """Ours until the commit, each with its policy, calendar and ticket."""
    return list(rows.select_for_update(of=("self",)).select_related("policy", "calendar", "ticket"))


def _never_started(ticket: Ticket) -> list[Metric]:
    begun = set(Clock.objects.filter(ticket=ticket).values_list("metric", flat=True))
    missing = [metric for metric in (Metric.FIRST_RESPONSE, *LONG) if metric not in begun]
    if Metric.FIRST_RESPONSE in missing and ticket.messages.filter(direction="out", is_automatic=False).exists():
        missing.remove(Metric.FIRST_RESPONSE)
    return missing


def _tell(clocks: Iterable[Clock], touched: Sequence[Clock]) -> None:
    """What is due next, written on the ticket when it is another moment than the row says."""
    if not touched:
        return
    ticket, due = touched[0].ticket, _next_due(clocks)
    if due != (ticket.next_due_at, ticket.next_due_metric, ticket.next_due_warn_at):
        _write_due(ticket, due)


def tell(ticket: Ticket) -> None:
    """What is due next of all its promises, written on the ticket."""
    _write_due(ticket, _next_due(Clock.objects.live().filter(ticket=ticket)))


def _write_due(ticket: Ticket, due: Due) -> None:
    set_next_due(ticket.pk, at=due[0], metric=due[1], warn_at=due[2])
    ticket.next_due_at, ticket.next_due_metric, ticket.next_due_warn_at = due


def _next_due(clocks: Iterable[Clock]) -> Due:
    running = [clock for clock in clocks if clock.state == State.RUNNING and clock.due_at is not None]
    first = min(running, key=lambda clock: clock.due_at, default=None)
    return (first.due_at, first.metric, first.warn_at) if first else (None, "", None)
