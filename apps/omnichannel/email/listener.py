"""The local SMTP and LMTP door: a Postfix in front, or any mail program on the same machine, hands mail over here.

250 is said only after the commit (R-01); a recipient that is no channel of ours is refused at once.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from apps.omnichannel import services
from apps.omnichannel.models import Channel
from apps.omnichannel.ports import RawInput

from .channels import channel_for
from .parsing import MOST_BYTES, MOST_RECIPIENTS

log = logging.getLogger(__name__)
THREADS = 4  # transactions at once; more only wait for one another
LONGEST_LINE = 4 * 1024 * 1024  # RFC 5321 says 1000, but whole pages come in one line, and refused is lost
IDLE_SECONDS = 120

STORED = "250 2.0.0 Stored"
TRY_AGAIN = "451 4.3.0 Not stored, try again"
UNKNOWN = "550 5.1.1 No such mailbox here"
TOO_MANY = "452 4.5.3 Too many recipients"


class MailListener:
    """`start()` returns once the port is open, `stop()` once the last mail is answered. Port 0: the door stays shut.

    Inside the whole product a port that is taken shuts this door only; `must_open` is for the process of its own.
    """

    def __init__(
        self, *, host: str | None = None, port: int | None = None, lmtp: bool = False, must_open: bool = False
    ) -> None:
        self.must_open = must_open
        self.host = settings.ACUDO_SMTP_HOST if host is None else host
        self.port = settings.ACUDO_SMTP_PORT if port is None else port
        self.lmtp = lmtp
        self.controller: Controller | None = None
        self.door: Door | None = None

    def start(self) -> None:
        if not self.port:
            return
        self.door = Door(lmtp=self.lmtp)
        self.controller = _Controller(self.door, hostname=self.host, port=self.port, lmtp=self.lmtp)
        try:
            self.controller.start()
        except OSError:
            self.controller = None
            self.door.close()
            if self.must_open:
                raise
            log.exception("the mail door stays shut: port %s cannot be had (ACUDO_SMTP_PORT)", self.port)
            return
        log.info("mail door open on %s:%s", self.host, self.port)

    def stop(self) -> None:
        if self.controller is None or self.door is None:
            return
        self.controller.stop(no_assert=True)
        self.door.close()
        self.controller = None


class Door:
    """aiosmtpd's handler. Everything that touches the database runs in threads of its own."""

    def __init__(self, *, lmtp: bool = False) -> None:
        self.lmtp = lmtp
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mail-door")

    async def handle_RCPT(  # noqa: N802  aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        try:
            channel = await self._in_thread(channel_for, address)
        except DatabaseError:
            log.warning("a recipient could not be looked up", exc_info=True)
            return TRY_AGAIN
        if channel is None:
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802  aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        body = envelope.original_content or b""
        try:
            await self._in_thread(
                _store, body, (envelope.mail_from or "").strip("<>"), list(envelope.rcpt_tos), self._source()
            )
        except Exception:
            log.warning("a mail was not stored", exc_info=True)
            return self._answer(TRY_AGAIN, envelope)
        return self._answer(STORED, envelope)

    def close(self) -> None:
        self.threads.shutdown(wait=True)

    def _source(self) -> str:
        return "lmtp" if self.lmtp else "smtp"

    def _answer(self, line: str, envelope: Envelope) -> str:
        """LMTP wants one answer for each recipient; all of them share one fate here."""
        return "\r\n".join([line] * len(envelope.rcpt_tos)) if self.lmtp else line

    async def _in_thread(self, function: Any, *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(
            self.threads, partial(_with_fresh_connection, function, args)
        )


def _store(body: bytes, sender: str, recipients: list[str], source: str) -> None:
    """Once for each channel that is addressed. A repeat after a failure half-way is harmless."""
    by_channel: dict[int, tuple[Channel, list[str]]] = {}
    for recipient in recipients:
        channel = channel_for(recipient)
        if channel is not None:
            by_channel.setdefault(channel.pk, (channel, []))[1].append(recipient)
    for channel, own in by_channel.values():
        services.store(channel, RawInput(body, source, meta={"sender": sender, "recipients": own}))


def _with_fresh_connection(function: Any, args: tuple[Any, ...]) -> Any:
    close_old_connections()
    try:
        return function(*args)
    finally:
        close_old_connections()


class _Smtp(SMTP):
    line_length_limit = LONGEST_LINE


class _Lmtp(LMTP):
    line_length_limit = LONGEST_LINE


class _Controller(Controller):
    def __init__(self, door: Door, *, hostname: str, port: int, lmtp: bool) -> None:
        super().__init__(door, hostname=hostname, port=port, ready_timeout=10)
        self.protocol = _Lmtp if lmtp else _Smtp

    def factory(self) -> SMTP:
        return self.protocol(
            self.handler,
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            decode_data=False,
            hostname="desk",
            ident="Acudo",
            timeout=IDLE_SECONDS,
            command_call_limit={
                "*": 50,
                "RCPT": MOST_RECIPIENTS + 50,
                "MAIL": 1000,
                "DATA": 1000,
                "RSET": 1000,
                "NOOP": 50,
            },
        )
