"""A debt as its channel sends it: who sees what, who signs, and what of the past is repeated (S-06)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.viewers import for_user
from apps.omnichannel.models import Channel, Delivery, Signature, Thread, ThreadMessage
from apps.omnichannel.ports import OutboundAttachment, OutboundMessage, Quoted
from apps.omnichannel.registry import adapter_class
from apps.tickets.models import Message, Ticket
from apps.tickets.states import Direction

REFERENCES = 20
QUOTED_MESSAGES = 3
QUOTED_CHARACTERS = 4000


class NobodyToTell(Exception):
    """The colleague is gone, or may not read the ticket any more."""


def outbound(delivery: Delivery) -> OutboundMessage:
    """Raises NobodyToTell for a notice that has lost its reader."""
    if delivery.role == Delivery.Role.NOTICE:
        return _notice(delivery)
    message, thread, channel = delivery.message, delivery.thread, delivery.channel
    ticket = message.ticket
    is_hidden = delivery.role == Delivery.Role.BCC
    assert channel is not None and (thread is not None or is_hidden)
    to, copies = _addressees(delivery)
    return OutboundMessage(
        external_id=delivery.external_id,
        thread_key=thread.key if thread else "",
        recipient=delivery.recipient,
        recipient_name=thread.person.full_name if thread else "",
        subject=ticket.subject,
        reference=ticket.reference,
        text=message.text,
        html=message.html,
        language=ticket.language,
        author_name=message.author_label,
        is_automatic=message.is_automatic,
        attachments=[
            OutboundAttachment(row.name, row.content_type, row.size, row.file.read, row.content_id)
            for row in message.attachments.all()  # type: ignore[attr-defined]
        ],
        earlier_ids=_earlier_ids(thread, message) if thread else [],
        to=to,
        copies=copies,
        history=_history(channel, thread, message) if thread and not message.is_automatic else [],
        signature="" if message.is_automatic else _signature(message, ticket),
        mark=delivery.public_id,
        way=delivery.way,
        **_context(channel, thread),
    )


def heard_last(thread: Thread) -> tuple[ThreadMessage | None, datetime | None]:
    """The person's newest words in this conversation and when they were said: by the provider's clock where it tells
    that they waited somewhere before they came to us. One query."""
    entry = (
        ThreadMessage.objects.filter(thread=thread, message__direction=Direction.IN)
        .select_related("message")
        .order_by("-sequence")
        .first()
    )
    if entry is None:
        return None, None
    said, came = entry.message.claimed_at, entry.message.written_at
    return entry, min(said, came) if said else came


def _context(channel: Channel, thread: Thread | None) -> dict[str, Any]:
    if thread is None or not getattr(adapter_class(channel.kind), "wants_context", False):
        return {}
    entry, at = heard_last(thread)
    return {"answers": entry.external_id if entry else "", "heard_at": at}


def _addressees(delivery: Delivery) -> tuple[str, list[str]]:
    """Whom everybody sees in the mail's head: the recipient and the open copies, never the hidden ones."""
    rows = Delivery.objects.filter(message_id=delivery.message_id).order_by("pk").values_list("role", "recipient")
    shown = [(role, address) for role, address in rows if role in (Delivery.Role.TO, Delivery.Role.CC)]
    to = next((address for role, address in shown if role == Delivery.Role.TO), "")
    return to, [address for role, address in shown if role == Delivery.Role.CC]


def _of_reader(thread: Thread) -> dict[str, object]:
    """All conversations that this reader has about this ticket, whichever of our addresses they use."""
    return {"thread__ticket_id": thread.ticket_id, "thread__person_id": thread.person_id}


def _earlier_ids(thread: Thread, message: Message) -> list[str]:
    found = (
        ThreadMessage.objects.filter(message_id__lt=message.pk, **_of_reader(thread))
        .exclude(external_id="")
        .order_by("-message_id")
        .values_list("external_id", flat=True)[:REFERENCES]
    )
    return list(found)[::-1]


def _history(channel: Channel, thread: Thread, message: Message) -> list[Quoted]:
    """What stands in this reader's own conversation, newest first: no note, no word to or from anybody else."""
    if channel.settings.get("quotes_history") is False:
        return []
    earlier = Message.objects.filter(
        pk__in=ThreadMessage.objects.filter(message_id__lt=message.pk, **_of_reader(thread)).values("message_id"),
        is_automatic=False,
    ).exclude(direction=Direction.NOTE)
    office = channel.office.name
    return [
        Quoted(
            row.author_label if row.direction == Direction.IN else office, row.written_at, row.text[:QUOTED_CHARACTERS]
        )
        for row in earlier.order_by("-pk")[:QUOTED_MESSAGES]
    ]


def _signature(message: Message, ticket: Ticket) -> str:
    """The writer's own, else their team's on this ticket, else the office's; '' leaves what the channel says."""
    rows = {
        (row.user_id and "user") or (row.team_id and "team") or "office": row.text
        for row in Signature.objects.exclude(text="").filter(_owners(message, ticket))
    }
    text = rows.get("user") or rows.get("team") or rows.get("office") or ""
    return text.replace("{{name}}", message.author_label).replace("{{office}}", ticket.office.name)


def _owners(message: Message, ticket: Ticket) -> Q:
    owners = Q(office_id=ticket.office_id)
    if message.author_user_id:
        owners |= Q(user_id=message.author_user_id)
    if ticket.team_id:
        owners |= Q(team_id=ticket.team_id)
    return owners


def _notice(delivery: Delivery) -> OutboundMessage:
    """Who wrote, on which ticket, and where to read it. The words themselves stay in the house."""
    message, ticket = delivery.message, delivery.message.ticket
    reader = User.objects.active().filter(email=delivery.recipient).first()
    if reader is None or not Ticket.objects.visible_to(for_user(reader)).filter(pk=ticket.pk).exists():  # type: ignore[attr-defined]
        raise NobodyToTell
    values = {"name": message.author_label or ticket.requester.full_name or "—", "reference": ticket.reference}
    with translation.override(reader.language):
        said = {
            Direction.IN: _("%(name)s wrote on %(reference)s."),
            Direction.OUT: _("%(name)s answered on %(reference)s."),
            Direction.NOTE: _("%(name)s left a private note on %(reference)s."),
        }[Direction(message.direction)] % values
        text = "\n\n".join(
            [
                f"{said}\n{ticket.subject}",
                f"{settings.ACUDO_BASE_URL}/desk/t/{ticket.public_id}/",
                _("You get this because you watch this ticket. Under “Me” you can turn these mails off."),
            ]
        )
    return OutboundMessage(
        external_id=delivery.external_id,
        thread_key="",
        recipient=delivery.recipient,
        recipient_name=reader.full_name,
        subject=ticket.subject,
        reference=ticket.reference,
        text=text,
        html="",
        language=reader.language,
        author_name="",
        is_automatic=False,
        is_notice=True,
        mark=delivery.public_id,
    )
