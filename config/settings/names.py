import contextlib
import socket

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def names_of_this_machine(host: str) -> tuple[str, ...]:
    """Names under which people ask for `manage.py up` on `host`; those of the network only where it listens there."""
    if host in ("localhost", "127.0.0.1", "::1"):
        return LOOPBACK
    names = [socket.gethostname(), socket.getfqdn()]
    with contextlib.suppress(OSError):
        names += socket.gethostbyname_ex(socket.gethostname())[2]
    if host not in ("0.0.0.0", "::"):  # noqa: S104  a comparison, nothing is bound
        names.append(f"[{host}]" if ":" in host else host)
    return (*LOOPBACK, *dict.fromkeys(name.lower() for name in names if name))
