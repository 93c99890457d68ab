"""Many clocks that are due at once, a bite at a time: one transaction and few statements, whatever is due.

Warnings, breaches and steps that tell somebody are taken here: they write nothing that people write, so nobody waits
long. A step that changes its ticket, and a clock that somebody holds right now, are left to be looked at one by one.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction

from apps.activity.bus import SYSTEM, record_all
from apps.core import rows
from apps.notifications.models import Notice
from apps.notifications.services import write
from apps.sla import escalation, services
from apps.sla.escalation import CANNOT, SENDER, House
from apps.sla.events import ClockBreached, ClockWarned, StepTaken
from apps.sla.models import Clock, ClockStep
from apps.sla.steps import TELLING, Step

CHANGED = ("breached_at", "warned_at", "fired", "next_at")


def take(clock_ids: Collection[int], *, house: House) -> tuple[int, list[int]]:
    """All that is due for these clocks, each thing once, or nothing of it. How much was taken, and which clocks are
    left for one by one."""
    with transaction.atomic():
        held = Clock.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=clock_ids)
        held = held.select_related("policy", "calendar", "ticket__office", "ticket__requester", "ticket__assignee")
        ours = list(held.order_by("pk"))
        # Read once they are ours: whoever held them before may have taken steps.
        bite = _Bite(house, set(ClockStep.objects.filter(clock__in=ours).values_list("clock_id", "step")))
        done = [clock for clock in ours if bite.look_at(clock)]
        bite.swallow(done)
    return len(bite.steps), sorted({*clock_ids} - {clock.pk for clock in done})


@dataclass
class _Bite:
    house: House
    known: set[tuple[int, str]]
    steps: list[ClockStep] = field(default_factory=list)
    noticed: list[ClockWarned | ClockBreached] = field(default_factory=list)
    taken: list[StepTaken] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def look_at(self, clock: Clock) -> bool:
        """False when it is not for here; else the clock is as it will be, and what is to be written is noted."""
        due = services.due_steps(clock, self.house.now)
        if any(step.action not in TELLING for step in due):
            return False
        end = services.due_end(clock, self.house.now)
        if end is not None:
            event = services.noticed(clock, end, self.house.now)
            if self._is_first(clock, end):
                self.noticed.append(event)
        not_before = None
        for step in due:
            comes = escalation.comes_at(clock, step, self.house)
            if comes is not None and comes > self.house.now:
                not_before = min(comes, not_before or comes)
            else:
                self._tell(clock, step)
        clock.next_at = services.next_moment(clock)
        if clock.next_at is not None and not_before is not None:
            clock.next_at = max(clock.next_at, not_before)
        return True

    def swallow(self, clocks: Collection[Clock]) -> None:
        rows.insert_all(self.steps)
        Clock.objects.bulk_update(clocks, CHANGED)
        write(self.notices)
        record_all(self.noticed, SYSTEM)
        record_all(self.taken, SENDER)

    def _tell(self, clock: Clock, step: Step) -> None:
        clock.fired = [*clock.fired, step.key]
        if not self._is_first(clock, step.name):
            return
        people = escalation.listeners(clock, step, self.house)
        self.notices += escalation.notices_of(clock, step, people)
        problem = "" if people else CANNOT
        self.taken.append(escalation.taken(clock, step, label=escalation.names_of(people), problem=problem))

    def _is_first(self, clock: Clock, step: str) -> bool:
        if (clock.pk, step) in self.known:
            return False
        self.steps.append(ClockStep(clock=clock, step=step, at=self.house.now))
        return True
