"""What a visitor does at the window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from apps.core import clock, crypto, limits, live
from apps.core.errors import Invalid
from apps.omnichannel import services as omnichannel
from apps.omnichannel.models import Channel, Thread
from apps.omnichannel.ports import InboundMessage, Sender
from apps.omnichannel.webchat.models import Block, Visitor
from apps.omnichannel.webchat.transcript import conversation_name, payload
from apps.people.services import introduce
from apps.tickets.files import NewFile, keep
from apps.tickets.models import Attachment

BYTES_A_CHAT = 50_000_000
FILES_AN_HOUR = 60  # from one address
HOUR = 3600


@dataclass(frozen=True)
class Written:
    """The place a message was given. `thread` is for the bells, not for the browser."""

    conversation: str
    thread: Thread
    message: dict[str, Any]
    is_new: bool


def find_visitor(channel: Channel, token: str) -> Visitor | None:
    return Visitor.objects.filter(channel=channel, token_digest=crypto.digest(token)).first()


def write(
    channel: Channel,
    *,
    token: str,
    text: str,
    client_id: str,
    address: str,
    language: str = "",
    name: str = "",
    email: str = "",
    files: Sequence[NewFile] = (),
    visitor: Visitor | None = None,
    page: Mapping[str, str] | None = None,
) -> tuple[Visitor, Written]:
    """A message becomes part of the browser's one conversation; the same `client_id` again is answered with the
    first result (R-16). The first message makes the visitor: who only looks leaves no row.

    Raises Invalid, TooMany.
    """
    if not text.strip() and not files:
        raise Invalid("empty", _("Write something first."), field="text")
    visitor = (
        visitor
        or find_visitor(channel, token)
        or new_visitor(channel, token=token, address=address, language=language, page=page)
    )
    if visitor.blocked_at:
        raise Invalid("blocked", _("We cannot go on through this channel."))
    contact = _leave_contact(visitor, name, email)
    kept = keep(_within_space(visitor, files, address)) if files else []
    inbound = InboundMessage(
        sender=Sender(
            kind="webchat",
            handle=visitor.public_id,
            name=visitor.name,
            person_id=visitor.person_id,
            is_verified=visitor.person_id is not None,
        ),
        text=text.strip(),
        subject=text.strip() or ", ".join(file.name for file in kept),
        thread_key=visitor.public_id,
        language=language,
        client_id=client_id,
        details={"contact": contact} if contact else {},
    )
    received = omnichannel.receive(channel, inbound, files=kept)
    if "name" in contact:
        introduce(received.thread.person, name=visitor.name)
    attachments = received.message.attachments.all() if files or not received.is_new else ()  # type: ignore[attr-defined]
    return visitor, Written(
        conversation=conversation_name(received.thread.pk),
        thread=received.thread,
        message=payload(received.message, received.sequence, client_id, channel.key, files=attachments),
        is_new=received.is_new,
    )


def new_visitor(
    channel: Channel, *, token: str, address: str, language: str, page: Mapping[str, str] | None = None
) -> Visitor:
    """Raises TooMany when this address has begun its share of chats, Invalid when nobody may begin one from there."""
    source = source_of(channel, address)
    if is_blocked(channel, Block.Kind.SOURCE, source):
        raise Invalid("blocked", _("We cannot go on through this channel."))
    limits.allow("webchat.start", address, limit=settings.ACUDO_CHATS_AN_HOUR, seconds=HOUR)
    row, _made = Visitor.objects.get_or_create(
        token_digest=crypto.digest(token),
        defaults={"channel": channel, "language": language, "source": source, **(page or {})},
    )
    return row


def source_of(channel: Channel, address: str) -> str:
    """A network address as we keep it: good for finding it again at this channel, and for nothing else."""
    return crypto.sign("webchat.source", channel.pk, address)


@transaction.atomic
def block(visitor: Visitor, thread: Thread, *, hours_for_network: int = 0) -> None:
    """No word of this browser is taken any more; its open windows hear it at once. A second time changes nothing.

    Whom the site proves is blocked in every browser. `hours_for_network`: nobody begins a chat from the same address
    for so long; who is talking already goes on, for many people may share one. A typed e-mail blocks nobody: anybody
    could have typed it.
    """
    Visitor.objects.filter(pk=visitor.pk, blocked_at=None).update(blocked_at=clock.now())
    if visitor.person_id:
        _write_block(visitor, Block.Kind.PERSON, str(visitor.person_id), None)
    if hours_for_network and visitor.source:
        _write_block(visitor, Block.Kind.SOURCE, visitor.source, clock.now() + timedelta(hours=hours_for_network))
    live.tell(f"visitor.{thread.pk}", {"type": "visitor.blocked", "thread": thread.pk})


@transaction.atomic
def unblock(visitor: Visitor) -> None:
    Visitor.objects.filter(pk=visitor.pk).update(blocked_at=None)
    marks = [visitor.source, str(visitor.person_id or "")]
    Block.objects.filter(channel_id=visitor.channel_id, mark__in=[mark for mark in marks if mark]).delete()


def is_blocked(channel: Channel, kind: str, mark: str) -> bool:
    rows = Block.objects.filter(Q(until=None) | Q(until__gt=clock.now()), channel=channel, kind=kind, mark=mark)
    return rows.exists()


def forget_blocks() -> int:
    """Those whose hours are over. Says how many."""
    return Block.objects.filter(until__lte=clock.now()).delete()[0]


def _write_block(visitor: Visitor, kind: str, mark: str, until: datetime | None) -> None:
    names = {"channel_id": visitor.channel_id, "kind": kind, "mark": mark}
    Block.objects.update_or_create(**names, defaults={"until": until})


def mark_read(thread: Thread, *, sequence: int) -> None:
    """The visitor has seen the thread up to a number; never goes back, never beyond what was written."""
    with transaction.atomic():
        behind = Thread.objects.filter(pk=thread.pk, read_sequence__lt=sequence, last_sequence__gte=sequence)
        if behind.update(read_sequence=sequence):
            live.tell(*desk_bell(thread, "thread.read", sequence=sequence))


def desk_bell(thread: Thread, kind: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """Topic and message for those who look at the ticket: "thread.read", or "here", as of a colleague who writes."""
    ticket = thread.ticket
    ids = {"id": ticket.pk, "ticket": ticket.public_id, "office": ticket.office_id}
    return f"ticket.{ticket.pk}", {"type": f"ticket.{kind}", "t": kind, **ids, **more}


def _leave_contact(visitor: Visitor, name: str, email: str) -> dict[str, str]:
    """Keep what the visitor says about itself; what was new is returned, for the agent to read beside the message.

    It never becomes an identity: an address that anybody can type must not lead to that person's record (S-50).
    """
    said = (("name", name.strip()), ("email", email.strip()))
    changes = {key: value for key, value in said if value and getattr(visitor, key) != value}
    if changes:
        Visitor.objects.filter(pk=visitor.pk).update(**changes, seen_at=clock.now())
        for key, value in changes.items():
            setattr(visitor, key, value)
    return changes


def _within_space(visitor: Visitor, files: Sequence[NewFile], address: str) -> Sequence[NewFile]:
    """Raises Invalid or TooMany when this chat or this address has sent its share (S-22)."""
    for _file in files:
        limits.allow("webchat.file", address, limit=FILES_AN_HOUR, seconds=HOUR)
    sent = (
        Attachment.objects.filter(message__entries__thread__key=visitor.public_id).aggregate(bytes=Sum("size"))["bytes"]
        or 0
    )
    if sent + sum(_size(file) for file in files) > BYTES_A_CHAT:
        raise Invalid("no_room", _("This conversation cannot take more files."), field="files")
    return files


def _size(file: NewFile) -> int:
    return len(file.content) if isinstance(file.content, bytes) else file.content.size
