"""Who wrote first is told that it arrived."""

from apps.activity.bus import Actor
from apps.automation import services
from apps.omnichannel.events import MessageDelivered, ThreadBegun
from apps.omnichannel.registry import adapter_class
from apps.omnichannel.services import door_for, ways_for
from apps.tickets import at_hand
from apps.tickets.events import MessageWritten

# Chat answers at once by nature; there a robot speaks only outside hours.
LIVE = {"webchat"}
# Requests that reach a ticket without passing a thread.
DIRECT = {"portal"}


def acknowledge_conversation(event: ThreadBegun, actor: Actor) -> None:
    if event.may_be_answered:
        _acknowledge(event.ticket_id)


def acknowledge_request(event: MessageWritten, actor: Actor) -> None:
    if event.is_first and event.via in DIRECT:
        _acknowledge(event.ticket_id)


def tag_answered(event: MessageDelivered, actor: Actor) -> None:
    """What was left while we were closed is marked once the answer has left (000-17)."""
    message = at_hand.message(event.message_id)
    if not message.is_automatic and message.ticket.is_outside_hours:
        services.mark_answered(message.ticket)


def _acknowledge(ticket_id: int) -> None:
    ticket = at_hand.ticket(ticket_id)
    if ticket.via in LIVE and not ticket.is_outside_hours:
        return
    if ticket.linked_to_id and ticket.link_reason == "unverified":
        return
    door = door_for(ticket)
    ways = ways_for(ticket, door)
    if ways and (ways[0].is_public or not ways[0].is_open):
        return  # no robot of ours speaks where everybody reads it, nor through a door that has shut
    if door.channel is not None:
        recipient = door.recipient or f"{ticket.via}:{ticket.requester_id}"
        greets_once = getattr(adapter_class(door.channel.kind), "greets_once", False)
        if not (greets_once and services.has_greeted(ticket.office, recipient)):
            services.acknowledge(ticket, recipient=recipient, channel=door.channel)
