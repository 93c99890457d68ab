"""Whoever sits at a window is looked at once a minute: did they leave something unread, fall silent, are they left
alone by a colleague who is not there any more?
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from apps.activity.bus import SYSTEM
from apps.core import clock, live
from apps.hours.models import Presence
from apps.omnichannel.models import Channel, Delivery, Thread
from apps.omnichannel.services.also import owe_also
from apps.omnichannel.webchat.forms import USUAL_IDLE_MINUTES
from apps.omnichannel.webchat.models import LOOK_EVERY, Visitor
from apps.tickets import services as tickets
from apps.tickets.models import Message, Ticket
from apps.tickets.states import ENDED, Direction, Status

AT_ONCE = 500
FRESH = timedelta(days=1)  # what was written longer ago is not mailed out of the blue
CLOSE_AFTER = timedelta(minutes=5)  # between the question and the end (2.2.1); one press begins anew, without limit
# A colleague who went away, or gave no sign of life, while somebody waits for their word.
AWAY_FOR, SILENT_FOR = timedelta(minutes=1), timedelta(minutes=5)


@dataclass(frozen=True)
class Silence:
    """It is the person's turn. `ask_at`: when the window asks whether they are there; `end_at`: when it ends."""

    ask_at: datetime
    end_at: datetime


def silence(channel: Channel, ticket: Ticket, visitor: Visitor) -> Silence | None:
    """None while it is our turn, nothing goes on, or answers go by mail anyway."""
    minutes = channel.settings.get("idle_minutes", USUAL_IDLE_MINUTES)
    if not minutes or ticket.status != Status.OPEN or ticket.last_direction != Direction.OUT or visitor.wants_mail:
        return None
    since = max(ticket.last_message_at, visitor.stayed_at or ticket.last_message_at)
    ask_at = since + timedelta(minutes=int(minutes))
    return Silence(ask_at, ask_at + CLOSE_AFTER)


def stay(visitor: Visitor, thread: Thread | None) -> None:
    """They are still there: the silence is counted from now. Their other windows hear it."""
    visitor.stayed_at = clock.now()
    Visitor.objects.filter(pk=visitor.pk).update(stayed_at=visitor.stayed_at, seen_at=visitor.stayed_at)
    if thread:
        live.tell(f"visitor.{thread.pk}", {"type": "visitor.stayed", "thread": thread.pk})


def due() -> list[int]:
    """The visitors that must be looked at now."""
    rows = Visitor.objects.filter(look_at__lte=clock.now()).order_by("look_at")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def look(visitor_id: int) -> None:
    """What follows is written with the mark that somebody looked: a second run finds nothing due."""
    now = clock.now()
    if not Visitor.objects.filter(pk=visitor_id, look_at__lte=now).update(look_at=now + LOOK_EVERY):
        return
    visitor = Visitor.objects.select_related("channel").get(pk=visitor_id)
    thread = (
        Thread.objects.current()  # type: ignore[attr-defined]
        .filter(channel_id=visitor.channel_id, key=visitor.public_id, channel__is_active=True)
        .select_related("ticket__office", "ticket__assignee")
        .first()
    )
    goes_on = thread is not None and _look_at(visitor, thread, now)
    is_here = visitor.is_here(now)
    if not is_here and not goes_on:
        gone = {"look_at": None, "left_at": visitor.left_at or visitor.seen_at}
        Visitor.objects.filter(pk=visitor.pk).update(**gone)


def _look_at(visitor: Visitor, thread: Thread, now: datetime) -> bool:
    """Says whether it is worth looking again when nobody sits there any more."""
    ticket, is_here = thread.ticket, visitor.is_here(now)
    if not is_here and visitor.email:
        _mail_unread(visitor, thread)
        return False
    if ticket.status in ENDED:
        return False
    if _is_left_alone(ticket, now):
        tickets.assign(ticket, to=None, actor=SYSTEM)
    pause = silence(visitor.channel, ticket, visitor)
    if pause and now >= pause.end_at:
        _end(ticket, visitor)
        return False
    return pause is not None


def _mail_unread(visitor: Visitor, thread: Thread) -> None:
    """What we answered while they sat there and they left without reading: each once, from the ticket's mailbox."""
    sent = Delivery.objects.filter(message_id=OuterRef("pk"), role=Delivery.Role.TO)
    unread = Message.objects.filter(
        ~Exists(sent),
        entries__thread=thread,
        entries__sequence__gt=thread.read_sequence,
        direction=Direction.OUT,
        is_automatic=False,
        written_at__gt=clock.now() - FRESH,
    )
    for message in unread.select_related("ticket__office").order_by("pk"):
        owe_also(message, thread, address=visitor.email)


def _is_left_alone(ticket: Ticket, now: datetime) -> bool:
    """Somebody waits for the word of a colleague who is not there. One query, and only while somebody waits."""
    if ticket.assignee_id is None or ticket.last_direction != Direction.IN:
        return False
    absent = Q(state=Presence.State.AWAY, since__lt=now - AWAY_FOR) | Q(seen_at__lt=now - SILENT_FOR)
    return Presence.objects.filter(absent, user_id=ticket.assignee_id).exists()


def _end(ticket: Ticket, visitor: Visitor) -> None:
    """With a word, and so that writing again takes it up again."""
    held = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if (held.status, held.last_message_at) != (ticket.status, ticket.last_message_at):
        return
    with translation.override(visitor.language or ticket.language or None):
        word = _("This chat has ended because nobody wrote for a while. You can go on here whenever you like.")
    tickets.reply(held, author=None, text=word, is_automatic=True)
    tickets.change_status(held, to=Status.SOLVED, actor=SYSTEM)
