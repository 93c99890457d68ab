"""The law of conservation: what came in is somewhere, and what is owed is somewhere (R-27).

    received = processed + waiting + quarantined + rejected
    to_send  = sent + waiting + uncertain + dead + cancelled

The left sides are not counted from the rows of the right sides: what came in was counted by the channel when it
came, and what is owed is counted from what was said.
"""

from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import Coalesce

from apps.core import clock
from apps.omnichannel.models import Channel, Delivery, Envelope, Thread, ThreadMessage
from apps.omnichannel.registry import adapter_class
from apps.tickets.models import Message
from apps.tickets.states import Direction

SHOWN = 20


def balance() -> dict[str, Any]:
    """All numbers of one moment; `is_balanced` is the verdict and `differences` says where to look."""
    with _one_moment():
        received, to_send = _received(), _to_send()
        gaps, silent = _threads_with_gaps(), _processed_without_a_word()
    differences = [*_difference("received", received), *_difference("to_send", to_send)]
    differences += [f"{len(gaps)} threads whose numbers have gaps"] if gaps else []
    differences += [f"{len(silent)} envelopes processed without message or reason"] if silent else []
    return {
        "at": clock.now().isoformat(),
        "is_balanced": not differences,
        "differences": differences,
        "received": received,
        "to_send": to_send,
        "threads_with_gaps": gaps[:SHOWN],
        "processed_without_a_word": silent[:SHOWN],
    }


def waiting() -> dict[str, Any]:
    """What is still on its way: by public id, with the moment somebody looks again; empty lists when all is quiet."""
    envelopes = Envelope.objects.filter(state=Envelope.State.WAITING).select_related("channel")
    deliveries = Delivery.objects.owed().select_related("channel")  # type: ignore[attr-defined]
    return {
        "envelopes": [_line(row) for row in envelopes[:SHOWN]],
        "deliveries": [_line(row) for row in deliveries[:SHOWN]],
        "count": envelopes.count() + deliveries.count(),
    }


def is_even(left: int, right: Mapping[str, int]) -> bool:
    return left == sum(right.values())


def _received() -> dict[str, Any]:
    counted = Channel.objects.aggregate(n=Coalesce(Sum("received_count"), 0))["n"]
    return {"received": counted, **_by_state(Envelope)}


def _to_send() -> dict[str, Any]:
    """One debt for each answer of ours that stands in a thread whose reader is elsewhere, and one for each that
    found no thread at all: that debt is dead from the beginning, but it is written down. What was said in person is
    owed to nobody."""
    kinds = Channel.objects.order_by().values_list("kind", flat=True).distinct()
    elsewhere = [kind for kind in kinds if not adapter_class(kind).is_resident]
    numbered = ThreadMessage.objects.filter(message__direction=Direction.OUT, thread__channel__kind__in=elsewhere)
    doorless = Message.objects.filter(direction=Direction.OUT, entries=None).exclude(details__has_key="said_elsewhere")
    return {"to_send": numbered.count() + doorless.count(), **_by_state(Delivery)}


def _by_state(model: Any) -> dict[str, int]:
    found = dict(model.objects.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: found.get(state, 0) for state in model.State.values}


def _difference(name: str, numbers: dict[str, Any]) -> list[str]:
    left, right = numbers[name], {key: n for key, n in numbers.items() if key != name}
    return [] if is_even(left, right) else [f"{name}: {left} against {sum(right.values())}"]


def _threads_with_gaps() -> list[dict[str, int]]:
    """Numbers run from 1 to the last one without a gap (R-17)."""
    rows = Thread.objects.annotate(n=Count("entries"), top=Coalesce(Max("entries__sequence"), 0))
    wrong = rows.filter(~Q(n=F("last_sequence")) | ~Q(top=F("last_sequence")))
    return list(wrong.order_by("pk").values("id", "last_sequence", "n", "top"))


def _processed_without_a_word() -> list[str]:
    rows = Envelope.objects.filter(state=Envelope.State.PROCESSED, message=None, reason="")
    return list(rows.values_list("public_id", flat=True))


def _line(row: Envelope | Delivery) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "channel": row.channel.slug if row.channel else None,
        "attempts": row.attempts,
        "next_at": row.next_at.isoformat() if row.next_at else None,
    }


@contextmanager
def _one_moment() -> Any:
    """All counts from one picture of the database, so that traffic in between is not taken for a loss."""
    begins = not connection.in_atomic_block
    with transaction.atomic():
        if begins and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
