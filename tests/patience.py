"""Limits against what runs away, on machines that are busy with something else."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

REFERENCE = 0.010  # seconds of a calm core for the reference work
MARGIN = 4  # what runs away takes a hundred times as long, not four times


def is_soon(work: Callable[[], Any], *, within: float, unless: type[Exception] | tuple = ()) -> bool:
    """Whether one of three runs needs less CPU time than `within` seconds, as a calm core would count them."""
    for _ in range(3):
        taken = _seconds(work, unless)
        if taken < within or taken < within * MARGIN * _slowness():
            return True
    return False


def _slowness() -> float:
    return max(1.0, _seconds(_reference, ()) / REFERENCE)


def _reference() -> None:
    total = 0
    for number in range(200_000):
        total += number


def _seconds(work: Callable[[], Any], unless: Any) -> float:
    started = time.thread_time()
    with contextlib.suppress(unless) if unless else contextlib.nullcontext():
        work()
    return time.thread_time() - started
