"""One connection to a mailbox. Every wait on the server has an end: a hung line is cut from a thread of its own."""

import imaplib
import logging
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from apps.core import outward

from . import mailbox as boxes
from .mailbox import Mailbox

logging.getLogger("imapclient").setLevel(logging.WARNING)  # below that it repeats what was said, tokens included

SILENCE = 30.0  # seconds without a sign from the server within one answer
LARGEST_LITERAL = 64 * 1024 * 1024
ANSWER_TO_DONE = 20.0
MOST_DATES_AT_ONCE = 1_000
SKEW = timedelta(minutes=10)  # between the server's clock and ours

UNREACHABLE = gettext_noop("The mail server cannot be reached.")
HUNG = gettext_noop("The mail server stopped answering.")
NO_TLS = gettext_noop("The mail server's certificate or encryption is not as it must be.")
REFUSED = gettext_noop("The mail server does not accept the user name and password.")
TOKEN_REFUSED = gettext_noop("The mail server does not accept the sign-in.")
NO_FOLDER = gettext_noop("The mailbox has no such folder.")
ODD = gettext_noop("The mail server said something that cannot be understood.")


class MailboxFailed(Exception):
    """`text` is a sentence of ours that can be translated; what the server said goes to the log only (S-52)."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class SignInRefused(MailboxFailed):
    pass


@dataclass(frozen=True, slots=True)
class Folder:
    uidvalidity: int
    uidnext: int


class Connection:
    """Use as a context manager. Every method raises MailboxFailed, within `deadline` seconds."""

    def __init__(self, mailbox: Mailbox, *, deadline: float) -> None:
        self.mailbox = mailbox
        self.deadline = deadline
        self._client: Any = None
        self._sock: socket.socket | None = None
        self._was_cut = False

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def open(self, secret: str) -> None:
        """Connect and sign in. `secret`: the password, or an access token."""
        with self._watched():
            self._client = _Client(self.mailbox.host, self._connected())
            if self.mailbox.security == boxes.STARTTLS:
                self._client.starttls(ssl.create_default_context())
                self._sock = self._client.socket()
            try:
                if self.mailbox.auth == boxes.OAUTH:
                    self._client.oauth2_login(self.mailbox.username, secret)
                else:
                    self._client.login(self.mailbox.username, secret)
            except IMAPClientAbortError:
                raise
            except LoginError as error:
                raise SignInRefused(TOKEN_REFUSED if self.mailbox.auth == boxes.OAUTH else REFUSED) from error

    @property
    def can_idle(self) -> bool:
        return self._client is not None and self._client.has_capability("IDLE")

    def select(self, name: str) -> Folder:
        """Read only, unless something is to be done to mails that are stored."""
        with self._watched():
            try:
                told = self._client.select_folder(name, readonly=self.mailbox.after == boxes.LEAVE)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                raise MailboxFailed(NO_FOLDER) from error
            following = told.get(b"UIDNEXT") or max([0, *self._client.search(["ALL"])]) + 1  # some do not say
            return Folder(int(told.get(b"UIDVALIDITY") or 0), int(following))

    def numbers_after(self, last: int) -> list[int]:
        """In order. The server names its last mail even when it is not after `last`."""
        with self._watched():
            return sorted(uid for uid in self._client.search(["UID", f"{last + 1}:*"]) if uid > last)

    def numbers_since(self, moment: datetime) -> list[int]:
        """In order. Servers search by the day of their own zone; the moments they noted tell more."""
        with self._watched():
            numbers = sorted(self._client.search(["SINCE", (moment - timedelta(days=1)).date()]))
        found: list[int] = []
        for start in range(0, len(numbers), MOST_DATES_AT_ONCE):
            with self._watched():
                rows = self._client.fetch(numbers[start : start + MOST_DATES_AT_ONCE], ["INTERNALDATE"])
            found += [uid for uid, row in rows.items() if row.get(b"INTERNALDATE", moment) >= moment - SKEW]
        return sorted(found)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Without those that have gone meanwhile."""
        with self._watched():
            return {
                uid: int(row.get(b"RFC822.SIZE") or 0) for uid, row in self._client.fetch(uids, ["RFC822.SIZE"]).items()
            }

    def mails(self, uids: Sequence[int], *, headers_only: bool = False) -> dict[int, bytes]:
        """The exact bytes; nobody is told that they were read."""
        item, answer = ("BODY.PEEK[HEADER]", b"BODY[HEADER]") if headers_only else ("BODY.PEEK[]", b"BODY[]")
        with self._watched():
            rows: Mapping[int, Mapping[bytes, Any]] = self._client.fetch(uids, [item])
            return {uid: row[answer] for uid, row in rows.items() if isinstance(row.get(answer), bytes)}

    def put_away(self, uids: Sequence[int]) -> None:
        """What the administrator wants done with mails that are stored. Done twice or not at all, nothing is lost."""
        if not uids or self.mailbox.after == boxes.LEAVE:
            return
        with self._watched():
            if self.mailbox.after == boxes.SEEN:
                self._client.add_flags(uids, [rb"\Seen"])
            elif self.mailbox.after == boxes.DELETE:
                self._remove(uids)
            elif self.mailbox.done_folder:
                self._move(uids, self.mailbox.done_folder)

    def wait(self, seconds: float) -> bool:
        """Until the server says that something changed; False when nothing did. Only where `can_idle`.

        What it said since the folder was opened counts, too: news in the answer to the last look is not told again.
        """
        if self._has_grown():
            return True
        with self._watched(seconds + ANSWER_TO_DONE):
            is_early = self._client.idle()
            said = self._client.idle_check(timeout=0 if is_early else seconds)
            _text, more = self._client.idle_done()
            return is_early or any(len(line) > 1 and line[1] in (b"EXISTS", b"RECENT") for line in [*said, *more])

    def _has_grown(self) -> bool:
        return len(self._client._imap.untagged_responses.get("EXISTS", [])) > 1  # the first belongs to the opening

    def folders(self) -> list[str]:
        with self._watched():
            return sorted(name for _flags, _delimiter, name in self._client.list_folders())

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None and not self._was_cut:
            with suppress(Exception), self._watched(5):
                client.logout()
        self.cut()

    def cut(self) -> None:
        """From any thread: whoever waits on the line gets an error at once."""
        sock = self._sock
        if sock is not None:
            self._was_cut = True
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            with suppress(OSError):
                sock.close()

    def _connected(self) -> socket.socket:
        host, port = self.mailbox.host, self.mailbox.port
        if self.mailbox.security == boxes.NONE and any(map(outward.is_public, outward.resolve(host, port))):
            raise MailboxFailed(NO_TLS)  # a password in the open
        sock = outward.connect(host, port, timeout=SILENCE)
        sock.settimeout(SILENCE)
        self._sock = sock
        if self.mailbox.security == boxes.TLS:
            context = ssl.create_default_context()
            tls = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
            self._sock = tls
            tls.do_handshake()
            return tls
        return sock

    def _move(self, uids: Sequence[int], folder: str) -> None:
        if not self._client.folder_exists(folder):
            self._client.create_folder(folder)
        if self._client.has_capability("MOVE"):
            self._client.move(uids, folder)
        else:
            self._client.copy(uids, folder)
            self._remove(uids)

    def _remove(self, uids: Sequence[int]) -> None:
        """Only these are expunged, where the server can: other people's marks are theirs."""
        self._client.delete_messages(uids)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)

    @contextmanager
    def _watched(self, seconds: float | None = None) -> Iterator[None]:
        timer = threading.Timer(seconds or self.deadline, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except MailboxFailed:
            raise
        except outward.NotReached as error:
            raise MailboxFailed(HUNG if error.kind == "silent" else UNREACHABLE) from error
        except ssl.SSLCertVerificationError as error:
            raise MailboxFailed(NO_TLS) from error
        except TimeoutError as error:
            raise MailboxFailed(HUNG) from error
        except ssl.SSLError as error:
            raise MailboxFailed(HUNG if self._was_cut else NO_TLS) from error
        except (OSError, EOFError, IMAPClientAbortError, imaplib.IMAP4.abort) as error:
            raise MailboxFailed(HUNG if self._was_cut else UNREACHABLE) from error
        except (IMAPClientError, imaplib.IMAP4.error, ValueError, LookupError, TypeError, AttributeError) as error:
            raise MailboxFailed(HUNG if self._was_cut else ODD) from error
        finally:
            timer.cancel()


class _Client(IMAPClient):
    """IMAPClient on a line that is already there."""

    def __init__(self, host: str, line: socket.socket) -> None:
        self._line = line
        super().__init__(host, ssl=False, timeout=SILENCE)
        self.normalise_times = False  # moments with their zone

    def _create_IMAP4(self) -> "_Protocol":  # noqa: N802  the library names it
        return _Protocol(self._line, self.host)

    def idle(self) -> bool:
        """True when news came before the server said that it is listening, which the library takes for an error."""
        self._idle_tag = self._imap._command("IDLE")
        is_early = False
        while self._imap._get_response() is not None:
            if self._imap.tagged_commands.get(self._idle_tag):
                raise self.Error("IDLE was refused")
            is_early = True
        return is_early


class _Protocol(imaplib.IMAP4):
    def __init__(self, line: socket.socket, host: str) -> None:
        self._line = line
        super().__init__(host)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return self._line

    def read(self, size: int) -> bytes:
        if size > LARGEST_LITERAL:
            raise self.abort("more was announced than any mail may hold")
        return super().read(size)
