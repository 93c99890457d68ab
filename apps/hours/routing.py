"""Who can take one more? From presence, capacity, shifts and absences; who counts the work brings the numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from apps.accounts.models import Office
from apps.hours.duty import roster_of
from apps.hours.models import Absence, Presence
from apps.hours.presence import AWAY_AFTER, capacity_for


@dataclass(frozen=True)
class Hand:
    """Somebody with a free hand: `load` of `most` at once (None: without a limit)."""

    user_id: int
    load: int
    most: int | None
    is_on_duty: bool
    since: datetime

    @property
    def order(self) -> tuple[Any, ...]:
        """Those on duty first, then who has least of what they can hold, then who has been available longest."""
        return (not self.is_on_duty, self.load / self.most if self.most else 0, self.load, self.since, self.user_id)


def free_hands(
    people: Iterable[int], *, channel: str, office: Office, loads: Mapping[int, int], at: datetime
) -> list[Hand]:
    """Of these users, who could take one more on this channel now, the best first. At most six queries.

    Available, seen lately, not noted as away today, and with fewer at once than their capacity. `loads`: how many each
    has on this channel already.
    """
    roster = roster_of(office)
    today = at.astimezone(roster.zone).date()
    rows = Presence.objects.filter(user__in=people, state=Presence.State.AVAILABLE, seen_at__gt=at - AWAY_AFTER)
    absent = Absence.objects.filter(Q(first_on__lte=today, last_on__gte=today), user__in=people)
    on_duty = roster.on_duty(at)
    found = []
    for row in rows.exclude(user__in=absent.values("user_id")):
        most, load = capacity_for(row, channel), loads.get(row.pk, 0)
        if most is None or load < most:
            found.append(Hand(row.pk, load, most, row.pk in on_duty, row.since))
    return sorted(found, key=lambda hand: hand.order)
