"""Accept first, understand later: the raw bytes are committed before anybody is told yes (R-01)."""

import hashlib
import logging
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from apps.accounts.models import Office, Team
from apps.activity.bus import Actor, record
from apps.core import clock, rows
from apps.core.errors import Conflict, DomainError, Invalid
from apps.core.ids import public_id
from apps.core.queue import nudge
from apps.core.transactions import whole
from apps.hours.models import Calendar
from apps.omnichannel.events import EnvelopeCorrected, EnvelopeDiscarded, EnvelopeReadAgain
from apps.omnichannel.models import Channel, Envelope
from apps.omnichannel.ports import (
    Afterwards,
    DeliveryNews,
    Echo,
    HowFar,
    InboundMessage,
    RawInput,
    SaidElsewhere,
    Unreadable,
)
from apps.omnichannel.registry import adapter_for
from apps.omnichannel.services.afterwards import follow
from apps.omnichannel.services.fetching import bring_home
from apps.omnichannel.services.outcomes import hear
from apps.omnichannel.services.receive import receive
from apps.omnichannel.services.watch import hear_echo
from apps.tickets.models import Message

log = logging.getLogger(__name__)
MOST_TRIES = 3
LEASE = timedelta(minutes=1)  # after which a worker that died with the envelope is taken for dead
PAUSE = timedelta(seconds=5)
NOTHING_SAID = gettext_noop("It held no message for us.")  # a receipt, a read mark: understood, no ticket comes of it
OUR_OWN = gettext_noop("Our own test mail.")
PUT_OFF = gettext_noop("It is about a message that has not come yet: it is looked at again.")
NEVER_CAME = gettext_noop("It is about a message that never came.")
PARKED = (5, 20, 60, 180, 330)  # seconds until the next look: ten minutes in all
CORRECTED = gettext_noop("A corrected copy was read instead.")
LONGEST_REASON = 500

COUNTED = "UPDATE omnichannel_channel SET received_count = received_count + 1, last_item_at = %s WHERE id = %s"
CLAIMED = rows.Read(
    """
    UPDATE omnichannel_envelope SET attempts = attempts + 1, next_at = %s
    WHERE id = %s AND state = 'waiting' AND next_at <= %s AND attempts < %s RETURNING {omnichannel_envelope}
    """,
    omnichannel_envelope=Envelope,
)
DOOR = rows.Read(
    """
    SELECT {channel}, {office}, {body}, {calendar}, {team} FROM omnichannel_channel channel
    JOIN accounts_office office ON office.id = channel.office_id
    LEFT JOIN accounts_office body ON body.id = office.body_id
    LEFT JOIN accounts_team team ON team.id = channel.team_id
    LEFT JOIN hours_calendar calendar
        ON calendar.id = COALESCE(channel.calendar_id, team.calendar_id, office.calendar_id)
    WHERE channel.id = %s
    """,
    channel=Channel,
    office=Office,
    body=Office,
    calendar=Calendar,
    team=Team,
)


class _DoneByAnother(Exception):
    """Somebody else has ended the envelope meanwhile."""


def store(channel: Channel, raw: RawInput) -> Envelope:
    """Keep raw input; the same input twice is one row and is answered like the first time (R-04).

    Without a provider's id the hash of the bytes is the name: a message id chosen by a stranger is none.
    """
    digest = hashlib.sha256(raw.body).hexdigest()
    external_id = raw.external_id or f"sha256:{digest}"
    try:
        with transaction.atomic():
            envelope = rows.insert(
                Envelope(
                    channel=channel,
                    external_id=external_id[:250],
                    digest=digest,
                    raw=raw.body,
                    source=raw.source,
                    headers=dict(raw.headers),
                    meta=dict(raw.meta),
                )
            )
            nudge("apps.omnichannel.tasks.process_envelope", envelope.pk)
            # Last, so that the channel's row is held only for the commit. The rows are checked against this count.
            rows.run(COUNTED, [envelope.received_at, channel.pk])
            return envelope
    except IntegrityError:
        return Envelope.objects.get(channel=channel, external_id=external_id[:250])


