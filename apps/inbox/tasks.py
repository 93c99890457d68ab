"""Work on many tickets that somebody has begun."""

from celery import shared_task

from apps.core import clock
from apps.inbox import jobs


@shared_task
def carry_on_job(job_id: int) -> None:
    """To its end; a second run finds the lease or nothing left."""
    while jobs.carry_on(job_id):
        pass


@shared_task
def sweep_jobs() -> None:
    """Those whose worker has gone."""
    jobs.carry_on_all(clock.now())
