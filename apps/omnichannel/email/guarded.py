"""SMTP to a server that somebody typed into a mailbox's settings: reached through the one way out (S-52)."""

import smtplib
import socket
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from apps.core import outward


class GuardedBackend(EmailBackend):
    """Django's own, on a line to the address that was judged; the certificate is checked against the name."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _TlsFromTheStart if self.use_ssl else _Plain


class _Plain(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return outward.connect(host, port, timeout=timeout)


class _TlsFromTheStart(smtplib.SMTP_SSL):
    context: Any
    _host: str

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # type: ignore[override]
        return self.context.wrap_socket(outward.connect(host, port, timeout=timeout), server_hostname=self._host)
