"""How often a stranger may knock at each door of the portal (SECURITY S-57). The one table; every view asks here.

| door          | counted per address      | and per target                     |
|---------------|--------------------------|------------------------------------|
| begin a form  | 60 an hour               |                                    |
| send a form   | 30 an hour; 5 without    | 10 an hour to one e-mail or number |
|               | the proof of work        |                                    |
| upload        | 60 files, 50 MB an hour  |                                    |
| ask for a link| 20 an hour               | 5 an hour for one e-mail or number |
| try to enter  | 20 in 15 minutes         | 15 an hour against one address     |
| answer        |                          | 60 an hour by one person           |
| search        | 120 in a minute          |                                    |
| judge a page  | 60 an hour               |                                    |
| open a call   | 60 an hour are counted   |                                    |
"""

import hashlib
import ipaddress

from django.http import HttpRequest

from apps.core import limits

HOUR = 3600
BYTES_AN_HOUR = 50_000_000


def address_of(request: HttpRequest) -> str:
    """Who knocks: the address, for IPv6 the network of 64 bits that one connection commands."""
    text = request.META.get("REMOTE_ADDR", "") or "unknown"
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def source_of(request: HttpRequest) -> str:
    """The same, as it may be kept: hashed."""
    return hashlib.sha256(f"portal:{address_of(request)}".encode()).hexdigest()


def begin(request: HttpRequest) -> None:
    limits.allow("portal.begin", address_of(request), limit=60, seconds=HOUR)


def send(request: HttpRequest, target: str, *, has_worked: bool) -> None:
    """`has_worked`: its browser did the proof of work, or we know who it is. Without script one may send, too: less."""
    if not has_worked:
        limits.allow("portal.send.plain", address_of(request), limit=5, seconds=HOUR)
    limits.allow("portal.send", address_of(request), limit=30, seconds=HOUR)
    limits.allow("portal.send.to", target, limit=10, seconds=HOUR)


def upload(request: HttpRequest, count: int) -> None:
    for _file in range(count):
        limits.allow("portal.upload", address_of(request), limit=60, seconds=HOUR)


def ask_for_link(request: HttpRequest, target: str) -> None:
    limits.allow("portal.link", address_of(request), limit=20, seconds=HOUR)
    limits.allow("portal.link.to", target, limit=5, seconds=HOUR)


def enter(request: HttpRequest) -> None:
    limits.allow("portal.enter", address_of(request), limit=20, seconds=900)


def enter_as(target: str) -> None:
    limits.allow("portal.enter.as", target, limit=15, seconds=HOUR)


def answer(person_id: int) -> None:
    limits.allow("portal.answer", str(person_id), limit=60, seconds=HOUR)


def search(request: HttpRequest) -> None:
    limits.allow("portal.search", address_of(request), limit=120, seconds=60)


def judge(request: HttpRequest) -> None:
    limits.allow("portal.judge", address_of(request), limit=60, seconds=HOUR)


def count_call(request: HttpRequest) -> None:
    limits.allow("portal.call", address_of(request), limit=60, seconds=HOUR)
