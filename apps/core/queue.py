"""Nudge a worker after commit. The row is the job; a nudge only saves the wait for the next sweep."""

import logging
import time
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)
REST_AFTER_FAILURE = 10.0  # seconds; a dead broker must not slow every request
_silent_until = 0.0


def nudge(task: Any, *args: Any, after: float = 0) -> None:
    """Queue `task` once the transaction is committed; a broker that is away is noted and forgotten.

    A service names the task by its dotted path: tasks import services, not the other way round.
    `after`: seconds to wait before it is handed out; whoever is early finds the row not due.
    """
    transaction.on_commit(lambda: _queue(task, args, after), robust=True)


def _queue(task: Any, args: tuple[Any, ...], after: float = 0) -> None:
    global _silent_until  # noqa: PLW0603  one breaker a process is the point
    if time.monotonic() < _silent_until:
        return
    try:
        (import_string(task) if isinstance(task, str) else task).apply_async(args, retry=False, countdown=after or None)
    except Exception:
        _silent_until = time.monotonic() + REST_AFTER_FAILURE
        log.warning("task not queued, the sweep will find it", exc_info=True)
