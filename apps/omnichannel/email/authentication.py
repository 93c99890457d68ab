"""Did our own mail server find the sender genuine? Its word counts, and only where it must stand (S-04)."""

from collections.abc import Sequence

PASS, FAIL, NONE = "pass", "fail", "none"


def verdict(items: Sequence[tuple[str, str]], *, server: str, hops: int = 1) -> str:
    """`items`: header names and values from the top. `server`: the id our front writes; "" trusts nobody.

    `hops`: how many `Received` lines our own machines add. What stands below those came with the mail.
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
            found = _read(value, server)
            if found is not None:
                return found
    return NONE


def _read(value: str, server: str) -> str | None:
    who, _, rest = " ".join(value.split())[:4000].partition(";")
    if who.split(" ")[0].strip().lower() != server.lower():
        return None
    results = [part.strip().split(" ")[0].lower() for part in rest.split(";")]
    for result in results:
        method, _, outcome = result.partition("=")
        if method == "dmarc" and outcome in (PASS, FAIL):
            return outcome
    return NONE
