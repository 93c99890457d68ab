"""What a kind of door knows about whoever stands at it, for the column beside a ticket."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.module_loading import import_string

from apps.accounts.viewers import Viewer
from apps.omnichannel import registry
from apps.omnichannel.models import Channel
from apps.tickets.models import Ticket


@dataclass(frozen=True)
class Piece:
    """A template of the door's own and what it shows."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


def piece_for(ticket: Ticket, viewer: Viewer) -> Piece | None:
    """None where the door a ticket came by has nothing to add. Doors without such a piece cost no query."""
    path = registry.beside(ticket.via)
    return import_string(path)(ticket, viewer) if path else None  # type: ignore[no-any-return]


def piece_above(ticket: Ticket, viewer: Viewer) -> Piece | None:
    """What the conversation stands below (a post, say), to be shown at its top; None for doors without such a thing."""
    path = registry.above(ticket.via)
    return import_string(path)(ticket, viewer) if path else None  # type: ignore[no-any-return]


def card_of(channel: Channel) -> Piece | None:
    """How a configured door stands, for whoever manages it."""
    path = registry.card(channel.kind)
    return import_string(path)(channel) if path and channel.pk else None  # type: ignore[no-any-return]
