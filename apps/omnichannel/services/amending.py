"""We change what stands at the provider: our own words, or whether everybody may go on reading theirs."""

import random
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Invalid
from apps.core.queue import nudge
from apps.core.transactions import whole
from apps.omnichannel.models import Amendment, Channel, Delivery, ThreadMessage
from apps.omnichannel.ports import ChangesAfterwards, DeliveryFailed
from apps.omnichannel.registry import adapter_class, adapter_for
from apps.tickets import services as tickets
from apps.tickets.models import Message
from apps.tickets.states import Direction

MOST_TRIES = 8
LEASE = timedelta(minutes=2)
FIRST_PAUSE = 10.0  # seconds; doubled at each try


@whole()
def ask_amendment(message: Message, *, what: str, text: str = "", actor: Any) -> Amendment:
    """Wish for it: the row is what a worker does. Raises Invalid where it cannot be."""
    if what not in amendments_of(message):
        raise Invalid("not_amendable", _("That cannot be changed there."))
    if what == "edited" and not text.strip():
        raise Invalid("empty", _("Write something first."), field="text")
    found = _place(message)
    assert found is not None
    channel, name = found
    waiting = Amendment.objects.filter(message=message, what=what, text=text, state=Amendment.State.WAITING).first()
    if waiting:
        return waiting
    row = Amendment.objects.create(
        message=message, channel=channel, external_id=name, what=what, text=text, asked_by=actor
    )
    nudge("apps.omnichannel.tasks.amend", row.pk)
    return row


def amendments_of(message: Message) -> tuple[str, ...]:
    """What may be wished for: theirs can be hidden or deleted in public, ours changed as well."""
    details = message.details
    if not details.get("is_public") or "withdrawn_at" in details or message.direction == Direction.NOTE:
        return ()
    if _place(message) is None:
        return ()
    if message.direction == Direction.OUT:
        return ("edited", "withdrawn")
    return ("shown" if details.get("is_hidden") else "hidden", "withdrawn")


def amend(row_id: int) -> None:
    """One try. Safe to run twice: the row is leased before the network is touched, and the change is the same twice."""
    now = clock.now()
    row = Amendment.objects.filter(pk=row_id, state=Amendment.State.WAITING, next_at__lte=now).first()
    if row is None or not Amendment.objects.filter(pk=row.pk, next_at=row.next_at).update(
        next_at=now + LEASE, attempts=row.attempts + 1
    ):
        return
    row = Amendment.objects.select_related("channel__office", "message__ticket", "asked_by").get(pk=row_id)
    adapter = adapter_for(row.channel)
    assert isinstance(adapter, ChangesAfterwards)
    try:
        adapter.change(row.external_id, row.what, text=row.text)
    except DeliveryFailed as error:
        _not_done(row, error)
    else:
        _done(row)


def due_amendments() -> list[int]:
    rows = Amendment.objects.filter(next_at__lte=clock.now()).order_by("next_at")
    return list(rows.values_list("pk", flat=True)[:200])


@whole()
def _done(row: Amendment) -> None:
    Amendment.objects.filter(pk=row.pk).update(state=Amendment.State.DONE, next_at=None, error_text="")
    tickets.amend(row.message, what=row.what, text=row.text, actor=row.asked_by)


def _not_done(row: Amendment, error: DeliveryFailed) -> None:
    may_pass = error.kind in DeliveryFailed.PASSING or error.is_of_channel
    if may_pass and row.attempts < MOST_TRIES:
        pause = FIRST_PAUSE * 2 ** (row.attempts - 1) * random.uniform(0.8, 1.2)
        changes: dict[str, Any] = {"next_at": clock.now() + timedelta(seconds=max(pause, error.retry_after or 0))}
    else:
        changes = {"state": Amendment.State.FAILED, "next_at": None}
    Amendment.objects.filter(pk=row.pk).update(error_text=error.reason[:500], **changes)


def _place(message: Message) -> tuple[Channel, str] | None:
    """Where it stands and under which name; None for doors at which nothing can be changed."""
    if message.direction == Direction.OUT:
        delivery = Delivery.objects.filter(message=message).exclude(provider_id="").select_related("channel").first()
        found = (delivery.channel, delivery.provider_id) if delivery and delivery.channel else None
    else:
        entry = ThreadMessage.objects.filter(message=message).select_related("thread__channel").first()
        found = (entry.thread.channel, entry.external_id) if entry and entry.external_id else None
    return found if found and issubclass(adapter_class(found[0].kind), ChangesAfterwards) else None
