"""Ways to call us, as plain data: for the portal's pages and for a composer that puts one into an answer."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.accounts.models import Office
from apps.activity.bus import SYSTEM, record
from apps.core import clock
from apps.hours.models import Calendar
from apps.hours.services import is_open, next_closing, next_opening
from apps.omnichannel.events import CallLinkOpened
from apps.omnichannel.models import Channel
from apps.omnichannel.opening_hours import followed_at_all
from apps.omnichannel.registry import adapter_class, adapter_for, kinds


@dataclass(frozen=True)
class OpenState:
    """What a calendar says of one moment. Without a calendar nothing is claimed: `is_known` is False."""

    is_known: bool = False
    is_open: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True)
class Call:
    """`href` starts the call itself (for a letter); `key` names it in /call/<key>/, where the click is counted."""

    key: str
    office_id: int
    href: str
    label: str
    icon: str
    address: str
    state: OpenState


def call_links(office: Office, *, language: str, at: datetime | None = None) -> list[Call]:
    """The calls configured in this office and those below it. One query, two where an office follows another."""
    at = at or clock.now()
    rows = list(
        Channel.objects.active()  # type: ignore[attr-defined]
        .filter(office__path__startswith=office.path, kind__in=_kinds())
        .select_related("office__calendar", "calendar", "team__calendar")
        .order_by("office__path", "name")
    )
    hours = followed_at_all(rows)
    found = []
    for channel in rows:
        link = adapter_for(channel).link(language)  # type: ignore[attr-defined]
        if link:
            found.append(
                Call(
                    key=channel.key,
                    office_id=channel.office_id,
                    href=link.href,
                    label=link.label,
                    icon=link.icon,
                    address=channel.address if link.href.startswith("tel:") else "",
                    state=open_state(hours[channel.pk].calendar, at),
                )
            )
    return found


def call_address(key: str) -> tuple[Channel, str] | None:
    """The channel of that key and where it leads; None when there is none to call."""
    channel = Channel.objects.active().filter(key=key, kind__in=_kinds()).select_related("office").first()  # type: ignore[attr-defined]
    link = adapter_for(channel).link("") if channel else None  # type: ignore[attr-defined]
    return (channel, link.href) if channel and link else None


@transaction.atomic
def note_click(channel: Channel) -> None:
    record(
        CallLinkOpened(channel_id=channel.pk, office_id=channel.office_id, kind=channel.settings.get("link", "")),
        SYSTEM,
    )


def open_state(calendar: Calendar | None, at: datetime) -> OpenState:
    if calendar is None:
        return OpenState()
    if is_open(calendar, at):
        return OpenState(True, True, closes_at=next_closing(calendar, at))
    return OpenState(True, False, opens_at=next_opening(calendar, at))


def _kinds() -> list[str]:
    """Those whose adapter makes links."""
    return [kind for kind in kinds() if hasattr(adapter_class(kind), "link")]
