"""Somebody opens a window, looks at another page, closes the window."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from apps.core import clock
from apps.core.given import storable
from apps.omnichannel.webchat.models import LOOK_EVERY, Visitor

SIGN_OF_LIFE_EVERY = timedelta(minutes=4)
LENGTHS = {"page_url": 500, "page_title": 200, "referrer": 500}
ON_THE_WEB = ("https://", "http://")


def page_facts(said: Any) -> dict[str, str]:
    """Where the window stands, as the browser says: {page_url, page_title, referrer}; addresses of the web only."""
    if not isinstance(said, Mapping):
        return {}
    words = {name: said.get(key) for name, key in zip(LENGTHS, ("url", "title", "referrer"), strict=True)}
    facts = {name: storable(text)[: LENGTHS[name]] for name, text in words.items() if isinstance(text, str) and text}
    return {name: text for name, text in facts.items() if name == "page_title" or text.lower().startswith(ON_THE_WEB)}


def arrived(visitor: Visitor, page: Mapping[str, str], *, is_new: bool = False) -> None:
    """A window of this browser is open. One statement, and none when nothing is news. `is_new`: a new connection,
    whose predecessor may say goodbye only now."""
    now = clock.now()
    changes: dict[str, Any] = {name: text for name, text in page.items() if getattr(visitor, name) != text}
    if is_new or visitor.left_at is not None:
        changes |= {"left_at": None, "seen_at": now, "look_at": now + LOOK_EVERY}
    elif now - visitor.seen_at > SIGN_OF_LIFE_EVERY:
        changes["seen_at"] = now
    _change(visitor, changes)


def left(visitor: Visitor) -> None:
    """The last window of this browser was closed, as far as this process knows. Whoever comes back says so."""
    now = clock.now()
    _change(visitor, {"left_at": now, "seen_at": now, "look_at": now + LOOK_EVERY})


def _change(visitor: Visitor, changes: dict[str, Any]) -> None:
    if changes:
        Visitor.objects.filter(pk=visitor.pk).update(**changes)
        for name, value in changes.items():
            setattr(visitor, name, value)
