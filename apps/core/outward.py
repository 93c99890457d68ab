"""One way out to hosts that somebody typed in (S-52): resolved once, judged, and exactly that address is connected to.

Private addresses are reached only where whoever runs the installation has listed them in ACUDO_PRIVATE_HOSTS, by name
or by network. What the other side says is for our code, never for the person who typed the name.
"""

import ipaddress
import socket
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAIL_PORTS = frozenset({24, 25, 143, 465, 587, 993, 2525})
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotReached(OSError):
    """`kind` is one of KINDS; `message` is a translatable sentence without anything the other side said."""

    KINDS = ("port", "name", "private", "silent", "closed")

    def __init__(self, kind: str, message: Any) -> None:
        super().__init__(str(message))
        self.kind = kind
        self.message = message


def connect(host: str, port: int, *, timeout: float, ports: Collection[int] = MAIL_PORTS) -> socket.socket:
    """A connected socket to a judged address of `host`. Raises NotReached.

    Whoever speaks TLS on it checks the certificate against `host`, not against the address.
    """
    failure: OSError | None = None
    for address in resolve(host, port, ports=ports):
        try:
            return socket.create_connection((str(address), port), timeout)
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise NotReached("silent", _("Nobody answered within the time. Is the port right, and may we go out?"))
    raise NotReached("closed", _("The server is there, but this port is closed.")) from failure


def resolve(host: str, port: int, *, ports: Collection[int] = MAIL_PORTS) -> list[Address]:
    """The addresses behind a name, all of them allowed: one forbidden address makes the name forbidden."""
    name = host.strip().strip("[]").rstrip(".").lower()
    is_named = name in _names()
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached("name", _("No server of this name is known. Is it spelt right?")) from error
    addresses = list(dict.fromkeys(ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found))
    is_listed = is_named or all(_is_in_listed_network(address) for address in addresses)
    if not is_listed and not all(is_public(address) for address in addresses):
        raise NotReached(
            "private",
            _("This server stands in a private network. Whoever runs the installation must allow it first."),
        )
    if not is_listed and port not in ports:
        raise NotReached("port", _("No mail server listens on this port."))
    return addresses


def is_public(address: Address) -> bool:
    """On the open internet, also looked at through every form that hides another address in it."""
    if isinstance(address, ipaddress.IPv6Address):
        hidden = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in NAT64 or not int(address) >> 32:
            hidden.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(inner is not None and not is_public(inner) for inner in hidden):
            return False
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _names() -> set[str]:
    return {entry.strip().lower() for entry in settings.ACUDO_PRIVATE_HOSTS}


def _is_in_listed_network(address: Address) -> bool:
    for entry in settings.ACUDO_PRIVATE_HOSTS:
        try:
            network = ipaddress.ip_network(entry.strip(), strict=False)
        except ValueError:
            continue  # a name
        if address in network:
            return True
    return False
