"""Did our own mail server find the sender genuine? Its word counts, and only where it must stand (S-04)."""

import re
from collections.abc import Sequence

COMMENT = re.compile(r"\([^()]{0,500}\)")
PASS, FAIL, NONE = "pass", "fail", "none"


def verdict(items: Sequence[tuple[str, str]], *, server: str, author: str, hops: int = 1) -> str:
    """`items`: header names and values from the top. `server`: the id our front writes; "" trusts nobody.

    `author`: the address the mail says it is from. `hops`: how many `Received` lines our own machines add. What stands
    below those came with the mail.
    """
    if not server:
        return NONE
    received = 0
    for name, value in items:
        if name.lower() == "received":
            received += 1
            if received > hops:
                return NONE
        elif name.lower() == "authentication-results":
            found = _read(value, server, author.rpartition("@")[2].lower())
            if found is not None:
                return found
    return NONE


def _read(value: str, server: str, domain: str) -> str | None:
    """DMARC decides where the sender's domain has it; else a signature or a way in that belongs to that domain."""
    who, _, rest = " ".join(COMMENT.sub(" ", value).split())[:4000].partition(";")
    if who.split(" ")[0].strip().lower() != server.lower():
        return None
    results = [part.split() for part in rest.lower().split(";") if part.strip()]
    for words in results:
        method, _, outcome = words[0].partition("=")
        if method == "dmarc" and outcome in (PASS, FAIL):
            return outcome
    return PASS if any(_speaks_for(domain, words) for words in results) else NONE


def _speaks_for(domain: str, words: list[str]) -> bool:
    names = dict(word.partition("=")[::2] for word in words[1:])
    if words[0] == "dkim=pass":
        named = names.get("header.d") or names.get("header.i", "").rpartition("@")[2]
    elif words[0] == "spf=pass":
        named = names.get("smtp.mailfrom", "").rpartition("@")[2]
    else:
        return False
    is_above = domain.endswith(f".{named}") and "." in named
    return bool(domain) and (named == domain or named.endswith(f".{domain}") or is_above)
