"""What a visitor may read: the public messages of the own thread, by number. Read from the database every time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, Max, OuterRef, Subquery
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from apps.core import crypto, rows
from apps.omnichannel.models import Thread, ThreadMessage
from apps.omnichannel.webchat.models import Visitor
from apps.tickets.models import Attachment, LastSeen, Message, Ticket
from apps.tickets.states import Direction

PAGE = 200
# What a browser may draw by itself. Never SVG: it can carry script.
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
FIELDS = (
    "sequence",
    "client_id",
    "message_id",
    "message__direction",
    "message__author_label",
    "message__text",
    "message__written_at",
    "message__is_automatic",
)
NEWS = rows.Read(
    """
    SELECT {message}, entry.sequence, entry.client_id, ticket.status,
        EXISTS (SELECT 1 FROM tickets_attachment file WHERE file.message_id = message.id)
    FROM omnichannel_threadmessage entry
    JOIN omnichannel_thread thread ON thread.id = entry.thread_id
    JOIN omnichannel_channel channel ON channel.id = thread.channel_id
    JOIN tickets_message message ON message.id = entry.message_id
    JOIN tickets_ticket ticket ON ticket.id = thread.ticket_id
    WHERE entry.thread_id = %s AND entry.sequence > %s AND thread.ended_at IS NULL AND channel.is_active
    ORDER BY entry.sequence LIMIT %s
    """,
    message=Message,
)


@dataclass(frozen=True)
class Transcript:
    """A stretch of a thread. `conversation` names the thread towards the browser; '' before the first message.

    `last` is the number of the newest message in the stretch, `total` of the newest there is.
    """

    conversation: str = ""
    thread: Thread | None = None
    last: int = 0
    total: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    has_more: bool = False

    @property
    def ticket(self) -> Ticket | None:
        return self.thread.ticket if self.thread else None

    def as_message(self) -> dict[str, Any]:
        return {
            "t": "messages",
            "conversation": self.conversation or None,
            "messages": self.messages,
            "more": self.has_more,
        }


def conversation_name(thread_id: int) -> str:
    return crypto.sign("webchat.conversation", thread_id)


def thread_of(visitor: Visitor) -> Thread | None:
    """The newest thread of this browser, also when it has ended; None when the channel was switched off."""
    return (
        Thread.objects.filter(channel_id=visitor.channel_id, key=visitor.public_id, channel__is_active=True)
        .select_related("ticket")
        .only(
            "key", "person", "channel", "last_sequence", "ended_at", "is_with_program",
            "ticket__public_id", "ticket__status", "ticket__assignee", "ticket__office", "ticket__opened_at",
            "ticket__last_message_at", "ticket__last_direction",
        )
        .order_by("-pk")
        .first()
    )  # fmt: skip


def read(visitor: Visitor, key: str, *, conversation: str = "", after: int = 0, limit: int = PAGE) -> Transcript:
    """What follows `after` in order, at most `limit`; from the beginning when `conversation` is not the current one.

    Two queries, three when files came along.
    """
    thread = thread_of(visitor)
    if thread is None:
        return Transcript()
    name = conversation_name(thread.pk)
    start = min(after, thread.last_sequence) if conversation == name else 0
    found = list(_rows(thread.pk).filter(sequence__gt=start).order_by("sequence")[: limit + 1])
    return _transcript(thread, name, found[:limit], key, has_more=len(found) > limit)


def read_last(visitor: Visitor, key: str, *, limit: int = PAGE) -> Transcript:
    """The end of the thread, for a page that is drawn anew; `has_more` means earlier messages."""
    thread = thread_of(visitor)
    if thread is None:
        return Transcript()
    found = list(_rows(thread.pk).order_by("-sequence")[: limit + 1])
    return _transcript(thread, conversation_name(thread.pk), found[:limit][::-1], key, has_more=len(found) > limit)


def read_news(thread: Thread, key: str, *, after: int) -> Transcript | None:
    """What an open window lacks, in one query: the usual answer to a bell.

    None when there is nothing, or when more may have changed than messages were added: then `read` tells.
    """
    found = [_row(*values) for values in NEWS.all([thread.pk, after, PAGE + 1])]
    if not found:
        return None
    thread.ticket.status = found[-1]["thread__ticket__status"]
    for row in found:
        if row["message__direction"] == Direction.IN or not row["message__is_automatic"]:
            thread.ticket.last_message_at = row["message__written_at"]
            thread.ticket.last_direction = row["message__direction"]
    return _transcript(thread, conversation_name(thread.pk), found[:PAGE], key, has_more=len(found) > PAGE)


def seen_at_desk(thread: Thread) -> int:
    """The number up to which somebody of ours has read; 0 when nobody has. One query."""
    newest = LastSeen.objects.filter(ticket_id=thread.ticket_id).order_by("-message_id").values("message_id")[:1]
    read_ones = ThreadMessage.objects.filter(thread_id=thread.pk, message_id__lte=Subquery(newest))
    return read_ones.aggregate(last=Max("sequence"))["last"] or 0


def payload(
    message: Message, sequence: int, client_id: str | None, key: str, *, files: Iterable[Any]
) -> dict[str, Any]:
    """A message just written, as browsers get it."""
    row = {name: getattr(message, name.removeprefix("message__"), None) for name in FIELDS}
    return _payload({**row, "sequence": sequence, "client_id": client_id}, key, files)


def _row(message: Message, sequence: int, client_id: str | None, status: str, has_files: bool) -> dict[str, Any]:
    """One of `_rows`, from what a bell's own question found."""
    row = {name: getattr(message, name.removeprefix("message__"), None) for name in FIELDS}
    known = {"sequence": sequence, "client_id": client_id, "message_id": message.pk}
    return row | known | {"has_files": has_files, "thread__ticket__status": status}


