"""Files that Meta keeps for some minutes: fetched from its own hosts only and no further than the limit."""

import http.client
from urllib.parse import unquote, urlsplit

from django.conf import settings

from apps.core.outward import NotReached
from apps.omnichannel.meta.graph import is_operators_own, opened

HOSTS = (".fbcdn.net", ".fbsbx.com", ".facebook.com", ".cdninstagram.com")
CHUNK = 64 * 1024


def fetch(url: str) -> tuple[bytes, str] | None:
    """(content, content type); None when the host is not theirs, it is too large, gone, or does not answer."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if not (is_operators_own(url) or (parts.scheme == "https" and f".{host}".endswith(HOSTS))):
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with opened(f"{parts.scheme}://{parts.netloc}") as connection:
            connection.request("GET", path, headers={"User-Agent": "Acudo"})
            answer = connection.getresponse()
            if (
                answer.status != 200
                or int(answer.getheader("Content-Length") or 0) > settings.ACUDO_MAX_ATTACHMENT_BYTES
            ):
                return None
            content = _within(answer, settings.ACUDO_MAX_ATTACHMENT_BYTES)
            kind = (answer.getheader("Content-Type") or "application/octet-stream").partition(";")[0].strip().lower()
    except (NotReached, OSError, ValueError, http.client.HTTPException):
        return None
    return (content, kind) if content is not None else None


def name_in(url: str, otherwise: str) -> str:
    """What the address calls the file."""
    last = unquote(urlsplit(url).path.rpartition("/")[2])
    return last[-120:] if "." in last else otherwise


def _within(answer: http.client.HTTPResponse, most: int) -> bytes | None:
    content = b""
    while chunk := answer.read(CHUNK):
        content += chunk
        if len(content) > most:
            return None
    return content
