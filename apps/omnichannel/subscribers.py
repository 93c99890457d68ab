"""A public message of ours was written: it is owed to the person. It will not arrive: whoever wrote it is told."""

from django.urls import reverse

from apps.activity.bus import Actor
from apps.notifications.services import notify
from apps.omnichannel import services
from apps.omnichannel.events import DeliveryGivenUp
from apps.tickets import at_hand
from apps.tickets.events import MessageWritten
from apps.tickets.models import Message
from apps.tickets.states import Direction


def owe_reply(event: MessageWritten, actor: Actor) -> None:
    if event.direction == Direction.OUT:
        message = at_hand.message(event.message_id)
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
