"""What open browsers must be told: that a ticket changed, never how. They fetch what they may see."""

from apps.activity.bus import Actor
from apps.core import live
from apps.omnichannel.events import DeliveryGivenUp, MessageDelivered
from apps.tickets.events import OfficeChanged, TicketEvent


def tell_desks(event: TicketEvent | MessageDelivered | DeliveryGivenUp, actor: Actor) -> None:
    """Those who look at the ticket, and the lists of its office."""
    signal = {"type": "ticket.changed", "t": "ticket.changed", "id": event.ticket_id, "office": event.office_id}
    live.tell(f"ticket.{event.ticket_id}", signal)
    live.tell(f"office.{event.office_id}", signal | {"type": "list.changed", "t": "list.changed"})


def tell_office_left(event: OfficeChanged, actor: Actor) -> None:
    """Its row leaves the lists of the office it came from."""
    signal = {"type": "list.changed", "t": "list.changed", "id": event.ticket_id, "office": event.old}
    live.tell(f"office.{event.old}", signal)
