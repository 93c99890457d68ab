"""How long one may write back: pure arithmetic over when the person was last heard."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE = timedelta(hours=24)
BY_PEOPLE = timedelta(days=7)  # with the human-agent permission, for words a person wrote
PRIVATE_REPLY = timedelta(days=7)  # after a comment, once


@dataclass(frozen=True)
class Window:
    """`kind` is "free", "people" or "shut"; `closes_at` is when this kind ends."""

    kind: str
    closes_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.kind != "shut"


def messages(heard_at: datetime | None, *, now: datetime, may_tag: bool) -> Window:
    """The window of a conversation in which the person was last heard at that moment."""
    if heard_at is None:
        return Window("shut", None)
    if now < heard_at + FREE:
        return Window("free", heard_at + FREE)
    if may_tag and now < heard_at + BY_PEOPLE:
        return Window("people", heard_at + BY_PEOPLE)
    return Window("shut", heard_at + (BY_PEOPLE if may_tag else FREE))


def private_reply(commented_at: datetime | None, *, now: datetime, is_used: bool) -> Window:
    if commented_at is None or is_used or now >= commented_at + PRIVATE_REPLY:
        return Window("shut", None)
    return Window("free", commented_at + PRIVATE_REPLY)
