"""Chats that wait are given to whoever has a free hand, where the channel says so. Asked every few seconds, and at once
when somebody writes: a free hand, a colleague who comes back or goes away is seen by the next look.
"""

from django.db import transaction

from apps.accounts.models import User
from apps.activity.bus import SYSTEM
from apps.core import clock
from apps.core.errors import Invalid
from apps.hours.routing import Hand, free_hands
from apps.omnichannel.models import Channel
from apps.omnichannel.webchat import staffing, waiting
from apps.tickets import services as tickets
from apps.tickets.models import Ticket

SETTING = "shares_out"


def sharing_channels() -> list[int]:
    """The chats that are shared out."""
    rows = Channel.objects.active().of_kind("webchat").filter(**{f"settings__{SETTING}": True})  # type: ignore[attr-defined]
    return list(rows.values_list("pk", flat=True))


@transaction.atomic
def share_out(channel_id: int) -> int:
    """Who waits longest gets the colleague with the freest hand, until hands or chats run out. Says how many.

    The channel's row is held: two who look at once give nothing twice.
    """
    channel = Channel.objects.select_for_update(of=("self",)).select_related("office").get(pk=channel_id)
    waiting.forget(channel)
    line = waiting.queue_of(channel)
    given = 0
    for ticket_id in line:
        ticket = Ticket.objects.get(pk=ticket_id)
        if not any(_give(ticket, hand) for hand in _hands(channel)):
            break
        given += 1
    if given:
        waiting.forget(channel)
        staffing.forget(channel)
    return given


def _hands(channel: Channel) -> list[Hand]:
    people = list(staffing.colleagues(channel).values_list("pk", flat=True))
    now = clock.now()
    return free_hands(people, channel="webchat", office=channel.office, loads=staffing.loads(people, now), at=now)


def _give(ticket: Ticket, hand: Hand) -> bool:
    """False for a colleague who may not answer it."""
    try:
        tickets.assign(ticket, to=User.objects.get(pk=hand.user_id), actor=SYSTEM)
    except Invalid:
        return False
    return True
