"""ASGI layers in front of everything: whose forwarded headers count, which origins may open sockets, how much fits."""

import ipaddress
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

Application = Callable[[dict, Callable, Callable], Awaitable[None]]
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
FORWARDED = (
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-proto",
    b"x-forwarded-port",
    b"x-real-ip",
    b"forwarded",
)


class TrustedProxy:
    """Believe forwarded headers only from configured proxies, and only when they parse (S-43)."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = self._without_forwarded(scope)
        await self.inner(scope, receive, send)

    def _without_forwarded(self, scope: dict) -> dict:
        said = {name: value.decode("latin1") for name, value in scope["headers"] if name in FORWARDED}
        if not said:
            return scope
        headers = [pair for pair in scope["headers"] if pair[0] not in FORWARDED]
        scope = {**scope, "headers": headers, "acudo.was_forwarded": True}
        if not is_trusted(scope.get("client")):
            return scope
        address = client_address(said.get(b"x-forwarded-for", ""))
        if address:
            scope["client"] = [address, 0]
        proto = said.get(b"x-forwarded-proto", "")
        if proto in ("http", "https"):
            is_socket = scope["type"] == "websocket"
            scope["scheme"] = proto.replace("http", "ws") if is_socket else proto
        return scope


class KnownOriginsOnly:
    """A handshake needs an Origin equal in scheme, host and port to one of ours; a missing one is refused (S-47)."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        origins = [value.decode("latin1") for name, value in scope["headers"] if name == b"origin"]
        if len(origins) == 1 and origin_parts(origins[0]) in allowed_origins():
            await self.inner(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4403})


class WithinLimits:
    """Refuse what is too large before reading it (S-58)."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        limit = allowed_bytes(scope)
        sizes = [value for name, value in scope["headers"] if name == b"content-length"]
        if any(not size.isdigit() or int(size) > limit for size in sizes):
            await self._refuse(send)
        else:
            await self.inner(scope, receive, send)

    async def _refuse(self, send: Callable) -> None:
        body = json.dumps({"code": "too_large", "message": "The request is too large."}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class DemoSiteOnly:
    """The second port shows the demo web site and nothing else: it stands for somebody else's page."""

    def __init__(self, inner: Application, port: int) -> None:
        self.inner = inner
        self.port = port

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if not self.port or (scope.get("server") or ["", 0])[1] != self.port:
            await self.inner(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403})
        elif scope["path"].startswith(("/demo/site/", "/static/")):
            await self.inner(scope, receive, send)
        else:
            headers = [(b"location", b"/demo/site/"), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 302, "headers": headers})
            await send({"type": "http.response.body", "body": b""})


async def no_such_socket(scope: dict, receive: Callable, send: Callable) -> None:
    """At addresses where nobody listens the handshake is refused; it is no error of ours."""
    await send({"type": "websocket.close", "code": 4404})


def is_trusted(client: Iterable[Any] | None) -> bool:
    if not client:
        return "unix" in settings.ACUDO_TRUSTED_PROXY
    try:
        address = ipaddress.ip_address(next(iter(client)))
        networks = [ipaddress.ip_network(entry) for entry in settings.ACUDO_TRUSTED_PROXY if entry != "unix"]
    except ValueError:
        return False
    return any(address in network for network in networks)


def client_address(forwarded_for: str) -> str | None:
    """The last address that no proxy of ours added: everything before it is hearsay."""
    for part in reversed(forwarded_for.split(",")):
        try:
            address = str(ipaddress.ip_address(part.strip()))
        except ValueError:
            return None
        if not is_trusted([address]):
            return address
    return None


def allowed_bytes(scope: dict) -> int:
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"").lower()
    is_structured = b"json" in kind or b"x-www-form-urlencoded" in kind
    if is_structured and not scope["path"].startswith("/hooks/"):
        return settings.ACUDO_MAX_STRUCTURED_BYTES
    return settings.ACUDO_MAX_REQUEST_BYTES


def origin_parts(origin: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    if parts.path or parts.query or parts.fragment:
        return None
    return parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme]


def allowed_origins() -> set[tuple[str, str, int]]:
    entries = [settings.ACUDO_BASE_URL, *settings.ACUDO_SOCKET_ORIGINS]
    return {parts for parts in map(origin_parts, entries) if parts}