def process(envelope_id: int) -> None:
    """Understand one envelope. Safe to run twice and at once: the claim and the end are guarded by the row.

    Three tries; then, or at once when the adapter says Unreadable, it goes to quarantine with its reason (R-07).
    """
    envelope = _claim(envelope_id)
    if envelope is None:
        return
    try:
        _understand(envelope)
    except (Unreadable, DomainError) as error:
        _set_aside(envelope, str(error))  # trying again would meet the same rule
    except Exception as error:
        log.warning("envelope %s failed on try %s", envelope.pk, envelope.attempts, exc_info=True)
        _try_later(envelope, f"{type(error).__name__}: {error}")


@whole()
def process_again(envelope: Envelope, *, actor: Any = None) -> bool:
    """An operator asks for another look, after a fix. False when it no longer waits for that."""
    changed = Envelope.objects.filter(pk=envelope.pk, state=Envelope.State.QUARANTINED).update(
        state=Envelope.State.WAITING, attempts=0, next_at=clock.now(), reason="", processed_at=None
    )
    if changed:
        record(EnvelopeReadAgain(**_door(envelope.channel), envelope_id=envelope.pk), Actor.of(actor))
        nudge("apps.omnichannel.tasks.process_envelope", envelope.pk)
    return bool(changed)


@whole()
def discard(envelope: Envelope, *, reason: str, actor: Any = None) -> bool:
    """An operator has looked and nothing is to be made of it; the bytes stay. False when it no longer waits."""
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise Invalid("reason_missing", _("Say why: somebody may ask."))
    changed = _reject(envelope, said)
    if changed:
        event = EnvelopeDiscarded(**_door(envelope.channel), envelope_id=envelope.pk, reason=said)
        record(event, Actor.of(actor))
    return changed


@whole()
def correct(envelope: Envelope, *, body: bytes, actor: Any) -> Envelope:
    """An operator mends what could not be read: the copy is an envelope of its own, what came first stays as it came.

    Nobody has vouched for the copy, so whoever it says wrote it counts as unproven. Raises Invalid, Conflict.
    """
    if not body.strip():
        raise Invalid("nothing_there", _("There is nothing left to read."))
    if hashlib.sha256(body).hexdigest() == envelope.digest:
        raise Invalid("nothing_changed", _("Nothing was changed. To read it again as it is, use “Read again”."))
    if not _reject(envelope, CORRECTED):
        raise Conflict("not_waiting", _("Somebody else has dealt with it meanwhile."))
    first = envelope.corrects or envelope
    raw = RawInput(body, envelope.source, headers=envelope.headers, meta=envelope.meta)
    copy = store(envelope.channel, replace(raw, external_id=f"copy:{public_id()}"))
    copy.corrects = first
    copy.save(update_fields=["corrects"])
    event = EnvelopeCorrected(**_door(envelope.channel), envelope_id=envelope.pk, copy_id=copy.pk)
    record(event, Actor.of(actor))
    return copy


def _claim(envelope_id: int) -> Envelope | None:
    """Ours for the length of the lease. A claim that finds the tries used up ends in quarantine: whatever killed the
    workers before would kill this one too."""
    now = clock.now()
    claimed = CLAIMED.first([now + LEASE, envelope_id, now, MOST_TRIES])
    if claimed:
        envelope: Envelope = claimed[0]
        envelope.channel = _door_of(envelope.channel_id)
        return envelope
    for envelope in Envelope.objects.filter(pk=envelope_id, state=Envelope.State.WAITING, next_at__lte=now):
        _set_aside(envelope, envelope.reason or gettext_noop("It stopped whoever tried to read it, three times."))
    return None


def _door_of(channel_id: int) -> Channel:
    """With its office, body, hours and team: all that the way of a message asks."""
    found = DOOR.first([channel_id])
    assert found is not None
    channel, office, body, calendar, channel.team = found
    for owner in (channel, channel.team, office):
        if calendar and owner and owner.calendar_id == calendar.pk:
            owner.calendar = calendar
    channel.office, office.body = office, office if office.body_id == office.pk else body
    return channel


