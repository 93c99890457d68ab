"""@name in a private note calls a colleague: they find the ticket among their mentions, and the bell tells them."""

import re

from django.urls import reverse

from apps.accounts.models import User
from apps.activity.bus import Actor
from apps.inbox.models import Mention
from apps.notifications.services import notify
from apps.search.analyzer import fold
from apps.tickets import at_hand
from apps.tickets.events import MessageWritten
from apps.tickets.states import Direction

CALLED = re.compile(r"(?<![\w.@])@([^\W\d_][\w.-]{1,60})")
MOST = 20  # colleagues a note can call


def note_mentions(event: MessageWritten, actor: Actor) -> None:
    """Whoever may not see the ticket is not called. Most messages cost nothing."""
    if event.direction != Direction.NOTE:
        return
    message = at_hand.message(event.message_id)
    called = {fold(name) for name in CALLED.findall(message.text)[:MOST]}
    if not called:
        return
    ticket = message.ticket
    colleagues = User.objects.active().who_may("ticket.view", ticket.office.above)
    people = [user for user in found(called, colleagues) if user.pk != message.author_user_id]
    Mention.objects.bulk_create(
        [Mention(ticket=ticket, user=user, message=message) for user in people], ignore_conflicts=True
    )
    notify(
        people,
        kind="mention",
        office_id=ticket.office_id,
        url=reverse("inbox:ticket", args=[ticket.public_id]),
        by_mail=True,
        reference=ticket.reference,
        subject=ticket.subject,
        who=message.author_label,
    )


def found(called: set[str], colleagues: "list[User] | object") -> list[User]:
    """By first name where only one is called so, by the whole name without spaces, or by what stands before the @ of
    the address."""
    people = list(colleagues)  # type: ignore[call-overload]
    firsts = [fold(user.first_name) for user in people]
    return [
        user
        for user, first in zip(people, firsts, strict=True)
        if (first in called and firsts.count(first) == 1)
        or fold(user.full_name.replace(" ", "")) in called
        or fold(user.email.partition("@")[0]) in called
    ]
