"""A public message of ours was written: it is owed to the person."""

from apps.activity.bus import Actor
from apps.omnichannel import services
from apps.tickets import at_hand
from apps.tickets.events import MessageWritten
from apps.tickets.states import Direction


def owe_reply(event: MessageWritten, actor: Actor) -> None:
    if event.direction == Direction.OUT:
        message = at_hand.message(event.message_id)
        message.owed = services.owe(message)  # type: ignore[attr-defined]  # who wrote it may say how long it waits
