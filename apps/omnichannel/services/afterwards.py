"""What is told about words that stand already: changed, taken back, reacted to, read; or said by us elsewhere."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from apps.core import rows
from apps.core.transactions import whole
from apps.omnichannel.models import Channel, Delivery, Thread
from apps.omnichannel.ports import Afterwards, HowFar, SaidElsewhere
from apps.omnichannel.registry import adapter_class
from apps.omnichannel.services.outcomes import confirm, report
from apps.omnichannel.services.receive import number, said_before, thread_with
from apps.tickets import services as tickets
from apps.tickets.models import Message
from apps.tickets.states import Status

SKEW = timedelta(seconds=2)  # between their clock and ours


@whole()
def follow(channel: Channel, heard: SaidElsewhere | Afterwards | HowFar, *, at: datetime) -> bool:
    """False when what it is about has not come (yet). Twice is the same as once."""
    if isinstance(heard, HowFar):
        return _how_far(channel, heard)
    if isinstance(heard, SaidElsewhere):
        return _said_elsewhere(channel, heard, at)
    message = message_named(channel, heard.external_id)
    if message is None:
        return False
    if heard.what == "reaction":
        tickets.react(message, by=heard.by, emoji=heard.emoji)
    elif heard.what == "reaction_removed":
        tickets.react(message, by=heard.by, emoji="")
    else:
        tickets.amend(message, what=heard.what, text=heard.text, order=heard.order, at=at, actor=message.author_person)
    return True


def message_named(channel: Channel, external_id: str) -> Message | None:
    """Theirs or ours, by the name the provider has for it."""
    if not external_id:
        return None
    entry = said_before(channel, external_id)
    if entry:
        return entry.message
    delivery = Delivery.objects.filter(channel=channel, provider_id=external_id).order_by("pk").first()
    if delivery is None:
        return None
    return Message.objects.select_related("ticket__office", "ticket__requester").get(pk=delivery.message_id)


def _how_far(channel: Channel, heard: HowFar) -> bool:
    """All that left before that moment; what is not owed any more but never went is left alone."""
    if not getattr(adapter_class(channel.kind), "tells_progress", False):
        return True
    until = heard.until + SKEW
    reached = Delivery.objects.filter(
        Q(tries__began_at__lte=until) | Q(tries=None, sent_at__lte=until),
        channel=channel,
        recipient=heard.recipient,
        state=Delivery.State.SENT,
    ).exclude(outcome=heard.outcome)
    for delivery in reached.distinct().order_by("pk"):
        report(delivery, heard.outcome)
    return True


def _said_elsewhere(channel: Channel, heard: SaidElsewhere, at: datetime) -> bool:
    if heard.mark and confirm(channel, mark=heard.mark, provider_id=heard.external_id):
        return True  # our own words, coming back
    if message_named(channel, heard.external_id):
        return True
    thread = _its_thread(channel, heard)
    if thread is None:
        return False
    if _may_be_on_its_way(thread, heard.text):
        return False  # we have not been told yet under which name it was taken
    if thread.ticket.status == Status.CLOSED:
        return True
    message = tickets.note_said_elsewhere(
        thread.ticket,
        text=heard.text,
        via=channel.kind,
        claimed_at=heard.claimed_at,
        details=dict(heard.details),
        at=at,
    )
    thread.channel = channel
    number(thread, message, external_id=heard.external_id[:250])
    _as_delivered(thread, message, heard, at)
    return True


def _as_delivered(thread: Thread, message: Message, heard: SaidElsewhere, at: datetime) -> None:
    """It has left: what was said in a thread and what went through it stay even (R-27)."""
    rows.insert(
        Delivery(
            message=message,
            thread=thread,
            channel=thread.channel,
            recipient=thread.recipient,
            external_id=heard.external_id[:250],
            provider_id=heard.external_id[:250],
            state=Delivery.State.SENT,
            next_at=None,
            sent_at=at,
        )
    )


def _its_thread(channel: Channel, heard: SaidElsewhere) -> Thread | None:
    current: Any = Thread.objects.current().filter(channel=channel).select_related("ticket__office", "person")  # type: ignore[attr-defined]
    named = current.filter(key=heard.thread_key).first() if heard.thread_key else None
    return named or thread_with(channel, heard.answers)


def _may_be_on_its_way(thread: Thread, text: str) -> bool:
    open_ones = Delivery.objects.filter(
        thread=thread, attempts__gt=0, state__in=(Delivery.State.WAITING, Delivery.State.UNCERTAIN)
    )
    return open_ones.filter(message__text__startswith=text[:200]).exists()
