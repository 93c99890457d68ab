"""Why is it due then? The stretches that counted and those that did not, from what a clock recorded (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from apps.hours import arithmetic
from apps.hours.arithmetic import Pause, WorkingHours


@dataclass(frozen=True)
class Part:
    """`kind` is "counted", "closed" or "paused"."""

    kind: str
    begins: datetime
    ends: datetime

    @property
    def length(self) -> timedelta:
        return self.ends - self.begins


def parts(started_at: datetime, until: datetime, hours: WorkingHours, pauses: Iterable[Pause] = ()) -> list[Part]:
    """From the start to `until` without gaps, in order; what was counted adds up to the time used."""
    edges = {started_at, until}
    still = [(begins, ends) for begins, ends in sorted(pauses) if begins < ends]
    open_then = arithmetic.stretches(started_at, until, hours)
    for begins, ends in [*still, *open_then]:
        edges |= {min(max(begins, started_at), until), min(max(ends, started_at), until)}
    found: list[Part] = []
    for begins, ends in pairwise(sorted(edges)):
        kind = "paused" if _lies_in(begins, still) else "counted" if _lies_in(begins, open_then) else "closed"
        if found and found[-1].kind == kind:
            found[-1] = Part(kind, found[-1].begins, ends)
        else:
            found.append(Part(kind, begins, ends))
    return found


def counted(found: Iterable[Part]) -> timedelta:
    return sum((part.length for part in found if part.kind == "counted"), timedelta())


def _lies_in(moment: datetime, spans: Iterable[tuple[datetime, datetime]]) -> bool:
    return any(begins <= moment < ends for begins, ends in spans)
