"""What the desk does by itself."""

from contextlib import suppress

from django.conf import settings

from apps.accounts.models import Office
from apps.activity.bus import Actor
from apps.automation import acknowledgement
from apps.automation.models import Acknowledgement, AutomaticAnswer
from apps.core import clock, rows
from apps.core.errors import Invalid
from apps.core.transactions import whole
from apps.core.translated import Translated
from apps.omnichannel.models import Channel
from apps.tickets import services as tickets
from apps.tickets.models import Message, Tag, Ticket

DESK = Actor(kind="rule", label="acknowledgement")
ANSWERED_BY = Actor(kind="rule", label="answered")
OWN_WORDS = rows.Read(
    """
    SELECT {own} FROM automation_acknowledgement own
    WHERE own.office_id = %s AND (own.channel_id IS NULL OR own.channel_id = %s)
    ORDER BY own.channel_id IS NULL LIMIT 1
    """,
    own=Acknowledgement,
)
ANSWERED = {"es": "contestado", "it": "risposto", "en": "answered", "pt": "respondido"}


def mark_answered(ticket: Ticket) -> None:
    """Put the tag for "answered" on, once. Its key is a setting and '' switches this off; its words stand on the page
    of the tags, where the tag can be taken out of use as well."""
    key = settings.ACUDO_ANSWERED_TAG
    if not key:
        return
    Tag.objects.get_or_create(body_id=ticket.office.body_id, key=key, defaults={"names": Translated(ANSWERED)})
    with suppress(Invalid):  # out of use: then nobody wants it
        tickets.tag(ticket, key=key, actor=ANSWERED_BY)


@whole()
def acknowledge(
    ticket: Ticket, *, recipient: str, is_verified: bool = False, channel: Channel | None = None
) -> Message | None:
    """Say that we have it, once a ticket, within the ceilings; what was held back is on record with its reason.

    Written in the transaction of the message it answers: neither can be lost without the other.
    """
    own = _own_words(ticket, channel)
    if not recipient or (own and not own.is_active):
        return None
    reason = acknowledgement.why_not(ticket, recipient, is_verified=is_verified)
    if reason == "already":
        return None
    rows.insert(
        AutomaticAnswer(
            ticket=ticket,
            body_id=ticket.office.body_id,
            recipient=recipient,
            held_because=reason,
            created_at=clock.now(),
        )
    )
    if reason:
        return None
    return tickets.reply(
        ticket, author=None, text=acknowledgement.words(ticket, own), is_automatic=True, actor=DESK, at=ticket.opened_at
    )


def has_greeted(office: Office, recipient: str) -> bool:
    """Whether this recipient has ever been told by the desk itself that their words arrived."""
    said = AutomaticAnswer.objects.filter(body_id=office.body_id, recipient=recipient, held_because="")
    return said.exists()


@whole()
def set_words(
    office: Office,
    channel: Channel | None,
    *,
    is_active: bool,
    open_texts: dict[str, str],
    closed_texts: dict[str, str],
) -> Acknowledgement:
    """The words of an office, or of one channel; languages left empty fall back as everywhere, all empty to ours."""
    values = {
        "is_active": is_active,
        "open_texts": {code: text for code, text in open_texts.items() if text.strip()},
        "closed_texts": {code: text for code, text in closed_texts.items() if text.strip()},
    }
    row, _made = Acknowledgement.objects.update_or_create(office=office, channel=channel, defaults=values)
    return row


def _own_words(ticket: Ticket, channel: Channel | None) -> Acknowledgement | None:
    """Those of the channel, else of the office: one query."""
    found = OWN_WORDS.first([channel.office_id if channel else ticket.office_id, channel.pk if channel else None])
    return found[0] if found else None
