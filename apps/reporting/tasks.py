"""Sweeps: figures that are to be counted, letters that are owed, replays that go on. The rows say what is due."""

from time import monotonic

from celery import shared_task

from apps.core import clock
from apps.reporting import facts, replays, schedules
from apps.reporting.models import Replay, ReportLetter

BUDGET_SECONDS = 5.0
AT_ONCE = 20


@shared_task
def count_touched() -> int:
    """What was touched, then as much of the endless round as one step holds. Twice at once is harmless."""
    until, changed = monotonic() + BUDGET_SECONDS, 0
    while (done := facts.catch_up()) and monotonic() < until:
        changed += done
    return changed + facts.walk()


@shared_task
def sweep_letters() -> int:
    """Letters for the periods that have ended, and another try for those that did not leave."""
    written = schedules.write_due()
    for pk in ReportLetter.objects.filter(next_at__lte=clock.now()).order_by("next_at").values_list("pk")[:AT_ONCE]:
        send_letter.delay(pk[0])
    return written


@shared_task
def send_letter(letter_id: int) -> None:
    """A second run finds the letter leased or sent."""
    schedules.send(letter_id)


@shared_task
def sweep_replays() -> None:
    """Whose worker died: from where it stood."""
    for pk in Replay.objects.due().values_list("pk", flat=True)[:AT_ONCE]:
        run_replay.delay(pk)


@shared_task
def run_replay(replay_id: int) -> None:
    """Batch by batch, each kept; a second run finds the row leased, or goes on where the first one stopped."""
    until = monotonic() + 60
    while replays.go_on(replay_id) and monotonic() < until:
        pass
