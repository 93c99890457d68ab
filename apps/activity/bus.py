"""Record what happened once; let others listen."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from apps.activity.models import Activity
from apps.core.transactions import write_last


@dataclass(frozen=True)
class Actor:
    """Who did it. `id` is a pk of that kind; None for the desk itself."""

    kind: str  # "user", "person", "token", "rule", "system"
    id: int | None = None
    label: str = ""

    @classmethod
    def of(cls, who: Any) -> "Actor":
        """From a User, a Person, an Actor, or None for the desk itself."""
        if isinstance(who, Actor):
            return who
        if who is None:
            return SYSTEM
        kind = "user" if hasattr(who, "email") else "person"
        return cls(kind=kind, id=who.pk, label=who.full_name)


SYSTEM = Actor(kind="system")


@dataclass(frozen=True)
class Event:
    """A thing that happened: past tense, ids and plain values only. A field `office_id` says where."""

    subject_kind: ClassVar[str]

    @property
    def subject_id(self) -> int:
        raise NotImplementedError

    @classmethod
    def verb(cls) -> str:
        """`StatusChanged` is recorded as `status_changed`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


Listener = Callable[[Any, Actor], None]


def record(event: Event, actor: Actor) -> None:
    """Call who listens, in the order of config/wiring.py, and write the row, inside the caller's transaction. The rows
    of one verb are written together at its end, in the order in which things happened.

    Raises TransactionManagementError outside a transaction: an event without its change would be a rumour.
    """
    record_all([event], actor)


def record_all(events: Sequence[Event], actor: Actor) -> None:
    """Several at once, in their order, also where no verb of `whole()` gathers their rows."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("record() belongs inside the transaction of its change")
    write_last(*(_row(event, actor) for event in events))
    for event in events:
        for listener in listeners(type(event)):
            listener(event, actor)


def _row(event: Event, actor: Actor) -> Activity:
    data = asdict(event)
    office_id = data.pop("office_id", None)
    return Activity(
        verb=event.verb(),
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        office_id=office_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:120],
        data=data,
    )


@cache
def listeners(event_class: type[Event]) -> tuple[Listener, ...]:
    wiring: dict[str, list[str]] = import_string(settings.WIRING)
    own = f"{event_class.__module__}.{event_class.__qualname__}"
    return tuple(import_string(path) for path in wiring.get(own, ()))
