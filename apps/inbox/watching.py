"""Colleagues who want to know: by mail, through the same outbox as everything else, if their switch is on."""

from apps.accounts.models import User
from apps.activity.bus import Actor
from apps.core.transactions import whole
from apps.inbox.models import NoticeChoice, Watcher
from apps.omnichannel import services as doors
from apps.tickets import at_hand
from apps.tickets.events import MessageWritten
from apps.tickets.models import Ticket


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
    watchers = User.objects.active().filter(watched__ticket=ticket).exclude(notice_choice__by_mail=False)
    addresses = watchers.exclude(pk=message.author_user_id).order_by("pk").values_list("email", flat=True)
    doors.owe_notices(message, list(addresses))
