"""Signs of life and tidying up."""

from celery import shared_task

from apps.core import limits
from apps.core.models import Heartbeat


@shared_task
def heartbeat() -> None:
    """Beat queues it, a worker runs it: one row proves both alive. A second run writes the same row."""
    Heartbeat.beat("worker")


@shared_task
def forget_old_limits() -> None:
    """Deletes by age, so a second run finds nothing."""
    limits.forget_old()
