"""A public message of ours was written: it is owed to the person. It will not arrive: whoever wrote it is told. A
ticket was merged or split: its conversations follow."""

from django.urls import reverse

from apps.activity.bus import Actor
from apps.notifications.services import notify
from apps.omnichannel import services
from apps.omnichannel.events import DeliveryGivenUp
from apps.omnichannel.models import Thread, ThreadMessage
from apps.omnichannel.registry import adapter_class
from apps.omnichannel.services.doors import thread_on
from apps.omnichannel.services.receive import number
from apps.tickets import at_hand
from apps.tickets.events import MergeUndone, MessageWritten, TicketMerged, TicketSplit
from apps.tickets.models import Merge, Message, Ticket
from apps.tickets.services import add_moved, bring_over
from apps.tickets.states import Direction


def owe_reply(event: MessageWritten, actor: Actor) -> None:
    if event.direction == Direction.OUT:
        message = at_hand.message(event.message_id)
        if message.details.get("said_elsewhere"):
            return  # it has left already: by another tool, or by word of mouth
        message.owed = services.owe(message)  # type: ignore[attr-defined]  # who wrote it may say how long it waits


def tell_writer(event: DeliveryGivenUp, actor: Actor) -> None:
    """By the bell and by mail, for the failure may come a day after the answer."""
    message = Message.objects.select_related("author_user", "ticket").get(pk=event.message_id)
    if message.author_user is None or message.is_automatic:
        return
    notify(
        [message.author_user],
        kind="undelivered",
        office_id=event.office_id,
        url=reverse("inbox:ticket", args=[message.ticket.public_id]),
        by_mail=True,
        reference=message.ticket.reference,
        subject=message.ticket.subject,
        recipient=event.recipient,
    )


def follow_merge(event: TicketMerged, actor: Actor) -> None:
    """What comes in by the conversations of the merged ticket goes to the one kept; those of another person stay."""
    merge = Merge.objects.get(pk=event.merge_id)
    if not merge.words_stay:
        threads = list(Thread.objects.filter(ticket_id=event.ticket_id).values_list("pk", flat=True))
        Thread.objects.filter(pk__in=threads).update(ticket_id=event.kept_id)
        add_moved(merge.pk, "threads", threads)


def follow_undone_merge(event: MergeUndone, actor: Actor) -> None:
    """The conversations go back, and with them what was said in them since."""
    if event.is_kept:
        return
    merge = Merge.objects.get(pk=event.merge_id)
    threads = merge.moved.get("threads", [])
    Thread.objects.filter(pk__in=threads).update(ticket_id=event.ticket_id)
    since = Message.objects.filter(ticket_id=merge.kept_id, entries__thread__in=threads).values_list("pk", flat=True)
    bring_over(since, to=merge.merged)


def follow_split(event: TicketSplit, actor: Actor) -> None:
    """The new ticket has a conversation of its own by the door that was used, beginning with the words that left.

    The old one keeps its numbers (R-17). At a resident door the person goes on where they are.
    """
    new = Ticket.objects.select_related("office", "requester").get(pk=event.new_id)
    entries = ThreadMessage.objects.filter(message__ticket=new, thread__person=new.requester)
    used = Thread.objects.filter(entries__in=entries, channel__is_active=True).select_related("channel__office")
    here = used.order_by("-pk").first()
    if here is None or adapter_class(here.channel.kind).is_resident:
        return
    thread = thread_on(here.channel, new, new.requester, recipient=here.recipient, role=Thread.Role.TO)
    for entry in entries.filter(thread__channel=here.channel).select_related("message").order_by("message_id"):
        number(thread, entry.message, external_id=entry.external_id)
