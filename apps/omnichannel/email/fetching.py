"""From a mailbox into our store, once and in order. Stored and counted in one commit; the server hears of it after."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from apps.core import clock
from apps.omnichannel import services
from apps.omnichannel.models import Channel
from apps.omnichannel.ports import RawInput

from .imap import Connection, Folder, MailboxFailed
from .mailbox import Mailbox
from .models import MailboxProgress
from .parsing import MOST_BYTES

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than any dialogue may last
MOST_AT_ONCE = 50
MOST_BYTES_AT_ONCE = 8 * 1024 * 1024
MOST_SIZES_AT_ONCE = 500
MOST_TRIES = 3  # before what the server does not hand over is noted and left behind
MOST_SECONDS = 60  # of one round; what is left waits for the next, which begins at once
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=5)


NOT_HANDED_OVER = gettext_noop("The mail server does not hand over one of its mails.")


class NotOurs(Exception):
    """Somebody else holds this mailbox by now."""


def progress_of(channel: Channel, mailbox: Mailbox) -> MailboxProgress:
    row, _made = MailboxProgress.objects.get_or_create(channel=channel, folder=mailbox.folder[:200])
    return row


def take(progress: MailboxProgress, holder: str, *, instead_of: str = "") -> bool:
    """Hold the mailbox, or go on holding it; False while another does."""
    moment = clock.now()
    free = Q(held_until=None) | Q(held_until__lt=moment) | Q(held_by__in=[holder, instead_of or holder])
    taken = MailboxProgress.objects.filter(free, pk=progress.pk).update(held_by=holder, held_until=moment + LEASE)
    return bool(taken)


def let_go(progress: MailboxProgress, holder: str) -> None:
    MailboxProgress.objects.filter(pk=progress.pk, held_by=holder).update(held_by="", held_until=None, is_idling=False)


def began(progress: MailboxProgress) -> None:
    moment = clock.now()
    MailboxProgress.objects.filter(pk=progress.pk).update(last_attempt_at=moment)
    Channel.objects.filter(pk=progress.channel_id).update(last_attempt_at=moment)


def succeeded(progress: MailboxProgress, *, waiting: int = 0, is_idling: bool = False) -> None:
    moment = clock.now()
    MailboxProgress.objects.filter(pk=progress.pk).update(
        last_attempt_at=moment,
        last_success_at=moment,
        last_error="",
        failures=0,
        waiting_count=waiting,
        is_idling=is_idling,
        next_at=moment,
    )
    Channel.objects.filter(pk=progress.channel_id).update(last_attempt_at=moment, last_success_at=moment, last_error="")


def failed(progress: MailboxProgress, text: str, *, is_lasting: bool = False) -> None:
    """Tried again after a pause that doubles up to five minutes; what only a person can mend waits the longest."""
    progress.refresh_from_db(fields=["failures"])
    moment = clock.now()
    pause = LONGEST_PAUSE if is_lasting else min(FIRST_PAUSE * 2 ** min(progress.failures, 10), LONGEST_PAUSE)
    MailboxProgress.objects.filter(pk=progress.pk).update(
        last_attempt_at=moment,
        last_error=text[:300],
        failures=F("failures") + 1,
        is_idling=False,
        next_at=moment + pause,
    )
    Channel.objects.filter(pk=progress.channel_id).update(last_attempt_at=moment, last_error=text[:300])


def fetch(
    channel: Channel,
    progress: MailboxProgress,
    connection: Connection,
    holder: str,
    *,
    breathe: Callable[[], None] = lambda: None,
) -> int:
    """One round: how many mails were looked at. `breathe` is called between dialogues.

    Raises MailboxFailed and NotOurs.
    """
    progress.refresh_from_db()
    _settle(progress, connection, connection.select(connection.mailbox.folder))
    numbers = connection.numbers_after(progress.last_uid)
    until, count = time.monotonic() + MOST_SECONDS, 0
    for batch in _batches(connection, numbers):
        breathe()
        _store_batch(channel, progress, connection, holder, batch)
        count += len(batch)
        succeeded(progress, waiting=len(numbers) - count)
        if time.monotonic() > until:
            break
    return count


def _settle(progress: MailboxProgress, connection: Connection, folder: Folder) -> None:
    """Where to begin: with what comes now, or on the chosen day; or again, when the server numbered its mails anew.

    Then all since we began is looked at once more, and the hash of its bytes says what we have (R-08, R-04).
    """
    if progress.uidvalidity == folder.uidvalidity and progress.last_uid < folder.uidnext:
        return
    is_first = progress.uidvalidity == 0
    since = connection.mailbox.since
    if is_first and since is not None:
        progress.started_at = datetime.combine(since, time_of_day.min, tzinfo=UTC)
    begins = folder.uidnext
    if not is_first or since is not None:
        numbers = connection.numbers_since(progress.started_at)
        begins = min([*numbers, folder.uidnext])
        progress.rescan_until = 0 if is_first else folder.uidnext - 1
    if not is_first:
        log.warning("mailbox %s was numbered anew: all since its beginning is looked at again", progress.pk)
    progress.uidvalidity, progress.last_uid = folder.uidvalidity, begins - 1
    progress.stuck_uid = progress.stuck_tries = 0
    progress.save(update_fields=["uidvalidity", "last_uid", "started_at", "rescan_until", "stuck_uid", "stuck_tries"])


def _batches(connection: Connection, numbers: list[int]) -> Iterator[list[tuple[int, int]]]:
    """(number, size) in order, together small enough for one answer; a large one comes alone."""
    for start in range(0, len(numbers), MOST_SIZES_AT_ONCE):
        some = numbers[start : start + MOST_SIZES_AT_ONCE]
        sizes = connection.sizes(some)
        batch: list[tuple[int, int]] = []
        total = 0
        for uid in some:
            size = sizes.get(uid, 0)
            if batch and (len(batch) >= MOST_AT_ONCE or total + size > MOST_BYTES_AT_ONCE):
                yield batch
                batch, total = [], 0
            batch.append((uid, size))
            total += size
        if batch:
            yield batch


def _store_batch(
    channel: Channel, progress: MailboxProgress, connection: Connection, holder: str, batch: list[tuple[int, int]]
) -> None:
    """Raises MailboxFailed; what was stored until then stays."""
    if progress.stuck_uid not in {uid for uid, _size in batch}:
        _store_at_once(channel, progress, connection, holder, batch)
        return
    # One of these broke the line before: singly now. It is left behind only when the server hands over the next one.
    for at, one in enumerate(batch):
        is_given_up = one[0] == progress.stuck_uid and progress.stuck_tries >= MOST_TRIES and at + 1 < len(batch)
        if is_given_up and connection.mails([batch[at + 1][0]]):
            _store(channel, progress, holder, one[0], b"", {"not_given": True})
        else:
            _store_at_once(channel, progress, connection, holder, [one])


def _store_at_once(
    channel: Channel, progress: MailboxProgress, connection: Connection, holder: str, batch: list[tuple[int, int]]
) -> None:
    small = [uid for uid, size in batch if size <= MOST_BYTES]
    large = {uid: size for uid, size in batch if size > MOST_BYTES}
    try:
        found = connection.mails(small) if small else {}
        heads = connection.mails(list(large), headers_only=True) if large else {}
    except MailboxFailed:
        _note_stuck(progress, batch[0][0])
        raise
    for uid, _size in batch:
        if uid in found:
            _store(channel, progress, holder, uid, found[uid], {})
        elif uid in heads:
            _store(channel, progress, holder, uid, heads[uid], {"too_large": large[uid]})
        elif connection.sizes([uid]):  # it is there, and is not handed over
            _note_stuck(progress, uid)
            raise MailboxFailed(NOT_HANDED_OVER)
        else:
            _advance(progress, holder, uid)  # it went before we came
    connection.put_away([uid for uid, _size in batch if uid in found or uid in heads])


def _note_stuck(progress: MailboxProgress, uid: int) -> None:
    progress.stuck_tries = progress.stuck_tries + 1 if progress.stuck_uid == uid else 1
    progress.stuck_uid = uid
    progress.save(update_fields=["stuck_uid", "stuck_tries"])


@transaction.atomic
def _store(
    channel: Channel, progress: MailboxProgress, holder: str, uid: int, body: bytes, more: dict[str, object]
) -> None:
    """The mail and how far we are, in one commit (R-01)."""
    _advance(progress, holder, uid, is_mail=True)
    meta = {"folder": progress.folder, "uidvalidity": progress.uidvalidity, "uid": uid, **more}
    name = "" if body else f"imap:{progress.folder[:100]}:{progress.uidvalidity}:{uid}"
    services.store(channel, RawInput(body, "mailbox", meta=meta, external_id=name))


def _advance(progress: MailboxProgress, holder: str, uid: int, *, is_mail: bool = False) -> None:
    """Raises NotOurs, which undoes the storing too."""
    fields = {"last_uid": uid, "stuck_uid": 0, "stuck_tries": 0}
    if is_mail:
        fields |= {"fetched_count": F("fetched_count") + 1, "last_mail_at": clock.now()}
    moved = MailboxProgress.objects.filter(
        pk=progress.pk, held_by=holder, uidvalidity=progress.uidvalidity, last_uid__lt=uid
    ).update(**fields)
    if not moved:
        raise NotOurs
    progress.last_uid, progress.stuck_uid, progress.stuck_tries = uid, 0, 0


def deadline() -> float:
    """Seconds that one dialogue with a server may last (R-09)."""
    return float(settings.ACUDO_MAIL_FETCH_SECONDS)
