"""How a person who wrote to the page can be answered now: below their words, or in private; what is shut says why."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from apps.core import clock
from apps.omnichannel.meta import windows
from apps.omnichannel.models import Delivery, Thread, ThreadMessage
from apps.omnichannel.ports import Way
from apps.omnichannel.services.composing import heard_last
from apps.tickets.models import Ticket

from .adapter import PRIVATE, PUBLIC

ON_ITS_WAY = (Delivery.State.WAITING, Delivery.State.SENT, Delivery.State.UNCERTAIN)


@dataclass(frozen=True)
class _Place:
    thread: Thread
    heard: ThreadMessage | None
    heard_at: datetime | None

    @property
    def is_messenger(self) -> bool:
        return self.thread.key.startswith("m:")


def ways(ticket: Ticket) -> list[Way]:
    """First the one the person chose by their last words. A few queries a conversation, whatever its length."""
    threads: Any = Thread.objects.current().filter(ticket=ticket, channel__kind="facebook", role=Thread.Role.TO)  # type: ignore[attr-defined]
    places = [
        _Place(thread, *heard_last(thread)) for thread in threads.select_related("channel").order_by("-updated_at")
    ]
    places.sort(key=lambda place: place.heard.pk if place.heard else 0, reverse=True)
    zone = ZoneInfo(ticket.office.time_zone)
    found = [_messenger(place, zone) for place in places if place.is_messenger]
    has_messenger = bool(found)
    for place in places:
        if not place.is_messenger:
            below = _("Publicly, below the post") if place.thread.key[0] == "p" else _("Publicly, below the comment")
            found.append(Way(PUBLIC, place.thread.pk, below, "globe", is_public=True, hint=_("Everybody reads it.")))
            if not has_messenger:
                found.append(replace(_private_reply(place, zone), notice_by=found[-1].name))
    newest = places[0] if places else None
    if newest is None:
        return []
    if not newest.is_messenger:  # what was asked in public is first told there to be answered in private (002-36)
        notice = f"{PUBLIC}-{newest.thread.pk}"
        found = [way if way.is_public else replace(way, notice_by=notice) for way in found]
    first = PRIVATE if newest.is_messenger else PUBLIC
    return sorted(found, key=lambda way: (way.key != first, way.thread_id != newest.thread.pk))


def _messenger(place: _Place, zone: ZoneInfo) -> Way:
    may_tag = bool(place.thread.channel.settings.get("human_agent"))
    window = windows.messages(place.heard_at, now=clock.now(), may_tag=may_tag)
    if not window.is_open and place.heard is None:
        hint = _("They must answer our private message first.")
    elif not window.is_open:
        hint = _("The 24-hour window has closed. Answer publicly, or offer another channel.")
    else:
        hint = _("Open until %(moment)s.") % {"moment": _moment(window.closes_at, zone)}
    return Way(
        PRIVATE, place.thread.pk, _("In private, in Messenger"), "lock-keyhole", is_open=window.is_open, hint=hint
    )


def _private_reply(place: _Place, zone: ZoneInfo) -> Way:
    is_used = (
        place.heard is not None
        and Delivery.objects.filter(
            thread=place.thread, way=PRIVATE, state__in=ON_ITS_WAY, message_id__gt=place.heard.message_id
        ).exists()
    )
    window = windows.private_reply(place.heard_at, now=clock.now(), is_used=is_used)
    if is_used:
        hint = _("The one private answer to this comment is used. They must write to the page.")
    elif not window.is_open:
        hint = _("Only within seven days of the comment.")
    else:
        hint = _("One message, until %(moment)s.") % {"moment": _moment(window.closes_at, zone)}
    return Way(
        PRIVATE,
        place.thread.pk,
        _("In private, one message"),
        "lock-keyhole",
        is_open=window.is_open,
        hint=hint,
        is_conversation=False,
    )


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at, zone)
    return f"{formats.date_format(local, 'j M')} {local:%H:%M}"
