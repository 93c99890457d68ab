"""Is there anything personal in words that everybody will read? Pure; a few milliseconds for a long reply."""

from collections.abc import Iterable, Sequence

from apps.guard import contacts, names, numbers, words
from apps.guard.hits import Hit

LONGEST = 20_000


def look(
    text: str, *, allowed_names: Iterable[str] = (), known: Iterable[str] = (), own_words: Iterable[str] = ()
) -> list[Hit]:
    """What must not stand in public, in order, none inside another.

    `allowed_names`: the person's public name and whoever may be named; `known`: telephones, mailboxes and addresses that
    the office itself makes public; `own_words`: what this office added to the list of sensitive words.
    """
    text = text[:LONGEST]
    found = [
        *numbers.find(text),
        *contacts.find(text),
        *names.find(text, allowed=allowed_names),
        *words.find(text, words=own_words),
    ]
    public = {_bare(entry) for entry in known if len(_bare(entry)) >= 5}
    return _apart([hit for hit in found if _bare(hit.text) not in public])


def _apart(found: Sequence[Hit]) -> list[Hit]:
    """Of those that overlap the proven one stays, else the longer one."""
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda hit: (not hit.is_proven, hit.start - hit.end, hit.start)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept)


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum() or c == "@")
