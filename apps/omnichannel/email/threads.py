"""Which conversation does a mail belong to? Only a secret of ours tells (S-01); this module knows no database.

A reply token is `t<ticket>.<person>.<26 signs>`: 128 bits bound to the ticket and to the person we wrote to. It
stands in the address that replies go to and in the Message-ID of every mail we send. A ticket's number in a subject
means nothing here.
"""

import re
from collections.abc import Iterable
from itertools import islice

from apps.core import crypto

PURPOSE = "reply:v1"
LONGEST_LINE = 64 * 1024
SIGNS_OF_MESSAGE = 10  # 58 bits: enough to tell the messages of one conversation apart
MOST_TRIES = 50  # tokens looked at in one line
# The case is exact, and nothing may stand close by that could be part of a longer or an older form.
TOKEN = re.compile(r"(?<![A-Za-z0-9.])t([1-9]\d{0,17})\.([1-9]\d{0,17})\.([a-z2-7]{26})(?![A-Za-z0-9])")
KEY = re.compile(r"t([1-9]\d{0,17})\.([1-9]\d{0,17})")


def name(ticket_id: int, person_id: int) -> str:
    """The key of the conversation that one person has about one ticket."""
    return f"t{ticket_id}.{person_id}"


def token(key: str) -> str:
    """The secret form of a conversation's key: what goes into addresses and Message-IDs."""
    ticket_id, person_id = _parts(key)
    return f"{key}.{crypto.sign(PURPOSE, ticket_id, person_id)}"


def key_in(texts: Iterable[str]) -> str:
    """The key of the first genuine token in `texts` (addresses, message ids), or ""."""
    for text in texts:
        for match in islice(TOKEN.finditer(text[:LONGEST_LINE]), MOST_TRIES):
            ticket_id, person_id, signature = match.groups()
            if crypto.is_signed(signature, PURPOSE, int(ticket_id), int(person_id)):
                return name(int(ticket_id), int(person_id))
    return ""


def message_id(key: str, message_public_id: str, domain: str) -> str:
    """`<t4711.993.<26 signs>.<10 of the public id>@…>`: fixed before the mail is sent, and only we can have made it.

    Short enough to stand in one header line: programs that fold a longer one may spoil it.
    """
    return f"<{token(key)}.{message_public_id[:SIGNS_OF_MESSAGE]}@{domain}>"


def person_in(key: str) -> int:
    """The person whose conversation a genuine key names."""
    return _parts(key)[1]


def reply_address(key: str, address: str, *, style: str = "plus") -> str:
    """Where replies go: `help+<token>@…`, `help-<token>@…` or, with a domain of its own, `<token>@…`."""
    local, _, domain = address.rpartition("@")
    if style == "domain":
        return f"{token(key)}@{domain}"
    return f"{local}{'-' if style == 'dash' else '+'}{token(key)}@{domain}"


def without_token(address: str) -> str:
    """The plain form of one of our addresses, so that its channel can be found."""
    local, at, domain = address.rpartition("@")
    match = TOKEN.search(local)
    if not at or match is None or match.end() != len(local):
        return address
    return f"{local[: match.start()].rstrip('+-')}@{domain}"


def _parts(key: str) -> tuple[int, int]:
    match = KEY.fullmatch(key)
    if match is None:
        raise ValueError(f"not the key of a mail conversation: {key!r}")
    return int(match.group(1)), int(match.group(2))
