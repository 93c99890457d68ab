"""Can this mailbox be reached, and does mail leave? Each step is tried for real; nothing is sent, nothing is changed.

What the servers say is never shown (S-52, S-61): each failure has a sentence of ours that says what to do next.
"""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext as _

from apps.core import outward
from apps.omnichannel.models import Channel

from . import imap, mailbox, providers, signin, transport
from .fetching import progress_of

SECONDS = 8.0
DJANGO_OWN = "django.core.mail.backends."


@dataclass(frozen=True)
class Finding:
    """One step that was tried. `state`: "ok", "bad", or "info" where nothing can be tried."""

    state: str
    text: str


class _Stop(Exception):
    """This step failed: the ones behind it cannot be tried."""


def door_of(channel: Channel) -> str:
    """How mail comes in: "webhook", "imap", "local" or "command"."""
    chosen = channel.settings or {}
    if chosen.get("imap_host"):
        return "imap"
    if chosen.get("provider"):
        return "webhook"
    return str(chosen.get("door") or "local")


def way_in(channel: Channel) -> list[Finding]:
    tries = {"imap": _imap, "webhook": _webhook, "local": _local, "command": _command}
    return _told(tries[door_of(channel)](channel))


def way_out(channel: Channel) -> list[Finding]:
    if (channel.settings or {}).get("smtp_host"):
        backend = transport.own_server(channel.facts())
        backend.timeout = int(SECONDS)
        return _told(_smtp(backend, channel.address))
    if settings.EMAIL_BACKEND == transport.SMTP_BACKEND:
        return _told(_smtp(EmailBackend(timeout=int(SECONDS)), channel.address))
    return [_installation()]


def installation_sends() -> str:
    """How the installation's own way out is called, "" when nothing leaves this machine."""
    if settings.EMAIL_BACKEND == transport.SMTP_BACKEND:
        return str(settings.EMAIL_HOST)
    if settings.EMAIL_BACKEND.startswith("anymail.backends."):
        return settings.EMAIL_BACKEND.split(".")[2].replace("_", " ").title()
    return "" if settings.EMAIL_BACKEND.startswith(DJANGO_OWN) else settings.EMAIL_BACKEND.rpartition(".")[2]


def _installation() -> Finding:
    name = installation_sends()
    if not name:
        return Finding("bad", _("This installation sends no mail yet: what it writes stays on this machine."))
    text = _("Mail leaves through %(name)s. Whether it really arrives is shown by the test mail.")
    return Finding("info", text % {"name": name})


def _told(steps: Iterator[Finding]) -> list[Finding]:
    """What was found until the first failure, which is told last."""
    found: list[Finding] = []
    try:
        for step in steps:
            found.append(step)
    except _Stop as stop:
        found.append(Finding("bad", str(stop)))
    return found


def _imap(channel: Channel) -> Iterator[Finding]:
    box = mailbox.of(channel)
    if box is None:
        raise _Stop(_("Name the server first."))
    with imap.Connection(box, deadline=SECONDS) as connection:
        try:
            secret = box.password
            if box.auth == mailbox.OAUTH:
                secret = signin.access_token(progress_of(channel, box), box)
                yield Finding("ok", _("The sign-in service gave us a token."))
            connection.open(secret)
            yield Finding("ok", _("The server answers, and it lets us in."))
            connection.select(box.folder)
        except (imap.MailboxFailed, signin.SignInFailed) as error:
            raise _Stop(_(error.text)) from error
        yield Finding("ok", _("The folder “%(name)s” can be read.") % {"name": box.folder})
        if connection.can_idle:
            yield Finding("ok", _("The server will tell us at once when mail comes."))


