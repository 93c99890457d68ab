"""Acts on many tickets: begun, carried on in small steps by whoever finds them, taken back for a while."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.viewers import Viewer, for_user
from apps.automation import acts, macros
from apps.automation.models import Macro
from apps.core import clock
from apps.core.errors import Conflict, DomainError, Invalid
from apps.core.queue import nudge
from apps.core.transactions import whole
from apps.inbox.models import Job, JobTicket
from apps.tickets import services
from apps.tickets.models import Ticket

log = logging.getLogger(__name__)
MOST = 5000  # tickets a job
BATCH = 25  # tickets between two commits of the lease
LEASE = timedelta(minutes=1)
UNDO_FOR = timedelta(minutes=10)
PROBLEM_LENGTH = 250

State = JobTicket.State


@dataclass(frozen=True)
class Progress:
    """How far a job is; `waiting` of what is being done or undone."""

    total: int
    waiting: int
    done: int
    refused: int
    undone: int

    @property
    def seen(self) -> int:
        return self.total - self.waiting


@whole()
def begin(user: User, tickets: Iterable[int], *, doing: Sequence[str], label: str, macro: Macro | None = None) -> Job:
    """`tickets` are ids that this user was shown. Raises Invalid for acts that nobody could do."""
    job = Job.objects.create(user=user, label=label[:200], acts=acts.check(list(doing)), macro=macro)
    JobTicket.objects.bulk_create([JobTicket(job=job, ticket_id=pk) for pk in list(tickets)[:MOST]], batch_size=500)
    nudge("apps.inbox.tasks.carry_on_job", job.pk)
    return job


def carry_on(job_id: int) -> bool:
    """A batch of what is left, each ticket in a transaction of its own; True when more is left.

    Two workers at once do no harm: the lease keeps the second away, and each row is taken under its lock.
    """
    job = _claim(job_id)
    if job is None:
        return False
    viewer = for_user(job.user)
    state, step = (State.WAITING, _do) if job.undo_at is None else (State.DONE, _undo)
    ids = list(JobTicket.objects.filter(job=job, state=state).values_list("pk", flat=True)[:BATCH])
    for pk in ids:
        with transaction.atomic():
            row = JobTicket.objects.select_for_update().filter(pk=pk, state=state).first()
            if row is not None:
                _take(step, job, row, viewer)
    return not _settle(job, state)


def carry_on_all(now: datetime) -> None:
    """What the sweep does: every job that nobody holds."""
    for pk in Job.objects.filter(next_at__lte=now).values_list("pk", flat=True)[:20]:
        while carry_on(pk):
            pass


@whole()
def ask_undo(job: Job) -> Job:
    """What was done goes back, what still waits is left. Raises Conflict when it is too late or was asked before."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if not can_undo(job):
        raise Conflict("too_late", _("That can no longer be undone."))
    JobTicket.objects.filter(job=job, state=State.WAITING).delete()
    job.undo_at = job.next_at = clock.now()
    job.save(update_fields=["undo_at", "next_at"])
    nudge("apps.inbox.tasks.carry_on_job", job.pk)
    return job


def can_undo(job: Job) -> bool:
    until = (job.ended_at or clock.now()) + UNDO_FOR
    return job.undo_at is None and clock.now() <= until


def progress(job: Job) -> Progress:
    found = dict(JobTicket.objects.filter(job=job).order_by().values_list("state").annotate(n=Count("pk")))
    is_back = job.undo_at is not None
    return Progress(
        total=sum(found.values()),
        waiting=found.get(State.DONE if is_back else State.WAITING, 0),
        done=found.get(State.DONE, 0),
        refused=found.get(State.REFUSED, 0),
        undone=found.get(State.UNDONE, 0) + found.get(State.KEPT, 0),
    )


def _claim(job_id: int) -> Job | None:
    with transaction.atomic():
        rows = Job.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user", "macro")
        job = rows.filter(pk=job_id, next_at__lte=clock.now()).first()
        if job is not None:
            Job.objects.filter(pk=job.pk).update(next_at=clock.now() + LEASE)
    return job


def _settle(job: Job, state: str) -> bool:
    """The lease is given back; True when nothing of `state` is left."""
    is_over = not JobTicket.objects.filter(job=job, state=state).exists()
    now = clock.now()
    ended = ({"ended_at": now} if job.undo_at is None else {"undone_at": now}) if is_over else {}
    # Whoever asked for undoing meanwhile has set a moment of their own: it stays.
    rows = Job.objects.filter(pk=job.pk, undo_at=job.undo_at)
    rows.update(next_at=None if is_over else now, **ended)
    return is_over


def _take(step: Callable[[Job, JobTicket, Viewer], None], job: Job, row: JobTicket, viewer: Viewer) -> None:
    try:
        with transaction.atomic():
            step(job, row, viewer)
    except DomainError as error:
        _refuse(row, str(error.message))
    except Exception:  # one broken ticket must not stop the others
        log.exception("job %s: ticket %s failed", job.pk, row.ticket_id)
        _refuse(row, _("That did not work."))


def _do(job: Job, row: JobTicket, viewer: Viewer) -> None:
    ticket = _ticket(row, viewer)
    if ticket is None:
        raise Invalid("gone", _("It is gone."))
    row.before = services.facts_of(ticket)
    _perform(job, ticket, viewer)
    row.after, row.state = services.facts_of(ticket), State.DONE
    row.save(update_fields=["before", "after", "state"])


def _perform(job: Job, ticket: Ticket, viewer: Viewer) -> None:
    if job.macro is not None:
        macros.run(ticket, job.macro, user=job.user, viewer=viewer, doing=job.acts)
        return
    todo = acts.read(job.acts)
    acts.require_all(todo, viewer, ticket)
    for act in todo:
        acts.perform(ticket, act, actor=job.user, user=job.user)


def _undo(job: Job, row: JobTicket, viewer: Viewer) -> None:
    ticket = _ticket(row, viewer)
    if ticket is None:
        raise Invalid("gone", _("It is gone."))
    is_whole = services.restore(ticket, before=row.before, after=row.after, actor=job.user)
    row.state = State.UNDONE if is_whole else State.KEPT
    row.save(update_fields=["state"])


def _ticket(row: JobTicket, viewer: Viewer) -> Ticket | None:
    rows: Any = Ticket.objects.visible_to(viewer).select_related("office", "requester")
    return rows.filter(pk=row.ticket_id).first()


def _refuse(row: JobTicket, why: str) -> None:
    row.state, row.problem = State.REFUSED, why[:PROBLEM_LENGTH]
    row.save(update_fields=["state", "problem"])
