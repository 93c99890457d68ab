"""Who wrote first is told that it arrived; rules are told what happened."""

from apps.activity.bus import Actor
from apps.automation import rules, services
from apps.automation.models import Rule
from apps.omnichannel.events import MessageDelivered, ThreadBegun
from apps.omnichannel.registry import adapter_class
from apps.omnichannel.services import door_for, ways_for
from apps.tickets import at_hand
from apps.tickets.events import MessageWritten, StatusChanged, TagsChanged, TicketAssigned, TicketEvent
from apps.tickets.states import Direction

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


def tell_rules(event: TicketEvent, actor: Actor) -> None:
    """Rules do not answer rules, nor robots: what either does sets nothing off."""
    when = _waiting_for(event)
    if when is None or actor.kind == "rule" or not rules.is_waited_for(when):
        return
    rules.owe(event.ticket_id, when, message_id=getattr(event, "message_id", None))


def _waiting_for(event: TicketEvent) -> str | None:
    match event:
        case MessageWritten(is_automatic=True, is_first=False):
            return None
        case MessageWritten(is_first=True):
            return Rule.When.OPENED
        case MessageWritten(direction=Direction.IN):
            return Rule.When.PERSON_WROTE
        case MessageWritten(direction=Direction.OUT):
            return Rule.When.ANSWERED
        case StatusChanged():
            return Rule.When.STATUS
        case TicketAssigned():
            return Rule.When.ASSIGNED
        case TagsChanged():
            return Rule.When.TAGGED
    return None
