import fcntl
import os
from pathlib import Path
from typing import IO

from django.conf import settings


class AlreadyRunning(Exception):
    """Another process holds the bus of this database."""


def hold_embedded_bus() -> IO[str] | None:
    """With the bus in memory only one process may serve a database: two would not hear each other (R-32).

    Returns the open lock file, to be kept as long as the process lives; None when Redis carries the messages.
    Raises AlreadyRunning.
    """
    if not settings.IS_EMBEDDED_BUS:
        return None
    database = settings.DATABASES["default"]
    path = Path(f"{database['NAME']}.lock") if settings.IS_SQLITE else settings.VAR_DIR / "embedded.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        holder = file.read().strip() or "?"
        file.close()
        raise AlreadyRunning(holder) from error
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file
