"""The sweep that notices what is due, and the calls that steps make."""

import logging
from time import monotonic

from celery import shared_task

from apps.core import clock
from apps.core.models import Heartbeat
from apps.sla import calls, escalation, services
from apps.sla.escalation import House

log = logging.getLogger(__name__)
HEARTBEAT = "sla sweep"
BATCH = 500
BUDGET_SECONDS = 4.0


@shared_task
def sweep_clocks() -> int:
    """Warnings, breaches and steps that are due; says how many were taken.

    Twice at once is harmless: a clock is claimed by one sweeper, and each of its steps is a unique row.
    """
    services.catch_up_with_calendars()
    services.catch_up_with_policies()
    until, taken = monotonic() + BUDGET_SECONDS, 0
    while True:
        now = clock.now()
        ids, house = services.claim(now, limit=BATCH), House(now)
        for clock_id in ids:
            taken += _act(clock_id, house)
        if len(ids) < BATCH or monotonic() > until:
            break
    Heartbeat.beat(HEARTBEAT)
    return taken


@shared_task
def make_calls() -> int:
    """Says how many were answered."""
    return sum(calls.make(call_id) for call_id in calls.claim(clock.now()))


def _act(clock_id: int, house: House) -> int:
    try:
        step = services.act(clock_id, now=house.now)
        return int(step is not None) + escalation.escalate(clock_id, house=house)
    except Exception:  # one broken clock must not stop the others; its lease brings it back
        log.exception("clock %s: the step failed", clock_id)
        return 0