def _rows(thread_id: int) -> Any:
    has_files = Exists(Attachment.objects.filter(message_id=OuterRef("message_id")))
    return (
        ThreadMessage.objects.filter(thread_id=thread_id)
        .annotate(has_files=has_files)
        .values(*FIELDS, "has_files", "thread__ticket__status")
    )


def _transcript(thread: Thread, name: str, found: list[dict[str, Any]], key: str, *, has_more: bool) -> Transcript:
    files = _files([row["message_id"] for row in found if row["has_files"]])
    return Transcript(
        conversation=name,
        thread=thread,
        last=found[-1]["sequence"] if found else 0,
        total=max(thread.last_sequence, found[-1]["sequence"] if found else 0),
        messages=[_payload(row, key, files[row["message_id"]]) for row in found],
        has_more=has_more,
    )


def _files(message_ids: list[int]) -> dict[int, list[Attachment]]:
    files: dict[int, list[Attachment]] = defaultdict(list)
    if message_ids:
        for row in Attachment.objects.filter(message_id__in=message_ids):
            files[row.message_id].append(row)
    return files


def _payload(row: dict[str, Any], key: str, files: Iterable[Attachment]) -> dict[str, Any]:
    """Numbers inside are places in the thread, never rows (S-28)."""
    is_own = row["message__direction"] == Direction.IN
    return {
        "sequence": row["sequence"],
        "from": "me" if is_own else "desk",
        "author": "" if is_own else row["message__author_label"],
        "text": row["message__text"],
        "at": row["message__written_at"].isoformat(),
        "automatic": row["message__is_automatic"],
        "client_id": row["client_id"],
        "files": [_file(file, key) for file in files],
    }


def _file(row: Attachment, key: str) -> dict[str, Any]:
    return {
        "name": row.name,
        "about": filesizeformat(row.size),
        "url": reverse("webchat:file", args=[key, row.public_id]),
        "picture": row.content_type in PICTURES,
    }
