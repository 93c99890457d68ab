"""Colleagues who want to know: by mail, through the same outbox as everything else, if their switch is on."""

from apps.accounts.models import User
from apps.activity.bus import Actor
from apps.core import rows
from apps.core.transactions import whole
from apps.inbox.models import NoticeChoice, Watcher
from apps.omnichannel import services as doors
from apps.tickets import at_hand
from apps.tickets.events import MessageWritten
from apps.tickets.models import Ticket

# Those who work here, have not switched such mails off and did not write it themselves.
WATCHERS = rows.Read(
    """
    SELECT reader.email FROM inbox_watcher watcher
    JOIN accounts_user reader ON reader.id = watcher.user_id
    LEFT JOIN inbox_noticechoice choice ON choice.user_id = reader.id
    WHERE watcher.ticket_id = %s AND reader.id <> %s AND reader.is_active AND coalesce(choice.by_mail, TRUE)
    ORDER BY reader.id
    """
)


@whole()
def watch(ticket: Ticket, user: User) -> None:
    Watcher.objects.get_or_create(ticket=ticket, user=user)


@whole()
def unwatch(ticket: Ticket, user: User) -> None:
    Watcher.objects.filter(ticket=ticket, user=user).delete()


def choose(user: User, *, by_mail: bool) -> None:
    """The switch of one person, for all they watch."""
    NoticeChoice.objects.update_or_create(user=user, defaults={"by_mail": by_mail})


def tell_watchers(event: MessageWritten, actor: Actor) -> None:
    """Owed in the transaction of the message. What a robot says is no news; nobody is told of their own words.

    A page that answers has asked whether anybody watches together with the ticket (`with_drafts`).
    """
    if event.is_automatic or event.is_first:
        return
    ticket = at_hand.ticket(event.ticket_id)
    if not getattr(ticket, "is_watched", True):
        return
    message = at_hand.message(event.message_id)
    doors.owe_notices(message, [address for (address,) in WATCHERS.all([ticket.pk, message.author_user_id or 0])])
