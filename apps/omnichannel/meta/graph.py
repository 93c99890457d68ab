"""Calls to Meta's Graph: one base address, one version, the token with its proof, never into our own network (S-52)."""

import http.client
import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.core.outward import NotReached, connect
from apps.omnichannel.meta import errors
from apps.omnichannel.meta.signatures import appsecret_proof
from apps.omnichannel.ports import DeliveryFailed

PORTS = frozenset({443})
PATIENCE = 20.0  # seconds
MOST_ANSWER = 4_000_000


class Graph:
    """`token` and `app_secret` of one door. Every method raises DeliveryFailed."""

    def __init__(self, *, token: str, app_secret: str = "", base: str = "", version: str = "") -> None:
        self.token, self.app_secret = token, app_secret
        self.base = (base or settings.META_GRAPH_BASE_URL).rstrip("/")
        self.version = (version or settings.META_GRAPH_VERSION).strip("/")

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        return self._call("GET", f"{self._path(path)}?{urlencode({**self._keys(), **params})}")

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._call("POST", self._path(path), json.dumps({**self._keys(), **body}).encode(), "application/json")

    def delete(self, path: str) -> dict[str, Any]:
        return self._call("DELETE", f"{self._path(path)}?{urlencode(self._keys())}")

    def upload(self, path: str, fields: Mapping[str, Any], *, name: str, kind: str, content: bytes) -> dict[str, Any]:
        """One file beside its fields, as a form."""
        border = "acudo-7f3c1e5b9a"
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n'.encode()
            + (value if isinstance(value, str) else json.dumps(value)).encode()
            + b"\r\n"
            for key, value in {**self._keys(), **fields}.items()
        ]
        safe = "".join(c if c.isalnum() or c in "._- " else "_" for c in name)[:100] or "file"
        head = f'--{border}\r\nContent-Disposition: form-data; name="filedata"; filename="{safe}"\r\n'
        parts += [head.encode() + f"Content-Type: {kind}\r\n\r\n".encode() + content, f"\r\n--{border}--\r\n".encode()]
        return self._call("POST", self._path(path), b"".join(parts), f"multipart/form-data; boundary={border}")

    def _keys(self) -> dict[str, str]:
        keys = {"access_token": self.token}
        if self.app_secret:
            keys["appsecret_proof"] = appsecret_proof(self.token, app_secret=self.app_secret)
        return keys

    def _path(self, path: str) -> str:
        return f"{urlsplit(self.base).path.rstrip('/')}/{self.version}/{path.lstrip('/')}"

    def _call(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> dict[str, Any]:
        headers = {"User-Agent": "Acudo", "Accept": "application/json"} | ({"Content-Type": kind} if kind else {})
        sent = False
        try:
            with opened(self.base) as connection:
                sent = True
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                text = answer.read(MOST_ANSWER)
        except NotReached as error:
            raise DeliveryFailed("temporary", errors.PASSING, is_of_channel=True) from error
        except (OSError, http.client.HTTPException) as error:
            # What was begun may have been taken: only reading may be repeated without a second thought.
            is_unknown = sent and method == "POST"
            raise DeliveryFailed("temporary", errors.PASSING, is_outcome_unknown=is_unknown) from error
        said = _read(text)
        if answer.status == 200 and not (isinstance(said, dict) and "error" in said):
            return said if isinstance(said, dict) else {"value": said}
        raise errors.failure(answer.status, said, retry_after=_seconds(answer.getheader("Retry-After")))


@contextmanager
def opened(base: str, *, ports: frozenset[int] = PORTS) -> Iterator[http.client.HTTPConnection]:
    """A connection to the host of `base`, by TLS unless the operator listed the host as a private one."""
    parts = urlsplit(base)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    if is_operators_own(base):
        plain = socket.create_connection((host, port), PATIENCE)
    elif is_tls:
        plain = connect(host, port, timeout=PATIENCE, ports=ports)
    else:
        raise NotReached("closed", _("Only https goes out."))
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    secured: socket.socket = plain
    try:
        if is_tls:
            secured = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        connection.sock = secured
        yield connection
    finally:
        secured.close()
        plain.close()


def is_operators_own(url: str) -> bool:
    """Not typed into a form: the address this installation was started with, or its own stand-in."""
    place = urlsplit(url)
    own = [urlsplit(text) for text in (settings.META_GRAPH_BASE_URL, settings.ACUDO_GRAPH_URL) if text]
    return any((place.scheme, place.netloc) == (one.scheme, one.netloc) for one in own)


def _read(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdigit() else None
