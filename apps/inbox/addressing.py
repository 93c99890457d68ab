"""Whom an answer goes to and from where: what may be chosen, and what was."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Invalid
from apps.omnichannel import services as doors
from apps.omnichannel.models import Channel
from apps.tickets.models import Message, Ticket
from apps.tickets.states import Direction

MOST_PROPOSED = 10


@dataclass(frozen=True)
class Choices:
    """`proposed` are addresses that stood in the person's last mail beside ours: nobody gets anything before one of
    us lets them in (S-05)."""

    recipients: list[str]
    channels: list[Channel]
    proposed: list[str]
    to: str
    sender: str
    cc: str
    bcc: str


def choices(ticket: Ticket, kept: dict[str, Any] | None = None) -> Choices:
    """What stands in the panel; `kept` is what a draft has chosen."""
    kept = kept or {}
    door = doors.door_for(ticket)
    channels = doors.sending_channels(ticket)
    known = [door.recipient, kept.get("to", ""), *_addresses(ticket)]
    copies = kept["cc"] if "cc" in kept else [thread.recipient for thread in door.copies]
    ours = {channel.address.lower() for channel in channels}
    taken = {address.lower() for address in (*known, *copies)} | ours
    return Choices(
        recipients=list(dict.fromkeys(address for address in known if "@" in address)),
        channels=channels,
        proposed=[address for address in _named_with_us(ticket) if address.lower() not in taken][:MOST_PROPOSED],
        to=kept.get("to") or door.recipient,
        sender=kept.get("from") or (door.channel.slug if door.channel else ""),
        cc=", ".join(copies),
        bcc=", ".join(kept.get("bcc") or []),
    )


def given(post: QueryDict, ticket: Ticket) -> doors.Addressing:
    """What the form says; without the panel everything stays as it is. Raises Invalid."""
    if not post.get("addressed"):
        return doors.Addressing(waits=True)
    written = post.get("to_other", "").strip() or post.get("to", "").strip()
    to = doors.addresses_in(written)
    if len(to) > 1:
        raise Invalid("one_recipient", _("Write one address there; the others are copies."), field="to")
    slug = post.get("from", "")
    channel = next((row for row in doors.sending_channels(ticket) if row.slug == slug), None) if slug else None
    cc = doors.addresses_in(", ".join([post.get("cc", ""), *post.getlist("cc_more")]))
    bcc = doors.addresses_in(post.get("bcc", ""))
    return doors.Addressing(recipient=to[0] if to else "", channel=channel, cc=cc, bcc=bcc, waits=True)


def as_kept(post: QueryDict) -> dict[str, Any] | None:
    """The panel as a draft keeps it, whatever is typed there; None when it was not open."""
    if not post.get("addressed"):
        return None
    words = {name: [w.strip() for w in post.get(name, "").split(",") if w.strip()] for name in ("cc", "bcc")}
    to = post.get("to_other", "").strip() or post.get("to", "")
    return {"to": to, "from": post.get("from", ""), "cc": words["cc"] + post.getlist("cc_more"), "bcc": words["bcc"]}


def check_size(channel: Channel | None, sizes: list[int]) -> None:
    """Raises Invalid before anything is written: what the channel cannot carry is said at once."""
    most = doors.most_bytes(channel)
    if most is not None and sum(sizes) > most:
        message = _("The files have %(mb)s MB together; by this way at most %(most)s MB can go. Nothing was sent.")
        values = {"mb": round(sum(sizes) / 1_000_000, 1), "most": most // 1_000_000}
        raise Invalid("files_too_big", message % values, field="files")


def _addresses(ticket: Ticket) -> list[str]:
    return [row.handle for row in ticket.requester.identities.all() if row.kind == "email"]


def _named_with_us(ticket: Ticket) -> list[str]:
    newest = Message.objects.filter(ticket=ticket, direction=Direction.IN).order_by("-pk").first()
    if newest is None:
        return []
    named = [*newest.details.get("to", []), *newest.details.get("cc", [])]
    return list(dict.fromkeys(a for a in named if isinstance(a, str) and "@" in a and "+t" not in a))
