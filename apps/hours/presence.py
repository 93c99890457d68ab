"""Available, busy, away; and away by itself when nobody has touched anything for ten minutes."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Invalid
from apps.hours.models import Presence

AWAY_AFTER = timedelta(minutes=10)
USUAL_CAPACITY = {"webchat": 3, "phone": 1, "video": 1}  # at once; channels one answers in one's own time have none
MOST_AT_ONCE = 20


@transaction.atomic
def set_state(user: User, *, to: str) -> Presence:
    """Somebody says how it is. Raises Invalid."""
    if to not in Presence.State.values:
        raise Invalid("unknown_state", "available, busy or away", field="state")
    now = clock.now()
    row, _new = Presence.objects.select_for_update().get_or_create(
        user=user, defaults={"state": to, "since": now, "seen_at": now}
    )
    if row.state != to or row.is_automatic:
        row.since = now
    row.state, row.is_automatic, row.seen_at = to, False, now
    row.save()
    return row


def seen(user: User) -> str:
    """A sign of life. Brings back who went away by itself; changes nothing that somebody said. Says the state."""
    now = clock.now()
    rows = Presence.objects.filter(user=user)
    rows.filter(state=Presence.State.AWAY, is_automatic=True).update(
        state=Presence.State.AVAILABLE, is_automatic=False, since=now, seen_at=now
    )
    rows.update(seen_at=now)
    return rows.values_list("state", flat=True).first() or Presence.State.AWAY


def send_away() -> int:
    """Who has not been seen for ten minutes is away; a second run finds nobody. Says how many."""
    now = clock.now()
    silent = Presence.objects.silent_since(now - AWAY_AFTER)
    return silent.update(state=Presence.State.AWAY, is_automatic=True, since=now)


def set_capacity(user: User, *, capacity: dict[str, Any]) -> Presence:
    """How many of each channel at once; 0 is none. Raises Invalid."""
    for channel, most in capacity.items():
        if not isinstance(channel, str) or type(most) is not int or not 0 <= most <= MOST_AT_ONCE:
            raise Invalid("not_a_capacity", "0 to 20 for each channel", field=str(channel))
    now = clock.now()
    row, _new = Presence.objects.get_or_create(user=user, defaults={"since": now, "seen_at": now})
    row.capacity = capacity
    row.save(update_fields=["capacity"])
    return row


def takes(row: Presence, channel: str) -> bool:
    """Does this person do that channel at all? Whoever may hold none of it at once does not."""
    return row.capacity.get(channel) != 0


def capacity_for(row: Presence | None, channel: str) -> int | None:
    """How many at once; None is without a limit; 0 for whoever is not available."""
    if row is None or row.state != Presence.State.AVAILABLE:
        return 0
    return row.capacity.get(channel, USUAL_CAPACITY.get(channel))
