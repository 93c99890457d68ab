"""The appointments a mail brings: what is shown of its calendar parts. They stay files of the mail as well."""

from collections.abc import Sequence
from typing import Any

from apps.core import children

MOST_CALENDARS = 3
LONGEST = 256 * 1024  # characters: an invitation with a hundred guests has a tenth of that
CPU_SECONDS = 3


def appointments(calendars: Sequence[str]) -> list[dict[str, Any]]:
    """As `ics.appointments`, each once; a part that cannot be read or takes too long gives none."""
    found: list[dict[str, Any]] = []
    for text in calendars[:MOST_CALENDARS]:
        if len(text) <= LONGEST and "BEGIN:VEVENT" in text.upper():
            found += [appointment for appointment in _read(text) if appointment not in found]
    return found


def _read(text: str) -> list[dict[str, Any]]:
    order = {"text": text}
    try:
        return children.ask("apps.omnichannel.email.ics:appointments", order, cpu_seconds=CPU_SECONDS, reads_files=True)
    except (children.Stopped, children.Busy):
        return []