def _webhook(channel: Channel) -> Iterator[Finding]:
    provider = providers.PROVIDERS.get(str(channel.settings.get("provider") or ""))
    if provider is None:
        raise _Stop(_("Choose the provider first."))
    secrets = channel.secrets or {}
    if provider.key_name and not secrets.get("webhook_key"):
        raise _Stop(_("The signing key is missing: without it every call is refused."))
    if not (secrets.get("webhook_key") or secrets.get("webhook_password")):
        raise _Stop(_("The password is missing: without it every call is refused."))
    yield Finding("ok", _("Calls that prove themselves are let in."))
    if channel.last_item_at is None:
        yield Finding("info", _("No call has come yet. The test mail shows whether the provider knows our address."))


def _local(channel: Channel) -> Iterator[Finding]:
    """Our own listener is asked whether it would take mail for this address; no mail is handed over."""
    host, port = settings.ACUDO_SMTP_HOST, settings.ACUDO_SMTP_PORT
    if not port:
        raise _Stop(_("The local mail door is shut (ACUDO_SMTP_PORT is 0)."))
    reached = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104  listening everywhere includes here
    try:
        with smtplib.SMTP(reached, port, timeout=SECONDS) as server:
            yield Finding("ok", _("The local mail door is open on port %(port)s.") % {"port": port})
            server.ehlo()
            server.mail("")
            code, _answer = server.rcpt(channel.address)
            server.rset()
    except (OSError, smtplib.SMTPException) as error:
        raise _Stop(_("Nobody answers at the local mail door. Does the process “mail” run?")) from error
    if code != 250:
        raise _Stop(_("The door does not take mail for this address. Is the mailbox in use?"))
    yield Finding("ok", _("It takes mail for %(address)s.") % {"address": channel.address})


def _command(channel: Channel) -> Iterator[Finding]:
    yield Finding("info", _("Nothing to connect to: the mail server calls the command. The test mail will show it."))


def _smtp(backend: EmailBackend, address: str) -> Iterator[Finding]:
    with _opened(backend) as server:
        yield Finding("ok", _("The server answers."))
        if isinstance(server.sock, ssl.SSLSocket):
            yield Finding("ok", _("The line is encrypted, and the certificate is that of this server."))
        else:
            yield Finding("info", _("The line is not encrypted."))
        if backend.username:
            yield Finding("ok", _("User name and password are accepted."))
        code, _answer = server.mail(address)
        if code != 250:
            raise _Stop(_("The server does not let this address send. Must we sign in, or is it another's?"))
        code, _answer = server.rcpt(address)
        if code not in (250, 251):
            raise _Stop(_("The server does not take mail to this mailbox (answer %(code)s).") % {"code": code})
        server.rset()
        yield Finding("ok", _("It would take mail from and to %(address)s.") % {"address": address})


@contextmanager
def _opened(backend: EmailBackend) -> Iterator[Any]:
    try:
        backend.open()
        server: Any = backend.connection
        server.ehlo_or_helo_if_needed()
        yield server
    except outward.NotReached as error:
        raise _Stop(str(error.message)) from error
    except smtplib.SMTPAuthenticationError as error:
        text = _("User name or password is not accepted (answer %(code)s).")
        raise _Stop(text % {"code": error.smtp_code}) from error
    except smtplib.SMTPNotSupportedError as error:
        raise _Stop(_("The server offers no such encryption or sign-in. Try another setting.")) from error
    except ssl.SSLCertVerificationError as error:
        raise _Stop(_("The certificate is not that of this server. Is the name exactly the one in it?")) from error
    except ssl.SSLError as error:
        raise _Stop(_("No encrypted line could be agreed on. Is the port the one for this encryption?")) from error
    except TimeoutError as error:
        raise _Stop(_("The server stopped answering. Is the port the one for this encryption?")) from error
    except socket.gaierror as error:
        raise _Stop(_("No server of this name is known. Is it spelt right?")) from error
    except (smtplib.SMTPException, OSError) as error:
        raise _Stop(_("The connection broke. Is it a mail server, and is the port right?")) from error
    finally:
        if backend.connection is not None:
            backend.connection.close()
