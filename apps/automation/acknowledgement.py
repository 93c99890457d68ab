"""Should we acknowledge this, and with which words?"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from apps.automation.models import Acknowledgement
from apps.core import clock, rows
from apps.core.placeholders import fill
from apps.hours.services import next_opening
from apps.tickets.models import Ticket
from apps.tickets.opening_hours import followed_by

HOUR = timedelta(hours=1)
# No further than the ceilings: the hour of a flood is not counted to its end.
SAID = rows.Read(
    """
    SELECT EXISTS (SELECT 1 FROM automation_automaticanswer WHERE ticket_id = %s), (
        SELECT count(*) FROM (
            SELECT 1 FROM automation_automaticanswer
            WHERE recipient = %s AND body_id = %s AND held_because = '' AND created_at > %s LIMIT %s
        ) AS to_them
    ), (
        SELECT count(*) FROM (
            SELECT 1 FROM automation_automaticanswer
            WHERE body_id = %s AND held_because = '' AND created_at > %s LIMIT %s
        ) AS to_all
    )
    """
)


def why_not(ticket: Ticket, recipient: str, *, is_verified: bool) -> str:
    """'' when an acknowledgement may go out, else the reason in one word: the gate of S-08 and S-09."""
    ceiling = settings.ACUDO_AUTOMATIC_PER_ADDRESS if is_verified else settings.ACUDO_ACKNOWLEDGEMENTS_UNVERIFIED
    for_all = settings.ACUDO_AUTOMATIC_PER_HOUR
    body, since = ticket.office.body_id, clock.now() - HOUR
    said = SAID.first([ticket.pk, recipient, body, since, ceiling, body, since, for_all])
    assert said is not None
    to_this, to_them, to_all = said
    if to_this:
        return "already"
    if to_them >= ceiling:
        return "address_ceiling"
    return "global_ceiling" if to_all >= for_all else ""


def words(ticket: Ticket, own: Acknowledgement | None) -> str:
    """The text, in the ticket's language; `own` are the office's words. Holds nothing the sender wrote (S-09)."""
    office = ticket.office
    with translation.override(ticket.language or office.default_language):
        opening = _next_opening(ticket)
        texts = own and (own.closed_texts if ticket.is_outside_hours else own.open_texts)
        text = texts.in_language(ticket.language) if texts else ""
        return fill(
            text or _built_in(ticket, opening),
            {
                "reference": ticket.reference,
                "office": office.name,
                "next_opening": opening,
            },
        )


def _built_in(ticket: Ticket, opening: str) -> str:
    if ticket.is_outside_hours and opening:
        return _(
            "Hello,\n\nwe have received your message. Its number is {{reference}}.\n\n"
            "Nobody is here right now. We open on {{next_opening}} and will answer you then.\n\n{{office}}"
        )
    return _(
        "Hello,\n\nwe have received your message. Its number is {{reference}}.\n\n"
        "A person will answer you as soon as possible.\n\n{{office}}"
    )


def _next_opening(ticket: Ticket) -> str:
    calendar = followed_by(ticket).calendar if ticket.is_outside_hours else None
    opens = next_opening(calendar, ticket.opened_at) if calendar else None
    if opens is None:
        return ""
    local = timezone.localtime(opens, ZoneInfo(ticket.office.time_zone))
    return f"{formats.date_format(local, _('l j F'))}, {formats.time_format(local, 'H:i')}"
