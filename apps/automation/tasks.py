"""Rules have their turn."""

from celery import shared_task

from apps.automation import rules


@shared_task
def run_rules(due_id: int) -> None:
    """A second run finds nothing."""
    rules.take_due(due_id)


@shared_task
def sweep_rules() -> None:
    """What no worker was told of, and what only time brings."""
    rules.take_all_due()
    rules.take_time()
