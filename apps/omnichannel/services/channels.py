"""The doors themselves: set up, changed, opened and shut."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from apps.activity.bus import Actor, record
from apps.omnichannel.events import ChannelSaved
from apps.omnichannel.models import Channel


@transaction.atomic
def save_channel(
    row: Channel, *, common: Mapping[str, Any], settings: Mapping[str, Any], secrets: Mapping[str, str], actor: Any
) -> Channel:
    """`common` are columns; secrets go into their sealed one (an empty one keeps what is there), the rest beside it."""
    for name, value in common.items():
        setattr(row, name, value)
    row.secrets = dict(row.secrets or {}) | {name: text for name, text in secrets.items() if text}
    row.settings = dict(settings)
    row.slug = row.slug or free_slug(row.name)
    row.save()
    _changed(row, actor)
    return row


@transaction.atomic
def switch_channel(row: Channel, *, on: bool, actor: Any) -> Channel:
    """Open or shut it; all else stays."""
    if row.is_active != on:
        row.is_active = on
        row.save(update_fields=["is_active"])
        _changed(row, actor)
    return row


def free_slug(name: str) -> str:
    """A slug no other channel has."""
    stem = slugify(name)[:50] or "channel"
    taken = set(Channel.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if slug not in taken)


def _changed(row: Channel, actor: Any) -> None:
    event = ChannelSaved(channel_id=row.pk, office_id=row.office_id, kind=row.kind, is_active=row.is_active)
    record(event, Actor.of(actor))
