"""How things stand for one window: the desk's state, how far we have read, whether the survey is open."""

from django.utils.translation import gettext as _

from apps.omnichannel.models import Channel, Thread
from apps.omnichannel.webchat.desk import Desk, desk_for
from apps.omnichannel.webchat.models import Visitor
from apps.omnichannel.webchat.transcript import Transcript
from apps.surveys.services import may_be_answered

NOT_TALKING = ("ended", "blocked")


def desk_now(channel: Channel, transcript: Transcript, visitor: Visitor | None) -> Desk:
    desk = desk_for(channel, ticket=transcript.ticket, visitor=visitor)
    if desk.state in NOT_TALKING or not _is_with_program(transcript.thread):
        return desk
    return Desk("open", _("A program is answering here. Write “person” to talk to one of us."), desk.seconds)


def _is_with_program(thread: Thread | None) -> bool:
    """Asked again as long as it was so: an open window keeps the thread it began with."""
    if thread is None or not thread.is_with_program:
        return False
    thread.is_with_program = Thread.objects.filter(pk=thread.pk, is_with_program=True).exists()
    return thread.is_with_program


def desk_message(
    channel: Channel, transcript: Transcript, visitor: Visitor | None, *, seen: int = 0
) -> dict[str, object]:
    """As browsers get it, in the active language."""
    desk = desk_now(channel, transcript, visitor)
    return desk.as_message(seen=seen, may_be_rated=may_be_rated(desk, transcript))


def may_be_rated(desk: Desk, transcript: Transcript) -> bool:
    ticket = transcript.ticket
    return desk.state == "ended" and ticket is not None and may_be_answered(ticket.pk, via="webchat")
