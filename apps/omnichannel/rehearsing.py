"""A recorded delivery in an empty world: what the desk makes of it, told in the words of those who recorded it.

A kind of door that can be rehearsed names a module with `address(payload)` and `past(payload, expected)`.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime
from importlib import import_module
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from apps.accounts.models import Office
from apps.activity.models import Activity
from apps.core import clock
from apps.omnichannel import registry
from apps.omnichannel.models import Channel, Delivery, Envelope, ThreadMessage
from apps.omnichannel.ports import RawInput
from apps.omnichannel.services import process, store
from apps.omnichannel.services.fetching import offline
from apps.tickets.models import Message
from apps.tickets.states import Direction

log = logging.getLogger(__name__)
NO_SUCH_DOOR = gettext_noop("no channel of this kind can be rehearsed")
ABOUT = {"edited": "edit_message", "withdrawn": "delete_message", "hidden": "hide_message", "shown": "show_message"}
PROGRESS = {"delivered": "delivered", "opened": "read"}


def can_rehearse(kind: str) -> bool:
    return bool(registry.rehearsal(kind))


def rehearse(
    kind: str, payloads: Iterable[dict[str, Any]], *, expected: list[dict[str, Any]] | None = None, times: int = 1
) -> list[dict[str, Any]]:
    """The actions that came of these deliveries, in order, with nothing left behind. `times` sends each so often."""
    stage = import_module(registry.rehearsal(kind))
    payloads = list(payloads)
    with transaction.atomic(), offline():
        channel = _empty_world(kind, stage.address(payloads[0]) if payloads else "1")
        for payload in payloads:
            for at, before in stage.past(payload, expected):
                _arrive(channel, before, at=at)
        seen = _Seen()
        for n in range(times):
            for payload in payloads:
                _arrive(channel, {**payload, "again": n} if n else payload, at=clock.now())
        actions = seen.since(payloads)
        transaction.set_rollback(True)
    return actions


def _empty_world(kind: str, address: str) -> Channel:
    office = Office.objects.create(name="Rehearsal", slug="a-rehearsal-of-webhooks")
    return Channel.objects.create(office=office, kind=kind, name="Rehearsal", slug="a-rehearsal", address=address)


def _arrive(channel: Channel, payload: dict[str, Any], *, at: datetime) -> None:
    with clock.told(at):
        envelope = store(channel, RawInput(json.dumps(payload).encode(), "rehearsal"))
        process(envelope.pk)
    envelope.refresh_from_db()
    if envelope.state != Envelope.State.PROCESSED:
        log.warning("set aside: %s", envelope.reason)


class _Seen:
    """What was there before, so that what came after can be told."""

    def __init__(self) -> None:
        self.activity = Activity.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.outcomes = dict(Delivery.objects.values_list("pk", "outcome"))

    def since(self, payloads: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for row in Activity.objects.filter(pk__gt=self.activity).order_by("pk"):
            if row.verb == "message_written":
                found += _written(Message.objects.get(pk=row.data["message_id"]))
            elif row.verb == "message_amended":
                found.append(_amended(row.data))
            elif row.verb == "message_reacted":
                found.append(_reacted(row.data))
        said: set[tuple[str, Any]] = set()
        for delivery in Delivery.objects.exclude(outcome="").order_by("pk"):
            word = PROGRESS.get(delivery.outcome)
            if word and self.outcomes.get(delivery.pk) != delivery.outcome:
                said.add((word, None))
        found += [{"type": word, **_until(payloads, word)} for word, _none in sorted(said)]
        return found


def _written(message: Message) -> list[dict[str, Any]]:
    if message.is_automatic or message.direction == Direction.NOTE:
        return []
    details = message.details
    entry = ThreadMessage.objects.select_related("thread").get(message=message)
    is_in = message.direction == Direction.IN
    person = message.author_person.identities.first() if message.author_person else None  # type: ignore[attr-defined]
    action = {
        "type": "create_message",
        "direction": str(message.direction),
        "sender_id": person.handle if person and is_in else details.get("page_id", ""),
        "sender_name": message.author_label if is_in else "",
        "page_id": details.get("page_id", ""),
        "external_id": entry.external_id,
        "text": message.text or None,
        "attachments": details.get("sent_files", []),
        "in_reply_to": details.get("in_reply_to") or details.get("parent_id"),
        "thread_key": details.get("post_id") or entry.thread.key,
        "public": bool(details.get("is_public")),
    }
    optional = {"permalink": details.get("permalink"), "reply_to_story": True if details.get("story") else None}
    return [action | {name: value for name, value in optional.items() if value}]


def _amended(data: dict[str, Any]) -> dict[str, Any]:
    text = Message.objects.get(pk=data["message_id"]).text
    more = {"text": text} if data["what"] == "edited" else {}
    return {"type": ABOUT[data["what"]], "external_id": _name(data["message_id"]), **more}


def _reacted(data: dict[str, Any]) -> dict[str, Any]:
    name = _name(data["message_id"])
    if data["emoji"]:
        return {"type": "reaction", "external_id": name, "emoji": data["emoji"]}
    return {"type": "reaction_removed", "external_id": name}


def _name(message_id: int) -> str:
    return str(ThreadMessage.objects.values_list("external_id", flat=True).get(message_id=message_id))


def _until(payloads: list[dict[str, Any]], word: str) -> dict[str, Any]:
    """The moment that the platform named, as it named it."""
    marks = [
        event[word if word == "read" else "delivery"].get("watermark")
        for payload in payloads
        for entry in payload.get("entry", [])
        for event in entry.get("messaging", [])
        if (word if word == "read" else "delivery") in event
    ]
    return {"until_ms": max(mark for mark in marks if mark)} if any(marks) else {}
