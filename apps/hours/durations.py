"""Lengths of time as people type them, and back into words (pure).

A day is a working day of the chosen hours, so its length is given by the caller.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE = 60
HOUR = 60 * MINUTE
LONGEST = 10 * 366 * 24 * HOUR

WORDS = {
    "second": r"s|sec|secs|seg|segs|seconds?|segundos?|second[oi]",
    "minute": r"m|min|mins|minutes?|minutos?|minut[oi]",
    "hour": r"h|hs|hr|hrs|hours?|horas?|or[ae]",
    "day": r"d|days?|d[ií]as?|giorn[oi]|gg",
}
PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]*)")
JOINING = re.compile(r"\b(?:and|y|e)\b|[\s,+]")
CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)")


class NotADuration(ValueError):
    """The text is not a length of time; the message says so to people."""


def parse(text: str, *, day_seconds: int) -> int:
    """Seconds in "4h", "90 min", "1 day", "1 h 30 min", "1:30"; a bare number is minutes.

    Raises NotADuration for anything else, for nothing at all, and for more than ten years.
    """
    text = text.strip().lower()
    clock = CLOCK.fullmatch(text)
    seconds = int(clock[1]) * HOUR + int(clock[2]) * MINUTE if clock else _sum_of_parts(text, day_seconds)
    if not 0 < seconds <= LONGEST:
        raise NotADuration(_("Write a length between one second and ten years."))
    return seconds


def in_words(seconds: int, *, day_seconds: int) -> str:
    """ "2 days", "1 h 30 min", "45 s": days only when they come out even."""
    if day_seconds and seconds >= day_seconds and seconds % day_seconds == 0:
        days = seconds // day_seconds
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    hours, rest = divmod(seconds, HOUR)
    minutes, left = divmod(rest, MINUTE)
    parts = [
        _("%(n)s h") % {"n": hours} if hours else "",
        _("%(n)s min") % {"n": minutes} if minutes else "",
        _("%(n)s s") % {"n": left} if left else "",
    ]
    return " ".join(part for part in parts if part)


def _sum_of_parts(text: str, day_seconds: int) -> int:
    sizes = {"second": 1, "minute": MINUTE, "hour": HOUR, "day": day_seconds}
    parts = [match.groups() for match in PART.finditer(text)]
    between = JOINING.sub("", PART.sub(" ", text))
    units = [_unit(word) for _number, word in parts]
    if not parts or between or None in units:
        example = _("“%(text)s” is not a length of time. Write for example 4 h, 90 min or 2 days.")
        raise NotADuration(example % {"text": text})
    lengths = [float(number.replace(",", ".")) for number, _word in parts]
    return round(sum(length * sizes[unit] for length, unit in zip(lengths, units, strict=True) if unit))


def _unit(word: str) -> str | None:
    if not word:
        return "minute"
    return next((unit for unit, spellings in WORDS.items() if re.fullmatch(spellings, word)), None)
