"""One person's own shifts: the days to come, and a secret address from which a calendar program fetches them."""

from datetime import datetime, timedelta

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from apps.accounts.models import User
from apps.hours.duty import zoned_rosters
from apps.hours.models import Shift
from apps.hours.roster import Turn

SALT = "hours.shifts"
LONGEST = 200
DAYS_SHOWN, DAYS_FED = 14, 90


def turns_of(user: User, *, at: datetime, days: int) -> list[tuple[Turn, Shift]]:
    """In every office of the bodies they work in, in order, from today on. Few queries, however many offices."""
    bodies = user.memberships.values("office__body_id")
    shifts = list(Shift.objects.filter(office__body_id__in=bodies).select_related("office"))
    by_id = {shift.pk: shift for shift in shifts}
    found = []
    for roster in zoned_rosters(shifts):
        today = at.astimezone(roster.zone).date()
        for step in range(days):
            for turn in roster.turns(today + timedelta(days=step)):
                if turn.ends > at and any(duty.user_id == user.pk for duty in turn.duties):
                    found.append((turn, by_id[turn.shift.id]))
    return sorted(found, key=lambda pair: (pair[0].begins, pair[0].shift.id))


def feed_key(user: User) -> str:
    """Good until the person ends all sessions or changes the password; holds nothing that opens anything else."""
    return signing.dumps([user.pk, _state(user)], salt=SALT)


def user_of_feed(key: str) -> User | None:
    if len(key) > LONGEST:
        return None
    try:
        pk, state = signing.loads(key, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.active().filter(pk=pk).first()  # type: ignore[attr-defined]
    return user if user and constant_time_compare(state, _state(user)) else None


def _state(user: User) -> str:
    return salted_hmac(SALT, f"{user.session_epoch}:{user.password}", algorithm="sha256").hexdigest()[:24]
