"""Undo send: what has not begun to leave is taken back, whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Conflict
from apps.core.transactions import whole
from apps.omnichannel.models import Delivery, Thread, ThreadMessage
from apps.tickets import services as tickets
from apps.tickets.files import KeptFile
from apps.tickets.models import Message
from apps.tickets.services.row import locked

State, Role = Delivery.State, Delivery.Role


class NotUndoable(Conflict):
    """It has begun to leave, or there was nothing to wait for."""

    def __init__(self) -> None:
        super().__init__("too_late", _("Too late: it has been sent."))


@dataclass(frozen=True)
class TakenBack:
    """What was written, for the box it came from."""

    text: str
    files: Sequence[KeptFile]
    recipient: str
    channel_id: int | None
    cc: Sequence[str]
    bcc: Sequence[str]


@whole()
def undo_send(message: Message, *, actor: object) -> TakenBack:
    """Take an answer back while every mail of it still waits its time. The rows are held while we look: a worker that
    has begun one of them has committed that, and one that begins finds them gone. Raises NotUndoable."""
    ticket = message.ticket
    locked(ticket)
    rows = list(Delivery.objects.select_for_update().filter(message=message).order_by("pk"))
    owed = [row for row in rows if row.role != Role.NOTICE]
    if not owed or not all(can_undo(row) for row in owed):
        raise NotUndoable
    main = next((row for row in owed if row.role == Role.TO), owed[0])
    taken = TakenBack(
        text=message.text,
        files=[
            KeptFile(file.file.name, file.name, file.content_type, file.size, file.content_id, file.is_inline)
            for file in message.attachments.all()  # type: ignore[attr-defined]
        ],
        recipient=main.recipient,
        channel_id=main.channel_id,
        cc=[row.recipient for row in owed if row.role == Role.CC],
        bcc=[row.recipient for row in owed if row.role == Role.BCC],
    )
    _close_ranks(message)
    tickets.take_back(message, actor=actor)
    return taken


def can_undo(delivery: Delivery) -> bool:
    """It waits for its time and nobody has touched it."""
    return (
        delivery.state == State.WAITING
        and delivery.attempts == 0
        and not delivery.is_automatic
        and delivery.next_at is not None
        and delivery.next_at > clock.now()
    )


def _close_ranks(message: Message) -> None:
    """Numbers of a thread have no gaps: those after the one taken back move up, one by one (R-17)."""
    for entry in ThreadMessage.objects.filter(message=message).select_related("thread"):
        later = ThreadMessage.objects.filter(thread=entry.thread, sequence__gt=entry.sequence).order_by("sequence")
        thread_id, number = entry.thread_id, entry.sequence
        entry.delete()
        for other in later:
            ThreadMessage.objects.filter(pk=other.pk).update(sequence=number)
            number += 1
        Thread.objects.filter(pk=thread_id).update(last_sequence=number - 1)