def _understand(envelope: Envelope) -> None:
    raw = RawInput(
        body=bytes(envelope.raw),
        source=envelope.source,
        headers=envelope.headers,
        meta=envelope.meta,
        external_id=envelope.external_id,
    )
    adapter = adapter_for(envelope.channel)
    found = [bring_home(envelope.channel, adapter, inbound) for inbound in adapter.parse(raw)]
    with suppress(_DoneByAnother), whole():
        message, silent_because = None, NOTHING_SAID
        for inbound, files in found:
            if isinstance(inbound, Echo):
                hear_echo(envelope.channel, inbound)
                silent_because = OUR_OWN
                continue
            if isinstance(inbound, DeliveryNews):
                hear(envelope.channel, [inbound])
                continue
            if not isinstance(inbound, InboundMessage):
                if not follow(envelope.channel, inbound, at=envelope.received_at):
                    silent_because = _park(envelope, inbound)
                continue
            said = _unproven(inbound) if envelope.corrects_id else inbound
            received = receive(envelope.channel, said, files=files, at=envelope.received_at)
            message = received.message
            if said.news:
                hear(envelope.channel, said.news)
        _end(envelope, message, "" if message else silent_because)


def _park(envelope: Envelope, heard: SaidElsewhere | Afterwards | HowFar) -> str:
    """What is told of a message that has not come yet is looked at again a few times, then it is dropped."""
    again = getattr(heard, "again", b"")
    tries = int(envelope.meta.get("parked", 0))
    if not again or tries >= len(PARKED):
        log.info("envelope %s is about a message we never got", envelope.pk)
        return NEVER_CAME
    name = hashlib.sha256(again).hexdigest()[:48]
    raw = RawInput(again, "parked", meta={"parked": tries + 1}, external_id=f"parked:{name}:{tries + 1}")
    parked = store(envelope.channel, raw)
    if parked.state == Envelope.State.WAITING and not parked.attempts:
        Envelope.objects.filter(pk=parked.pk).update(next_at=clock.now() + timedelta(seconds=PARKED[tries]))
    return PUT_OFF


def _end(envelope: Envelope, message: Message | None, reason: str) -> None:
    """Written last, and only by the first: who reads the same envelope at once undoes all it made of it."""
    envelope.state, envelope.next_at, envelope.processed_at = Envelope.State.PROCESSED, None, clock.now()
    envelope.message, envelope.reason = message, reason
    is_first = rows.update(
        envelope, ["state", "next_at", "processed_at", "message", "reason"], state=Envelope.State.WAITING
    )
    if not is_first:
        raise _DoneByAnother


def _try_later(envelope: Envelope, reason: str) -> None:
    if envelope.attempts >= MOST_TRIES:
        _set_aside(envelope, reason)
        return
    Envelope.objects.filter(pk=envelope.pk, state=Envelope.State.WAITING).update(
        next_at=clock.now() + PAUSE * envelope.attempts, reason=reason[:2000]
    )


def _set_aside(envelope: Envelope, reason: str) -> None:
    Envelope.objects.filter(pk=envelope.pk, state=Envelope.State.WAITING).update(
        state=Envelope.State.QUARANTINED, next_at=None, reason=reason[:2000], processed_at=clock.now()
    )


def _reject(envelope: Envelope, reason: str) -> bool:
    changed = Envelope.objects.filter(pk=envelope.pk, state=Envelope.State.QUARANTINED).update(
        state=Envelope.State.REJECTED, next_at=None, reason=reason, processed_at=clock.now()
    )
    return bool(changed)


def _unproven(inbound: InboundMessage) -> InboundMessage:
    return replace(inbound, sender=replace(inbound.sender, is_verified=False), may_be_answered=False)


def _door(channel: Channel) -> dict[str, int]:
    return {"channel_id": channel.pk, "office_id": channel.office_id}
