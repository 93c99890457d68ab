"""Should we acknowledge this, and with which words?"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from apps.automation.models import Acknowledgement, AutomaticAnswer
from apps.automation.placeholders import fill
from apps.core import clock
from apps.hours.services import next_opening
from apps.tickets.models import Ticket

HOUR = timedelta(hours=1)


def why_not(ticket: Ticket, recipient: str, *, is_verified: bool) -> str:
    """'' when an acknowledgement may go out, else the reason in one word: the gate of S-08 and S-09."""
    lately = Q(body_id=ticket.office.body_id, held_because="", created_at__gt=clock.now() - HOUR)
    counts = AutomaticAnswer.objects.filter(lately | Q(ticket=ticket)).aggregate(
        to_this=Count("pk", filter=Q(ticket=ticket)),
        all=Count("pk", filter=lately),
        to_them=Count("pk", filter=lately & Q(recipient=recipient)),
    )
    if counts["to_this"]:
        return "already"
    ceiling = settings.ACUDO_AUTOMATIC_PER_ADDRESS if is_verified else settings.ACUDO_ACKNOWLEDGEMENTS_UNVERIFIED
    if counts["to_them"] >= ceiling:
        return "address_ceiling"
    if counts["all"] >= settings.ACUDO_AUTOMATIC_PER_HOUR:
        return "global_ceiling"
    return ""


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
    if not ticket.is_outside_hours or not ticket.office.calendar_id:
        return ""
    opens = next_opening(ticket.office.calendar, ticket.opened_at)
    if opens is None:
        return ""
    local = timezone.localtime(opens, ZoneInfo(ticket.office.time_zone))
    return f"{formats.date_format(local, _('l j F'))}, {formats.time_format(local, 'H:i')}"
