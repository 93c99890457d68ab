"""The process that looks into mailboxes: a thread for each, so that one that is stuck delays no other (R-09)."""

import logging
import os
import secrets
import socket
import threading
import time
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils.translation import gettext_noop

from apps.core import clock
from apps.core.models import Heartbeat
from apps.omnichannel.models import Channel

from . import fetching, mailbox, signin
from .imap import HUNG, Connection, MailboxFailed, SignInRefused
from .mailbox import Mailbox
from .models import FETCHER, MailboxProgress

log = logging.getLogger(__name__)

LOOK_ROUND = 5.0  # seconds between looks at which channels want fetching
IDLE_SLICE = 60.0  # a line that is quiet for longer is asked for a sign of life
GRACE = 60.0  # beyond its deadline; then a thread is given up
UNFORESEEN = gettext_noop("Something unforeseen happened while fetching; the log says more.")
HOST = socket.gethostname()[:24].replace(":", "-")
PROCESS = secrets.token_hex(4)  # tells us apart from who had our number before us


class MailFetcher:
    """`start()` returns at once; `stop()` once all lines are closed. Nothing runs for channels that do not ask."""

    def __init__(self, *, look_round: float = LOOK_ROUND) -> None:
        self.look_round = look_round
        self.told = threading.Event()
        self.thread: threading.Thread | None = None
        self.watches: dict[int, Watch] = {}

    def start(self) -> None:
        self.thread = threading.Thread(target=self._run, name="mail-fetcher", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.told.set()
        for watch in list(self.watches.values()):
            watch.stop()
        if self.thread is not None:
            self.thread.join(5)
        for watch in list(self.watches.values()):
            watch.thread.join(5)

    def _run(self) -> None:
        while not self.told.is_set():
            try:
                close_old_connections()
                self.look()
                Heartbeat.beat(FETCHER)
            except DatabaseError:
                log.warning("the database is away: mailboxes are looked for again soon", exc_info=True)
            finally:
                close_old_connections()
            self.told.wait(self.look_round)

    def look(self) -> None:
        """A watch for each channel that asks for one; those that are dead or stuck are replaced."""
        wanted = set(mailbox.fetched().values_list("pk", flat=True))
        for pk in list(self.watches):
            watch = self.watches[pk]
            if pk not in wanted:
                watch.stop()
                del self.watches[pk]
            elif watch.is_stuck():
                log.error("the mailbox of channel %s hung beyond its deadline and is begun anew", pk)
                watch.give_up()
                self.watches[pk] = Watch(pk, instead_of=watch.holder).begin()
            elif not watch.thread.is_alive():
                self.watches[pk] = Watch(pk).begin()
        for pk in wanted - set(self.watches):
            self.watches[pk] = Watch(pk).begin()


class Watch:
    """One mailbox, for as long as its channel wants it."""

    def __init__(self, channel_id: int, *, instead_of: str = "") -> None:
        self.channel_id = channel_id
        self.instead_of = instead_of
        self.holder = f"{HOST}:{os.getpid()}:{PROCESS}:{secrets.token_hex(4)}"
        self.told = threading.Event()
        self.connection: Connection | None = None
        self.due = time.monotonic() + GRACE
        self.thread = threading.Thread(target=self._run, name=f"mailbox-{channel_id}", daemon=True)

    def begin(self) -> "Watch":
        self.thread.start()
        return self

    def stop(self) -> None:
        self.told.set()
        if self.connection is not None:
            self.connection.cut()

    def is_stuck(self) -> bool:
        return time.monotonic() > self.due

    def give_up(self) -> None:
        """Its successor takes the lease away: whatever this thread still fetches is not stored."""
        self.stop()
        for progress in MailboxProgress.objects.filter(channel_id=self.channel_id, held_by=self.holder):
            fetching.failed(progress, HUNG)

    def breathe(self, seconds: float = 0.0) -> None:
        """Still alive: due again after `seconds` and one deadline."""
        self.due = time.monotonic() + seconds + fetching.deadline() + GRACE

    def _run(self) -> None:
        while not self.told.is_set():
            self.breathe(self.pause)
            try:
                close_old_connections()
                if not self._attempt():
                    return
            except DatabaseError:
                log.warning("the database is away: the mailbox waits", exc_info=True)
            finally:
                close_old_connections()
            self.told.wait(self.pause)

    @property
    def pause(self) -> float:
        return min(2.0, float(settings.ACUDO_MAIL_POLL_SECONDS))

    def _attempt(self) -> bool:
        """Connect and stay as long as it goes well. False when nothing is to be fetched any more."""
        channel = Channel.objects.active().select_related("office").filter(pk=self.channel_id).first()  # type: ignore[attr-defined]
        box = mailbox.of(channel) if channel is not None else None
        if channel is None or box is None:
            return False
        progress = fetching.progress_of(channel, box)
        if progress.next_at > clock.now() or not self._take(progress):
            return True
        try:
            self._stay(channel, box, progress)
        except fetching.NotOurs:
            log.info("mailbox %s is held by another process", progress.pk)
        except signin.SignInFailed as error:
            fetching.failed(progress, error.text, is_lasting=error.is_lasting)
        except MailboxFailed as error:
            log.warning("mailbox %s: %s", progress.pk, error, exc_info=error.__cause__)
            if not self.told.is_set():
                fetching.failed(progress, error.text, is_lasting=isinstance(error, SignInRefused))
        except DatabaseError:
            raise
        except Exception:
            log.exception("mailbox %s", progress.pk)
            fetching.failed(progress, UNFORESEEN)
        finally:
            fetching.let_go(progress, self.holder)
            self.connection = None
        return True

    def _take(self, progress: MailboxProgress) -> bool:
        dead = progress.held_by if is_gone(progress.held_by) else ""
        return fetching.take(progress, self.holder, instead_of=self.instead_of or dead)

    def _stay(self, channel: Channel, box: Mailbox, progress: MailboxProgress) -> None:
        fetching.began(progress)
        with Connection(box, deadline=fetching.deadline()) as connection:
            self.connection = connection
            self._sign_in(progress, box, connection)
            while not self.told.is_set():
                self.breathe()
                if not fetching.take(progress, self.holder):
                    raise fetching.NotOurs
                if fetching.fetch(channel, progress, connection, self.holder, breathe=self._between(progress)):
                    continue  # more may have come meanwhile
                fetching.succeeded(progress, is_idling=connection.can_idle)
                if self._is_changed(channel, box):
                    return
                self._wait(connection)

    def _sign_in(self, progress: MailboxProgress, box: Mailbox, connection: Connection) -> None:
        if box.auth != mailbox.OAUTH:
            connection.open(box.password)
            return
        try:
            connection.open(signin.access_token(progress, box))
        except SignInRefused:  # revoked before its time: once more with a new one
            connection.close()
            connection.open(signin.access_token(progress, box, is_refused=True))

    def _between(self, progress: MailboxProgress) -> Any:
        def breathe() -> None:
            self.breathe()
            if self.told.is_set() or not fetching.take(progress, self.holder):
                raise fetching.NotOurs

        return breathe

    def _wait(self, connection: Connection) -> None:
        if connection.can_idle:
            self.breathe(IDLE_SLICE)
            close_old_connections()
            connection.wait(min(IDLE_SLICE, 60.0))
            return
        seconds = float(settings.ACUDO_MAIL_POLL_SECONDS)
        self.breathe(seconds)
        self.told.wait(seconds)

    def _is_changed(self, channel: Channel, box: Mailbox) -> bool:
        """The administrator has changed something: sign in again with that."""
        fresh = Channel.objects.filter(pk=channel.pk).first()
        return fresh is None or not fresh.is_active or mailbox.of(fresh) != box


def is_gone(holder: str) -> bool:
    """A process of this machine that held a mailbox and is no more: nobody need wait for its lease to end."""
    host, _, rest = holder.partition(":")
    number, _, rest = rest.partition(":")
    if host != HOST or not number.isdigit():
        return False
    if int(number) == os.getpid():
        return not rest.startswith(PROCESS)
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
