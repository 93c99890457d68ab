"""How things stand for one window: the desk's state, how far we have read, whether the survey is open."""

from apps.omnichannel.models import Channel
from apps.omnichannel.webchat.desk import Desk, desk_for
from apps.omnichannel.webchat.models import Visitor
from apps.omnichannel.webchat.transcript import Transcript
from apps.surveys.services import may_be_answered


def desk_now(channel: Channel, transcript: Transcript, visitor: Visitor | None) -> Desk:
    return desk_for(channel, ticket=transcript.ticket, visitor=visitor)


def desk_message(
    channel: Channel, transcript: Transcript, visitor: Visitor | None, *, seen: int = 0
) -> dict[str, object]:
    """As browsers get it, in the active language."""
    desk = desk_now(channel, transcript, visitor)
    return desk.as_message(seen=seen, may_be_rated=may_be_rated(desk, transcript))


def may_be_rated(desk: Desk, transcript: Transcript) -> bool:
    ticket = transcript.ticket
    return desk.state == "ended" and ticket is not None and may_be_answered(ticket.pk, via="webchat")
