"""Which web sites may show the chat: the same list for the browser (frame-ancestors) and for us (S-47, S-51)."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from apps.omnichannel.webchat.forms import ALLOWED_DOMAIN

DEFAULT_PORTS = {"http": "80", "https": "443"}


def frame_ancestors(domains: Iterable[str]) -> str:
    """The sources of the directive; our own pages always among them. What is not of the right form is left out."""
    return " ".join(["'self'", *(domain for domain in domains if ALLOWED_DOMAIN.fullmatch(domain))])


def is_allowed(origin: str, domains: Iterable[str]) -> bool:
    """Is `origin` ("https://www.olmo.example") one of those? Decides whom the window script talks to."""
    try:
        parts = urlsplit(origin)
        port = str(parts.port or DEFAULT_PORTS.get(parts.scheme, ""))
    except ValueError:
        return False
    if origin != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc or not parts.hostname:
        return False
    return any(_matches(parts.scheme, parts.hostname, port, domain) for domain in domains)


def _matches(scheme: str, host: str, port: str, domain: str) -> bool:
    found = ALLOWED_DOMAIN.fullmatch(domain)
    if not found or scheme not in DEFAULT_PORTS:
        return False
    wanted_scheme, wanted_host, wanted_port = found[1], found[2].lower(), found[3]
    if wanted_scheme and wanted_scheme.lower() != scheme:
        return False
    if port != (wanted_port or DEFAULT_PORTS[scheme]):
        return False
    if wanted_host.startswith("*."):
        return host.endswith(wanted_host[1:])
    return host == wanted_host
