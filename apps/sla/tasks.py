"""The sweep that notices what is due, and the calls that steps make."""

import logging
from time import monotonic, sleep

from celery import shared_task
from django.conf import settings

from apps.core import clock
from apps.core.models import Heartbeat
from apps.sla import bites, calls, escalation, services
from apps.sla.escalation import House

log = logging.getLogger(__name__)
HEARTBEAT = "sla sweep"
BITE = 50  # clocks in one transaction: nobody who writes to one of them waits longer than for these
CLAIMED = 250  # at once; what one sweeper cannot do within their lease another takes
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
        ids, house = services.claim(now, limit=CLAIMED), House(now)
        for begin in range(0, len(ids), BITE):
            taken += _bite(ids[begin : begin + BITE], house)
        if len(ids) < CLAIMED or monotonic() > until:
            break
    Heartbeat.beat(HEARTBEAT)
    return taken


@shared_task
def make_calls() -> int:
    """Says how many were answered."""
    return sum(calls.make(call_id) for call_id in calls.claim(clock.now()))


def _bite(ids: list[int], house: House) -> int:
    """Together, else one by one: one broken clock must not stop the others."""
    began = monotonic()
    try:
        taken, left = bites.take(ids, house=house)
    except Exception:
        log.exception("%s clocks are looked at one by one", len(ids))
        taken, left = 0, ids
    taken += sum(_act(clock_id, house) for clock_id in left)
    if settings.IS_EMBEDDED_BUS and len(ids) == BITE:
        sleep(monotonic() - began)  # pages are made in this very process: as long as we worked, it is theirs
    return taken


def _act(clock_id: int, house: House) -> int:
    try:
        step = services.act(clock_id, now=house.now)
        return int(step is not None) + escalation.escalate(clock_id, house=house)
    except Exception:  # its lease brings it back
        log.exception("clock %s: the step failed", clock_id)
        return 0
