"""What can be found of a ticket: its subject and number as part 0, and each message as a part of its own."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from apps.activity.bus import Actor
from apps.search import services as search
from apps.search.models import Visibility
from apps.tickets import at_hand
from apps.tickets.events import MessageWritten, SubjectChanged
from apps.tickets.models import Message, Ticket
from apps.tickets.states import Direction

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer

KIND = "ticket"


def index_message(event: MessageWritten, actor: Actor) -> None:
    """Two queries a message on PostgreSQL, one more for the first of a ticket. What the desk says by itself is not
    kept: everybody gets the same words."""
    if event.is_automatic and event.direction == Direction.OUT:
        return
    message = at_hand.message(event.message_id)
    if event.is_first:
        _index_ticket(message.ticket)
    _index_message(message)


def index_subject(event: SubjectChanged, actor: Actor) -> None:
    _index_ticket(at_hand.ticket(event.ticket_id))


def find(query: str, viewer: "Viewer", *, is_typing: bool = False, limit: int = 200) -> list[int]:
    """Ids of tickets, best first; a number read out leads when its ticket may be seen."""
    languages = ("es", "en", "it", "pt")
    hits = search.search(query, viewer, kind=KIND, languages=languages, is_typing=is_typing, limit=limit)
    found = [hit.object_id for hit in hits]
    number = Ticket.pk_from_reference(query)
    if number and Ticket.objects.visible_to(viewer).filter(pk=number).exists():
        return [number, *(pk for pk in found if pk != number)]
    return found


def index_again(tickets: Iterable[Ticket]) -> int:
    """Write all parts of these tickets anew, say after the analyzer changed. The number of messages."""
    count = 0
    for ticket in tickets:
        _index_ticket(ticket)
        for message in _messages().filter(ticket=ticket).exclude(direction=Direction.OUT, is_automatic=True):
            _index_message(message)
            count += 1
    return count


def _messages() -> QuerySet[Message]:
    return Message.objects.select_related("ticket__office", "ticket__requester")


def _index_ticket(ticket: Ticket) -> None:
    search.index(
        **_place(ticket),
        title=ticket.subject,
        keywords=[ticket.reference, ticket.requester.full_name],
        visibility=Visibility.OWNER,
    )


def _index_message(message: Message) -> None:
    ticket = message.ticket
    search.index(
        **_place(ticket),
        part=message.pk,
        title=ticket.subject,
        body=message.text,
        visibility=Visibility.STAFF if message.direction == Direction.NOTE else Visibility.OWNER,
    )


def _place(ticket: Ticket) -> dict[str, Any]:
    return {
        "kind": KIND,
        "object_id": ticket.pk,
        "office_id": ticket.office_id,
        "body_id": ticket.office.body_id,
        "owner_id": ticket.requester_id,
        "language": ticket.language or ticket.office.default_language,
    }
