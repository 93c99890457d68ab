"""What must have happened before a recorded delivery can be about something: told in Facebook's own words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from .reading import dicts, moment

Past = tuple[datetime, dict[str, Any]]
SECOND = timedelta(seconds=1)


def address(payload: dict[str, Any]) -> str:
    """The page a delivery is for; the platform's own test button names none that exists."""
    ids = [str(entry.get("id", "")) for entry in dicts(payload.get("entry"))]
    return next((one for one in ids if one and one != "0"), "1")


def past(payload: dict[str, Any], expected: list[dict[str, Any]] | None) -> Iterator[Past]:
    """Deliveries that make the messages which `expected` names; without it, all that the payload is about."""
    page = address(payload)
    named = None if expected is None else {row.get("external_id") for row in expected if row.get("external_id")}
    for entry in dicts(payload.get("entry")):
        for event in [*dicts(entry.get("messaging")), *dicts(entry.get("standby"))]:
            yield from _conversation(page, event, named, expected)
        for change in dicts(entry.get("changes")):
            for value in dicts([change.get("value")]):
                yield from _comment(page, value, named)


def _conversation(
    page: str, event: dict[str, Any], named: set[Any] | None, expected: list[dict[str, Any]] | None
) -> Iterator[Past]:
    ends = [str(end.get("id", "")) for side in ("recipient", "sender") for end in dicts([event.get(side)])]
    person = next((one for one in ends if one != page), "")
    at = moment(event.get("timestamp")) or datetime.now(UTC)
    is_about_ours = any(key in event for key in ("delivery", "read", "reaction"))
    reaction, edit, message = ((dicts([event.get(key)]) or [{}])[0] for key in ("reaction", "message_edit", "message"))
    target = reaction.get("mid") or edit.get("mid")
    if message.get("is_deleted") or message.get("is_echo"):
        target = message.get("mid")
    is_wanted = (target is None or target in named) if named is not None else True
    if not person or not (is_about_ours or target) or not is_wanted or expected == []:
        return
    theirs = target if not is_about_ours and not message.get("is_echo") else f"before:{person}"
    yield at - 3 * SECOND, _said(page, person, str(theirs), at - 3 * SECOND)
    if is_about_ours:
        yield at - 2 * SECOND, _said(page, person, str(target or "OUR_MESSAGE_ID"), at - 2 * SECOND, is_ours=True)
    if reaction.get("action") == "unreact":
        before = {**event, "reaction": {**reaction, "action": "react", "emoji": reaction.get("emoji") or "👍"}}
        yield at - SECOND, _delivery(page, "messaging", before)


def _comment(page: str, value: dict[str, Any], named: set[Any] | None) -> Iterator[Past]:
    name = value.get("comment_id") or value.get("post_id")
    is_later = value.get("verb") not in (None, "add")
    if is_later and (named is None or name in named):
        at = moment(value.get("created_time")) or datetime.now(UTC)
        added = {**value, "verb": "add", "message": "before"}
        yield at - SECOND, _delivery(page, "changes", {"field": "feed", "value": added})


def _said(page: str, person: str, mid: str, at: datetime, *, is_ours: bool = False) -> dict[str, Any]:
    sender, recipient = (page, person) if is_ours else (person, page)
    message = {"mid": mid, "text": "before"} | ({"is_echo": True} if is_ours else {})
    stamp = int(at.timestamp() * 1000)
    event = {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": stamp, "message": message}
    return _delivery(page, "messaging", event)


def _delivery(page: str, name: str, event: dict[str, Any]) -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": page, "time": 0, name: [event]}]}
