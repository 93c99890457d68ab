"""Who has left the window and told us an address is reached there: each answer, and a copy of the conversation."""

import logging
from datetime import timedelta
from email.utils import formataddr, parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.core import clock, limits
from apps.core.errors import Invalid
from apps.core.queue import nudge
from apps.omnichannel.models import Channel, Delivery, Thread
from apps.omnichannel.services.also import owe_also
from apps.omnichannel.webchat.models import Copy, Visitor
from apps.tickets.models import Message
from apps.tickets.states import Direction

log = logging.getLogger(__name__)

SEND_COPY = "apps.omnichannel.webchat.tasks.send_copy"
LEASE = timedelta(minutes=1)
MOST_ATTEMPTS = 5
# A copy holds what a visitor wrote, and goes to an address that a visitor typed: few, and only of real conversations.
COPIES_A_VISITOR, COPIES_AN_ADDRESS, HOUR = 3, 5, 3600
LONGEST_COPY = 500  # messages


def reach_who_left(message: Message, thread: Thread) -> Delivery | None:
    """An answer just written in this thread goes by mail as well when nobody is at the window to read it."""
    visitor = Visitor.objects.filter(channel_id=thread.channel_id, public_id=thread.key).exclude(email="").first()
    if visitor is None or (visitor.is_here(clock.now()) and not visitor.wants_mail):
        return None
    return owe_also(message, thread, address=visitor.email)


def go_on_by_mail(visitor: Visitor, *, email: str, wants: bool = True) -> None:
    """From now on every answer is mailed, whether a window is open or not. Raises Invalid without an address."""
    address = email or visitor.email
    if wants and not address:
        raise Invalid("no_address", _("Write your e-mail address."), field="email")
    changes = {"email": address, "wants_mail": wants}
    Visitor.objects.filter(pk=visitor.pk).update(**changes)
    visitor.email, visitor.wants_mail = address, wants


def ask_for_copy(visitor: Visitor, thread: Thread, *, email: str, language: str) -> Copy:
    """Write down that a copy is wanted. Raises Invalid, TooMany.

    Only once a person of ours has answered: the letter must not carry a stranger's words to a stranger (S-09).
    """
    address = email or visitor.email
    if not address:
        raise Invalid("no_address", _("Write your e-mail address."), field="email")
    answered = thread.entries.filter(message__direction=Direction.OUT, message__is_automatic=False)  # type: ignore[attr-defined]
    if not answered.exists():
        raise Invalid("no_answer_yet", _("A copy can be sent as soon as somebody has answered."))
    limits.allow("webchat.copy", visitor.public_id, limit=COPIES_A_VISITOR, seconds=HOUR)
    limits.allow("webchat.copy.to", address.lower(), limit=COPIES_AN_ADDRESS, seconds=24 * HOUR)
    with transaction.atomic():
        copy = Copy.objects.create(thread=thread, address=address, language=language, up_to=thread.last_sequence)
        nudge(SEND_COPY, copy.pk)
    return copy


def send_copy(copy_id: int) -> None:
    """Send the letter that is due. A second run finds the row leased or done."""
    copy = _claim(copy_id)
    if copy is None:
        return
    try:
        _letter(copy).send()
    except Exception:
        log.warning("copy of a conversation not sent, try %s", copy.attempts, exc_info=True)
        later = clock.now() + timedelta(seconds=15 * 2**copy.attempts)
        Copy.objects.filter(pk=copy.pk).update(next_at=later if copy.attempts < MOST_ATTEMPTS else None)
    else:
        Copy.objects.filter(pk=copy.pk).update(next_at=None, sent_at=clock.now())


def _claim(copy_id: int) -> Copy | None:
    now = clock.now()
    due = Copy.objects.filter(pk=copy_id, next_at__lte=now)
    if not due.update(next_at=now + LEASE, attempts=F("attempts") + 1):
        return None
    return Copy.objects.select_related("thread__channel__office", "thread__ticket").get(pk=copy_id)


def _letter(copy: Copy) -> EmailMessage:
    office = copy.thread.channel.office
    rows = (
        copy.thread.entries.filter(sequence__lte=copy.up_to)  # type: ignore[attr-defined]
        .order_by("sequence")
        .values(
            "sequence", "message__direction", "message__author_label", "message__text", "message__written_at",
            "message__attachments__name",
        )[:LONGEST_COPY]
    )  # fmt: skip
    with translation.override(copy.language), timezone.override(ZoneInfo(office.time_zone)):
        facts = {"office": office, "ticket": copy.thread.ticket, "lines": _lines(list(rows))}
        return EmailMessage(
            subject=_("Your chat with %(office)s") % {"office": office.name},
            body=render_to_string("webchat/copy.txt", facts),
            from_email=_sender(copy.thread.channel),
            to=[copy.address],
            headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
        )


def _lines(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """One a message, its files named below it."""
    found: dict[object, dict[str, object]] = {}
    for row in rows:
        line = found.setdefault(
            row["sequence"],
            {
                "is_own": row["message__direction"] == Direction.IN,
                "author": row["message__author_label"],
                "text": row["message__text"],
                "at": row["message__written_at"],
                "files": [],
            },
        )
        if row["message__attachments__name"]:
            line["files"].append(row["message__attachments__name"])  # type: ignore[attr-defined]
    return list(found.values())


def _sender(channel: Channel) -> str:
    """The office's name before the address of its mailbox; before the installation's where it has none."""
    mailboxes = Channel.objects.active().of_kind("email").filter(office=channel.office_id, address__contains="@")  # type: ignore[attr-defined]
    address = mailboxes.order_by("pk").values_list("address", flat=True).first()
    return formataddr((" ".join(channel.office.name.split()), address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
