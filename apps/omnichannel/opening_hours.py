"""Whose opening hours hold at a door? Its own, those of its team, or those of its office."""

from collections.abc import Sequence

from apps.hours.following import Followed, followed, followed_by_offices
from apps.omnichannel.models import Channel


def followed_at(channel: Channel) -> Followed:
    """No query when the calendars are loaded with the channel, its team and its office; else one or two."""
    return followed_at_all([channel])[channel.pk]


def followed_at_all(channels: Sequence[Channel]) -> dict[int, Followed]:
    """By the channels' keys; one query for all those whose office follows another."""
    asking = [row for row in channels if not row.calendar_id and not (row.team_id and row.team.calendar_id)]
    of_offices = followed_by_offices({row.office_id: row.office for row in asking}.values())
    return {row.pk: followed(row.office, team=row.team, own=row.calendar, of_offices=of_offices) for row in channels}
