import socket
import threading
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from apps.omnichannel import services
from apps.omnichannel.models import Envelope
from apps.omnichannel.ports import RawInput
from tests.factories.omnichannel import ChannelFactory


def mail(
    text: str = "¿A qué hora abren el sábado?",
    *,
    sender: str = "Ana Prueba <ana@example.org>",
    to: str = "help@desk.olmo.example",
    subject: str = "Horario",
    **headers: str,
) -> bytes:
    """A raw mail. Header names are given with underscores: `in_reply_to="<…>"`."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = headers.pop("message_id", f"<{abs(hash((text, subject, sender, to)))}@example.org>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


@pytest.fixture
def mailbox(db):
    return ChannelFactory(kind="email", slug="help", name="Library desk", address="help@desk.olmo.example")


@pytest.fixture
def arrive(mailbox) -> Callable[..., Envelope]:
    """`arrive(raw)` stores a mail and has it understood, as the worker would."""

    def put(raw: bytes, channel: Any = None, **meta: Any) -> Envelope:
        envelope = services.store(channel or mailbox, RawInput(raw, "command", meta=meta))
        services.process(envelope.pk)
        envelope.refresh_from_db()
        return envelope

    return put


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sink:
    """A mail server that takes what it is given, or refuses as told: `refuse = {"RCPT": "550 5.1.1 No"}`."""

    def __init__(self) -> None:
        self.received: list[Any] = []
        self.refuse: dict[str, str] = {}
        self.hang_up_after_data = False
        self.came = threading.Event()

    async def handle_MAIL(self, server, session, envelope, address, options):
        if "MAIL" in self.refuse:
            return self.refuse["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "RCPT" in self.refuse:
            return self.refuse["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if "DATA" in self.refuse:
            return self.refuse["DATA"]
        self.received.append(envelope)
        self.came.set()
        if self.hang_up_after_data:
            server.transport.abort()
        return "250 OK taken"


@pytest.fixture
def sink(settings):
    """A real SMTP server on this machine, where our mail goes during the test."""
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    yield handler
    controller.stop(no_assert=True)
