"""Is a door still heard from? It writes to itself, and somebody waits for that mail.

The rows know what is due: `Watch.next_at` when a door writes to itself again, `RoundTrip.next_at` when a mail must be
sent (again) or is given up. Nothing of this is a message: no ticket, no debt, no acknowledgement.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from apps.activity.bus import SYSTEM, Actor, record
from apps.core import clock
from apps.core.ids import public_id
from apps.core.queue import nudge
from apps.core.transactions import whole
from apps.omnichannel import registry
from apps.omnichannel.events import MailboxFellSilent, MailboxHeardAgain, WatchSwitched
from apps.omnichannel.models import Channel, RoundTrip, Watch
from apps.omnichannel.ports import DeliveryFailed, Echo, WritesToItself

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=20)  # after a passing refusal; longer at each try
SOONER = timedelta(minutes=5)  # a silent door is tried again before its hour has come, so that it clears quickly
ASKED_LIMIT = timedelta(minutes=5)  # somebody sits there and waits
KEPT = timedelta(days=7)
AT_ONCE = 50

NOT_BACK = gettext_noop("The mail to itself was sent and did not come back.")
REFUSED = gettext_noop("The mail to itself could not be sent.")
ELSEWHERE = gettext_noop("The mail to itself arrived in another mailbox.")


def can_be_watched(channel: Channel) -> bool:
    return issubclass(registry.adapter_class(channel.kind), WritesToItself)


@whole()
def begin_round(channel: Channel, *, asked_by: Any = None) -> RoundTrip:
    """A mail from the door to itself will leave; asked for by a person, or due by the watch."""
    limit = ASKED_LIMIT if asked_by else timedelta(minutes=settings.ACUDO_CANARY_LIMIT_MINUTES)
    trip = RoundTrip.objects.create(
        channel=channel, token=public_id(), asked_by=asked_by, give_up_at=clock.now() + limit
    )
    nudge("apps.omnichannel.tasks.send_round", trip.pk)
    return trip


def send_round(trip_id: int) -> None:
    """Send it, once as far as we know: a try that never ended counts as sent, for the mail itself will tell."""
    trip = _claim(trip_id)
    if trip is None:
        return
    try:
        registry.adapter_for(trip.channel).send_to_itself(trip.token)  # type: ignore[attr-defined]
    except DeliveryFailed as error:
        _not_sent(trip, error)
    except Exception as error:
        log.exception("round trip %s", trip.pk)
        _not_sent(trip, DeliveryFailed("unknown", f"{type(error).__name__}: {error}"))
    else:
        _sent(trip)


@whole()
def hear_echo(channel: Channel, echo: Echo) -> None:
    """A mail to ourselves is back, or a machine reports about it. Part of the transaction that files its envelope."""
    trip = RoundTrip.objects.select_for_update().filter(channel_id=echo.channel_id, token=echo.token).first()
    if trip is None or trip.state == RoundTrip.State.RETURNED:
        return
    if not echo.is_home:
        if not trip.is_over and echo.said:
            _close(trip, RoundTrip.State.LOST, echo.said)
        return
    if channel.pk != trip.channel_id:
        RoundTrip.objects.filter(pk=trip.pk).update(reason=ELSEWHERE)
        return
    moment = clock.now()
    RoundTrip.objects.filter(pk=trip.pk).update(
        state=RoundTrip.State.RETURNED,
        next_at=None,
        returned_at=moment,
        sent_at=Coalesce(F("sent_at"), F("began_at")),
        reason="",
    )
    _heard(trip, moment)


@whole()
def switch_watch(channel: Channel, *, on: bool, actor: Any) -> Watch:
    """Begin or stop writing to itself. Stopped, it can no longer be silent for that reason."""
    watch = Watch.objects.get_or_create(channel=channel)[0]
    if watch.is_on == on:
        return watch
    watch.is_on, watch.next_at, watch.lost_since = on, clock.now() if on else None, None
    watch.reason = watch.reason if watch.unreached_since else ""
    watch.save(update_fields=["is_on", "next_at", "lost_since", "reason"])
    event = WatchSwitched(channel_id=channel.pk, office_id=channel.office_id, is_on=on)
    record(event, Actor.of(actor))
    return watch


def keep_watch(moment: datetime) -> None:
    """What the sweep does: begin what is due, send again, give up, and look at the doors that are fetched from."""
    begun = Watch.objects.filter(is_on=True, next_at__lte=moment, channel__is_active=True)
    for pk in begun.values_list("pk", flat=True)[:AT_ONCE]:
        _begin_due(pk, moment)
    due = RoundTrip.objects.filter(next_at__lte=moment).order_by("next_at")
    for pk, state, give_up_at in due.values_list("pk", "state", "give_up_at")[:AT_ONCE]:
        if give_up_at <= moment:
            _give_up(pk, moment)
        elif state == RoundTrip.State.WAITING:
            nudge("apps.omnichannel.tasks.send_round", pk)
    _look_at_fetching(moment)
    RoundTrip.objects.filter(began_at__lt=moment - KEPT, next_at=None).delete()


@whole()
def _begin_due(watch_id: int, moment: datetime) -> None:
    """Two sweeps at once begin it once: the row is held, and its next moment moves on with the mail."""
    watch = (
        Watch.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("channel__office")
        .filter(pk=watch_id, is_on=True, next_at__lte=moment)
        .first()
    )
    if watch is None:
        return
    pause = SOONER if watch.lost_since else timedelta(minutes=settings.ACUDO_CANARY_MINUTES)
    Watch.objects.filter(pk=watch.pk).update(next_at=moment + pause)
    begin_round(watch.channel)


@whole()
def _claim(trip_id: int) -> RoundTrip | None:
    trip = (
        RoundTrip.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("channel__office")
        .filter(pk=trip_id, state=RoundTrip.State.WAITING, next_at__lte=clock.now())
        .first()
    )
    if trip is None:
        return None
    trip.attempts += 1
    trip.next_at = min(clock.now() + LEASE, trip.give_up_at)
    trip.save(update_fields=["attempts", "next_at"])
    return trip


def _sent(trip: RoundTrip) -> None:
    """It may be back already: only a mail that was waiting becomes one on its way."""
    RoundTrip.objects.filter(pk=trip.pk, state=RoundTrip.State.WAITING).update(
        state=RoundTrip.State.SENT, sent_at=clock.now(), next_at=trip.give_up_at, reason=""
    )


@whole()
def _not_sent(trip: RoundTrip, error: DeliveryFailed) -> None:
    if error.is_outcome_unknown:
        _sent(trip)
        return
    row = RoundTrip.objects.select_for_update().get(pk=trip.pk)
    if row.state != RoundTrip.State.WAITING:
        return
    again = clock.now() + FIRST_PAUSE * row.attempts
    if error.kind in DeliveryFailed.PASSING and again < row.give_up_at:
        RoundTrip.objects.filter(pk=row.pk).update(next_at=again, reason=error.reason[:500])
        return
    _close(row, RoundTrip.State.REFUSED, error.reason)


@whole()
def _give_up(trip_id: int, moment: datetime) -> None:
    trip = RoundTrip.objects.select_for_update(skip_locked=True).filter(pk=trip_id, next_at__lte=moment).first()
    if trip is None or trip.is_over:
        return
    was_sent = trip.state == RoundTrip.State.SENT
    _close(trip, RoundTrip.State.LOST if was_sent else RoundTrip.State.REFUSED, trip.reason)


def _close(trip: RoundTrip, state: str, reason: str) -> None:
    """It ends badly. Of a door that is watched this is an alarm; of one that somebody only tries, an answer."""
    said = (reason or (NOT_BACK if state == RoundTrip.State.LOST else REFUSED))[:500]
    RoundTrip.objects.filter(pk=trip.pk).update(state=state, next_at=None, reason=said)
    watch = Watch.objects.select_for_update().select_related("channel").filter(channel_id=trip.channel_id).first()
    if watch is None or not watch.is_on:
        return
    changes: dict[str, Any] = {"reason": said, "next_at": clock.now() + SOONER}
    if watch.lost_since is None:
        # What came back before is the last that is known to be well.
        changes["lost_since"] = watch.heard_at or watch.created_at
    Watch.objects.filter(pk=watch.pk).update(**changes)
    if watch.silent_since is None:
        _tell_silent(watch.channel, changes["lost_since"], said)


def _heard(trip: RoundTrip, moment: datetime) -> None:
    watch = Watch.objects.select_for_update().get_or_create(channel_id=trip.channel_id)[0]
    is_first = watch.heard_at is None and not watch.is_on
    was_silent = watch.silent_since
    watch.heard_at, watch.lost_since = moment, None
    if not watch.unreached_since:
        watch.reason = ""
    if watch.is_on:
        watch.next_at = moment + timedelta(minutes=settings.ACUDO_CANARY_MINUTES)
    watch.save(update_fields=["heard_at", "lost_since", "reason", "next_at"])
    if is_first and trip.asked_by_id and not trip.channel.settings.get("is_behind_list"):
        # The first proof that it works: from now on it is looked after, unless all of a list would get these mails.
        switch_watch(trip.channel, on=True, actor=trip.asked_by)
    if was_silent and not watch.unreached_since:
        _tell_heard(trip.channel, was_silent)


def _look_at_fetching(moment: datetime) -> None:
    """A server that we fetch from and do not reach for minutes is an alarm of its own (R-09)."""
    late = moment - timedelta(minutes=settings.ACUDO_UNREACHED_MINUTES)
    for channel_id, pulse in registry.pulses().items():
        if not pulse.is_fetched:
            continue
        since = pulse.last_success_at or pulse.watched_since
        if since is not None and since < late:
            _unreached(channel_id, since, pulse.last_error)
        elif pulse.last_success_at:
            _reached(channel_id)


@whole()
def _unreached(channel_id: int, since: datetime, reason: str) -> None:
    channel = Channel.objects.active().filter(pk=channel_id).first()  # type: ignore[attr-defined]
    if channel is None:
        return
    watch = Watch.objects.select_for_update().get_or_create(channel=channel)[0]
    if watch.unreached_since:
        return
    said = reason[:500]
    was_silent = watch.silent_since
    Watch.objects.filter(pk=watch.pk).update(unreached_since=since, reason=said)
    if was_silent is None:
        _tell_silent(channel, since, said)


@whole()
def _reached(channel_id: int) -> None:
    watch = (
        Watch.objects.select_for_update(of=("self",))
        .select_related("channel")
        .filter(channel_id=channel_id, unreached_since__isnull=False)
        .first()
    )
    if watch is None:
        return
    since = watch.unreached_since
    Watch.objects.filter(pk=watch.pk).update(unreached_since=None, reason=watch.reason if watch.lost_since else "")
    if watch.lost_since is None:
        _tell_heard(watch.channel, since)


def _tell_silent(channel: Channel, since: datetime, reason: str) -> None:
    door = {"channel_id": channel.pk, "office_id": channel.office_id}
    record(MailboxFellSilent(**door, since=since.isoformat(), reason=reason), SYSTEM)


def _tell_heard(channel: Channel, since: datetime) -> None:
    door = {"channel_id": channel.pk, "office_id": channel.office_id}
    record(MailboxHeardAgain(**door, since=since.isoformat()), SYSTEM)
