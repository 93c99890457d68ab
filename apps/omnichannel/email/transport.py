"""The way out: one mail, one recipient, and what became of it in the words of the port."""

import smtplib
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import BadHeaderError

from apps.omnichannel.ports import ChannelFacts, DeliveryFailed, Receipt

from .guarded import GuardedBackend
from .outgoing import Mail

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
TIMEOUT = 20  # seconds for any one answer of the server
DEADLINE = 75.0  # seconds for a whole mail, however slowly it is taken; less than the lease of a delivery


def shows_all(facts: ChannelFacts) -> bool:
    """Over SMTP the envelope is ours: the head may name more people than this one mail goes to."""
    return bool(facts.settings.get("smtp_host")) or settings.EMAIL_BACKEND == SMTP_BACKEND


def send(facts: ChannelFacts, mail: Mail, *, external_id: str) -> Receipt:
    """Raises DeliveryFailed. Whoever calls has committed that this try begins."""
    if facts.settings.get("smtp_host"):
        return _by_smtp(own_server(facts), mail, external_id)
    if settings.EMAIL_BACKEND == SMTP_BACKEND:
        return _by_smtp(EmailBackend(timeout=TIMEOUT), mail, external_id)
    return _by_django(mail, external_id)


# Any backend of Django's: the console, a file, memory, and every provider of anymail's.


def _by_django(mail: Mail, external_id: str) -> Receipt:
    try:
        get_connection().send_messages([mail.message])
    except Exception as error:
        failure = _of_anymail(error) or _of_django(error)
        if failure is None:
            raise
        raise failure from error
    status = getattr(mail.message, "anymail_status", None)
    details = {"provider_id": str(status.message_id)} if status and status.message_id else {}
    return Receipt(external_id=external_id, details=details)


def _of_anymail(error: Exception) -> DeliveryFailed | None:
    """First of all, for an answer of a provider is an OSError, too. Not loaded here: only who uses it raises it."""
    known = sys.modules.get("anymail.exceptions")
    if known is None:
        return None
    if isinstance(error, known.AnymailRecipientsRefused):
        return DeliveryFailed("recipient_unavailable", _short(error))
    if isinstance(error, known.AnymailAPIError):
        return _of_provider(error)
    return DeliveryFailed("invalid", _short(error)) if isinstance(error, known.AnymailError) else None


def _of_django(error: Exception) -> DeliveryFailed | None:
    if isinstance(error, BadHeaderError):
        return DeliveryFailed("invalid", _short(error))
    return DeliveryFailed("temporary", _short(error)) if isinstance(error, OSError) else None


def _of_provider(error: Any) -> DeliveryFailed:
    code = error.status_code
    reason = _short(error)
    if code is None:
        # Nothing was answered: a connection never made is safe to repeat, one that fell silent is not.
        is_silent = (
            "timeout" in type(error.__cause__).__name__.lower() and "Connect" not in type(error.__cause__).__name__
        )
        return DeliveryFailed("temporary", reason, is_outcome_unknown=is_silent)
    if code in (401, 403):
        return DeliveryFailed("auth", reason, is_of_channel=True)
    if code == 429:
        return DeliveryFailed("rate_limited", reason, retry_after=_retry_after(error))
    return DeliveryFailed("temporary" if code >= 500 or code == 408 else "invalid", reason)


def _retry_after(error: Any) -> float | None:
    value = getattr(error.response, "headers", {}).get("Retry-After", "")
    return float(value) if str(value).isdigit() else None


# SMTP, step by step, because each step means something else when it fails.


def own_server(facts: ChannelFacts) -> EmailBackend:
    security = facts.settings.get("smtp_security") or "starttls"
    return GuardedBackend(
        host=facts.settings["smtp_host"],
        port=int(facts.settings.get("smtp_port") or {"tls": 465, "starttls": 587}.get(security, 25)),
        username=facts.settings.get("smtp_username") or "",
        password=facts.secrets.get("smtp_password") or "",
        use_tls=security == "starttls",
        use_ssl=security == "tls",
        timeout=TIMEOUT,
    )


def _by_smtp(backend: EmailBackend, mail: Mail, external_id: str) -> Receipt:
    with _opened(backend) as server, _deadline(server):
        _expect(server.mail(mail.envelope_sender, _options(server, mail)), "sender")
        _expect(server.rcpt(mail.recipient), "recipient")
        answer = _hand_over(server, mail)
    return Receipt(external_id=external_id, details={"answer": answer})


@contextmanager
def _opened(backend: EmailBackend) -> Iterator[smtplib.SMTP]:
    try:
        backend.open()
    except smtplib.SMTPAuthenticationError as error:
        kind = "temporary" if 400 <= error.smtp_code < 500 else "auth"
        raise DeliveryFailed(kind, _short(error), is_of_channel=True) from error
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryFailed("auth", _short(error), is_of_channel=True) from error
    except (smtplib.SMTPException, OSError, ssl.SSLError, ValueError) as error:
        raise DeliveryFailed("temporary", _short(error), is_of_channel=True) from error
    server: Any = backend.connection
    try:
        server.ehlo_or_helo_if_needed()
        yield server
    except smtplib.SMTPHeloError as error:
        raise DeliveryFailed("temporary", _short(error)) from error
    except (TimeoutError, smtplib.SMTPServerDisconnected, OSError) as error:
        # Before the text was handed over nothing can have been taken.
        raise DeliveryFailed("temporary", _short(error)) from error
    finally:
        server.close()


@contextmanager
def _deadline(server: smtplib.SMTP) -> Iterator[None]:
    """A server that answers a sign a second holds nobody for ever: the line is cut from outside."""

    def cut() -> None:
        try:
            if server.sock:
                server.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    watch = threading.Timer(DEADLINE, cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _hand_over(server: smtplib.SMTP, mail: Mail) -> str:
    data = mail.message.message().as_bytes(linesep="\r\n")
    try:
        code, answer = server.data(data)
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code, error.smtp_error, "text") from error
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise DeliveryFailed("temporary", _short(error), is_outcome_unknown=True) from error
    if code != 250:
        raise _refused(code, answer, "text")
    _leave(server)
    return answer.decode("utf-8", "replace")[:300]


def _leave(server: smtplib.SMTP) -> None:
    """The mail is theirs by now; how they say good-bye changes nothing."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        return


def _options(server: smtplib.SMTP, mail: Mail) -> list[str]:
    return [] if mail.recipient.isascii() or not server.has_extn("smtputf8") else ["SMTPUTF8"]


def _expect(answer: tuple[int, bytes], step: str) -> None:
    code, text = answer
    if code not in (250, 251):
        raise _refused(code, text, step)


def _refused(code: int, text: bytes, step: str) -> DeliveryFailed:
    reason = f"{code} {text.decode('utf-8', 'replace')}"[:500]
    if 400 <= code < 500:
        return DeliveryFailed("temporary", reason)
    if code in (530, 534, 535, 538) or "5.7.30" in reason:
        return DeliveryFailed("auth", reason, is_of_channel=True)
    if code == 552 and "5.2.2" not in reason:
        return DeliveryFailed("invalid", reason)  # too large for them
    if step == "recipient" and (code in (550, 551, 552, 553) and "5.7." not in reason):
        return DeliveryFailed("recipient_unavailable", reason)
    if code in (500, 501, 502, 503, 504, 555):
        return DeliveryFailed("invalid", reason)
    return DeliveryFailed("policy", reason)


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:500] or type(error).__name__
