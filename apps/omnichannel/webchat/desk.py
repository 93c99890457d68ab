"""What the window says about us: here, closed until when, or finished with this matter."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import clock
from apps.hours import services as hours
from apps.omnichannel.models import Channel
from apps.omnichannel.opening_hours import followed_at
from apps.omnichannel.webchat.attention import Silence, silence
from apps.omnichannel.webchat.models import Visitor
from apps.omnichannel.webchat.staffing import staffing_of
from apps.omnichannel.webchat.waiting import queue_of, usual_wait, wait_words
from apps.tickets.models import Ticket
from apps.tickets.states import Direction, Status

ANSWERED = (Status.OPEN, Status.WAITING, Status.ON_HOLD)


@dataclass(frozen=True)
class Desk:
    """`seconds` until the state changes by itself, None when it does not. `position` in the queue, 0 outside it.

    open     somebody is here                        queue    waiting for the first words of a person
    busy     here, but all hands are full            closed   outside hours, or the last one has left
    idle     we wrote last, and long ago             ended    finished with this matter
    blocked  not through this door any more
    """

    state: str
    text: str
    seconds: int | None = None
    position: int = 0

    def as_message(self, *, seen: int = 0, may_be_rated: bool = False) -> dict[str, object]:
        """`seen`: the number up to which we have read; `may_be_rated`: the survey stands open."""
        return {
            "t": "desk",
            "state": self.state,
            "text": self.text,
            "seconds": self.seconds,
            "position": self.position,
            "seen": seen,
            "survey": may_be_rated,
        }


def desk_for(channel: Channel, *, ticket: Ticket | None = None, visitor: Visitor | None = None) -> Desk:
    """In the active language. A channel without a calendar is open whenever somebody is there."""
    if visitor and visitor.blocked_at:
        return Desk("blocked", _("We cannot go on through this channel."))
    status = ticket.status if ticket else ""
    if status in (Status.SOLVED, Status.CLOSED):
        return Desk("ended", _("This conversation is finished. You can write again whenever you like."))
    calendar = followed_at(channel).calendar
    now, seconds = clock.now(), None
    pause = silence(channel, ticket, visitor) if ticket and visitor else None
    if pause and now >= pause.ask_at:
        return _still_there(channel, pause, now)
    if calendar is not None:
        if not hours.is_open(calendar, now):
            opening = hours.next_opening(calendar, now)
            return Desk("closed", closed_sentence(now, opening, calendar.time_zone), _seconds(now, opening))
        seconds = _seconds(now, hours.next_closing(calendar, now))
    if ticket is not None and status in ANSWERED and (ticket.assignee_id or ticket.last_direction != Direction.IN):
        return Desk("open", "", seconds)  # it goes on between two people
    staffing = staffing_of(channel)
    if not staffing.is_anybody_there:
        return Desk("closed", _("Nobody is at the desk at the moment. You can leave a message."), None)
    if ticket is not None:
        return _in_line(channel, ticket, seconds)
    if staffing.has_free_hand:
        return Desk("open", _("Hello. How can we help you?"), seconds)
    return Desk("busy", _sentences(_queue_words(len(queue_of(channel))), wait_words(usual_wait(channel))), seconds)


def _still_there(channel: Channel, pause: Silence, now: datetime) -> Desk:
    local = pause.end_at.astimezone(ZoneInfo(channel.office.time_zone))
    text = _("Are you still there? This chat ends at %(time)s unless you write.") % {"time": date_format(local, "G:i")}
    return Desk("idle", text, _seconds(now, pause.end_at))


def _in_line(channel: Channel, ticket: Ticket, seconds: int | None) -> Desk:
    """Words that were written wait for a person: where in the line, and how long that usually takes."""
    if ticket.assignee_id:
        return Desk("open", _("Somebody has taken your question and will write in a moment."), seconds)
    line = queue_of(channel)
    place = line.index(ticket.pk) + 1 if ticket.pk in line else 0
    if place == 0:
        return Desk("open", _("Your message has arrived. Somebody will write here."), seconds)
    where = _("You are number %(n)s.") % {"n": place} if place > 1 else _("You are next.")
    return Desk("queue", _sentences(where, wait_words(usual_wait(channel))), seconds, place)


def _queue_words(waiting: int) -> str:
    if not waiting:
        return _("We are all talking right now, but will be with you soon.")
    words = ngettext("%(n)s person is waiting.", "%(n)s people are waiting.", waiting)
    return words % {"n": waiting}


def _sentences(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def closed_sentence(now: datetime, opening: datetime | None, time_zone: str) -> str:
    """When somebody is here again, the way people say it."""
    if opening is None:
        return _("Nobody is here now. You can leave a message.")
    zone = ZoneInfo(time_zone)
    local = opening.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    when = {
        "time": date_format(local, "G:i"),
        "weekday": date_format(local, "l"),
        "day": date_format(local, "MONTH_DAY_FORMAT"),
    }
    if days == 0:
        return _("Nobody is here now. We open today at %(time)s.") % when
    if days == 1:
        return _("Nobody is here now. We open tomorrow at %(time)s.") % when
    if days < 7:
        return _("Nobody is here now. We open on %(weekday)s at %(time)s.") % when
    return _("Nobody is here now. We open on %(weekday)s, %(day)s, at %(time)s.") % when


def _seconds(now: datetime, then: datetime | None) -> int | None:
    return max(1, int((then - now).total_seconds())) if then else None
