"""Daphne, with the manners a restart needs: what runs may finish, sockets are told to come back (R-30)."""

import asyncio
import logging
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import daphne.server  # isort: skip  # installs the reactor that Twisted then finds
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from django.urls import get_resolver
from twisted.internet import reactor
from twisted.internet.defer import Deferred, ensureDeferred, maybeDeferred
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread

logger = logging.getLogger(__name__)

COME_BACK = 4012  # the browser reconnects with jitter; 1012 may not be sent by a server of this kind
BACKLOG = 4096  # Daphne's 50 makes everybody wait when a thousand browsers come back at once
DRAIN_SECONDS = 20.0


class Request(WebRequest):
    """Counts the body while it arrives, and answers nothing that a page policy would not allow."""

    received_bytes = 0

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        super().gotLength(length)
        if (length or 0) > settings.ACUDO_MAX_REQUEST_BYTES:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self.received_bytes += len(data)
        if self.received_bytes > settings.ACUDO_MAX_REQUEST_BYTES:
            self._refuse()
        else:
            super().handleContentChunk(data)

    def handle_reply(self, message: dict) -> None:
        if message["type"] == "http.response.start" and self.server.is_draining:
            message = {**message, "headers": [*message.get("headers", []), (b"Connection", b"close")]}
        super().handle_reply(message)

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        headers = [
            (b"Content-Type", b"text/plain; charset=utf-8"),
            (b"Content-Security-Policy", b"default-src 'none'; frame-ancestors 'none'"),
            (b"X-Content-Type-Options", b"nosniff"),
            (b"Cache-Control", b"no-store"),
        ]
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": status_text})

    def _refuse(self) -> None:
        if self.channel and self.channel.transport:
            answer = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            self.channel.transport.write(answer)
            self.channel.loseConnection()


class Factory(HTTPFactory):
    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        self.server.channels.add(protocol)
        return protocol


class SocketFactory(WebSocketFactory):
    def resetProtocolOptions(self) -> None:  # noqa: N802
        super().resetProtocolOptions()
        self.failByDrop = False  # say why (1009: too large) before the line is cut, a second later at most


def warm_up() -> None:
    """What the first visitor would otherwise wait for: every room's addresses (the machines' entrance loads itself
    when the first program knocks). The holidays of a country are loaded with the first calendar that names it."""
    get_resolver().reverse_dict  # noqa: B018  reading it loads them


class Service(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


class Server(daphne.server.Server):
    """`services` start once the port is open and stop after the last request, while the loop still runs."""

    def __init__(
        self,
        application: Callable,
        endpoints: list[str],
        services: Iterable[Service] = (),
        when_listening: Callable[[], None] = lambda: None,
        **options: Any,
    ) -> None:
        options = {
            "http_timeout": 60,
            "server_name": "acudo",
            "websocket_max_message_size": settings.ACUDO_MAX_SOCKET_MESSAGE_BYTES,
            "websocket_max_frame_size": settings.ACUDO_MAX_SOCKET_MESSAGE_BYTES,
            **options,
        }
        super().__init__(application=application, endpoints=endpoints, **options)
        self.services = list(services)
        self.when_listening = when_listening
        self.ports: list[Any] = []
        self.channels: weakref.WeakSet = weakref.WeakSet()
        self.is_draining = False
        self.has_failed = False

    def run(self) -> None:
        reactor.callWhenRunning(lambda: deferToThread(self._start_services).addErrback(self._log_failure))
        super().run()

    def listen_success(self, port: Any) -> None:
        self.ports.append(port)
        super().listen_success(port)
        if len(self.ports) == len(self.endpoints):
            self.when_listening()

    def listen_error(self, failure: Any) -> None:
        self.has_failed = True
        super().listen_error(failure)

    def kill_all_applications(self) -> Any:
        """Called by the reactor before it stops; it waits for what we return."""
        return ensureDeferred(self._leave()).addErrback(self._log_failure)

    async def _leave(self) -> None:
        self.is_draining = True
        for port in self.ports:
            await maybeDeferred(port.stopListening)
        for protocol in self._open(WebSocketProtocol):
            protocol.sendClose(code=COME_BACK)
        await self._wait_for_requests()
        await deferToThread(self._stop_services)
        await self._cancel_what_is_left()

    async def _wait_for_requests(self) -> None:
        until = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < until and any(True for _ in self._open(WebRequest)):
            await deferLater(reactor, 0.05)
        for channel in list(self.channels):
            channel.loseConnection()

    async def _cancel_what_is_left(self) -> None:
        tasks = [details["application_instance"] for details in self._running()]
        for task in tasks:
            task.cancel()
        if tasks:
            await Deferred.fromFuture(asyncio.gather(*tasks, return_exceptions=True))

    def _open(self, kind: type) -> Iterator[Any]:
        """Connections of this kind whose application still works on an answer."""
        for protocol, details in list(self.connections.items()):
            task = details.get("application_instance")
            if isinstance(protocol, kind) and task is not None and not task.done():
                yield protocol

    def _running(self) -> list[dict]:
        everything = [d for d in self.connections.values() if d.get("application_instance")]
        return [details for details in everything if not details["application_instance"].done()]

    def _start_services(self) -> None:
        warm_up()
        for service in self.services:
            service.start()

    def _stop_services(self) -> None:
        for service in reversed(self.services):
            try:
                service.stop()
            except Exception:
                logger.exception("service did not stop cleanly: %s", type(service).__name__)

    def _log_failure(self, failure: Any) -> None:
        # Twisted would swallow it.
        logger.error("server: %s", failure.getTraceback())


# Daphne names its factories inside run(); this is the only way to hand it ours.
daphne.server.HTTPFactory = Factory  # type: ignore[misc]
daphne.server.WebSocketFactory = SocketFactory  # type: ignore[misc]
