"""Is the page still ours to speak for, and what did no webhook tell? Asked of Facebook by a worker, row by row."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop

from apps.core import clock
from apps.guard.names import plain
from apps.omnichannel.meta.graph import Graph
from apps.omnichannel.models import Channel, Delivery, ThreadMessage
from apps.omnichannel.ports import DeliveryFailed, RawInput
from apps.omnichannel.services import store

from .adapter import FacebookAdapter
from .models import Check
from .reading import dicts, moment

LEASE = timedelta(minutes=5)
LOOKS_BACK = timedelta(days=3)
NEEDED = (
    "pages_manage_metadata",
    "pages_messaging",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
)
FIELDS = ("feed", "messages", "message_echoes")
TOKEN = gettext_noop("The token of the page does not work. Write a new one below.")
SILENT = gettext_noop("Facebook could not be asked just now.")
PERMISSIONS = gettext_noop("Permissions are missing:")
NOT_SUBSCRIBED = gettext_noop("The page is not subscribed to the app: nothing it hears is told to the desk.")
PARTLY = gettext_noop("The page tells the app too little. Subscribe these as well:")
OTHER_NAME = gettext_noop("The page bears another name than the office:")
POSTS = "id,message,from,created_time,permalink_url,comments.limit(100){id,message,from,created_time,parent,is_hidden}"
TALKS = "participants,messages.limit(25){id,message,from,created_time}"


def due() -> list[int]:
    """Ids of channels whose turn it is, ours for the length of the lease."""
    pages = Channel.objects.active().of_kind("facebook")  # type: ignore[attr-defined]
    for pk in pages.exclude(pk__in=Check.objects.values("channel_id")).values_list("pk", flat=True):
        Check.objects.get_or_create(channel_id=pk)
    now = clock.now()
    rows = Check.objects.filter(next_at__lte=now, channel__is_active=True)
    return [
        row.channel_id
        for row in rows
        if Check.objects.filter(pk=row.pk, next_at=row.next_at).update(next_at=now + LEASE)
    ]


def check(channel_id: int) -> Check:
    """One look. Safe to run twice: what is found is stored once."""
    channel = Channel.objects.select_related("office").get(pk=channel_id)
    row, _made = Check.objects.get_or_create(channel=channel)
    try:
        client = FacebookAdapter(channel.facts()).graph()
        row.page_name = str(client.get(channel.address, fields="name").get("name", ""))[:200]
        row.missing = list(_missing(channel, client, row.page_name))
        row.found += reconcile(channel, client)
    except DeliveryFailed as error:
        row.missing = [[TOKEN if error.kind == "auth" else SILENT, ""]]
    row.checked_at = clock.now()
    row.next_at = row.checked_at + timedelta(minutes=settings.META_CHECK_MINUTES)
    row.save()
    return row


def reconcile(channel: Channel, client: Graph) -> int:
    """Comments and messages of the last days that never came by webhook; how many were found. Nothing from before the
    page was connected: its old posts stay as they are."""
    since = max(channel.created_at, clock.now() - LOOKS_BACK)
    told = [*_comments(client, channel.address, since), *_messages(client, channel.address, since)]
    known = _known(channel, [name for name, _part, _event in told])
    lost = [(part, event) for name, part, event in told if name not in known]
    for part, event in lost:
        entry = {"id": channel.address, "time": int(clock.now().timestamp()), part: [event]}
        name = hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()
        body = json.dumps({"object": "page", "entry": [entry]}).encode()
        store(channel, RawInput(body, "reconciled", external_id=f"reconciled:{name}"))
    return len(lost)


def _missing(channel: Channel, client: Graph, page_name: str) -> Iterator[list[str]]:
    """(sentence, what exactly) for each thing that is not as it must be."""
    app, secret = channel.settings.get("app_id"), channel.secrets.get("app_secret")
    if app and secret:
        about = Graph(token=f"{app}|{secret}", base=client.base, version=client.version)
        said = about.get("debug_token", input_token=client.token).get("data", {})
        lacking = [scope for scope in NEEDED if scope not in said.get("scopes", [])]
        if not said.get("is_valid"):
            yield [TOKEN, ""]
        elif lacking:
            yield [PERMISSIONS, ", ".join(lacking)]
    apps = dicts(client.get(f"{channel.address}/subscribed_apps").get("data"))
    ours = next((row for row in apps if not app or str(row.get("id")) == str(app)), None)
    if ours is None:
        yield [NOT_SUBSCRIBED, ""]
    elif lacking := [name for name in FIELDS if name not in ours.get("subscribed_fields", FIELDS)]:
        yield [PARTLY, ", ".join(lacking)]
    body = channel.office.body or channel.office
    if page_name and not ({*plain(page_name).split()} & {*plain(f"{channel.office.name} {body.name}").split()}):
        yield [OTHER_NAME, page_name]


def _comments(client: Graph, page: str, since: datetime) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for post in dicts(client.get(f"{page}/feed", fields=POSTS, limit=25).get("data")):
        permalink = {"id": post.get("id"), "permalink_url": post.get("permalink_url")}
        author = post.get("from") if isinstance(post.get("from"), dict) else {}
        if str(author.get("id", "")) != page and _is_since(post, since):
            value = {"item": "status", "verb": "add", "post_id": post.get("id"), "message": post.get("message")}
            yield str(post.get("id")), "changes", _change(value, post)
        for comment in dicts((post.get("comments") or {}).get("data")):
            if _is_since(comment, since):
                parent = (comment.get("parent") or {}).get("id") or post.get("id")
                value = {"item": "comment", "verb": "add", "post_id": post.get("id"), "comment_id": comment.get("id")}
                value |= {"parent_id": parent, "message": comment.get("message"), "post": permalink}
                value["is_hidden"] = bool(comment.get("is_hidden"))
                yield str(comment.get("id")), "changes", _change(value, comment)


def _messages(client: Graph, page: str, since: datetime) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for talk in dicts(client.get(f"{page}/conversations", platform="messenger", fields=TALKS, limit=25).get("data")):
        for line in dicts((talk.get("messages") or {}).get("data")):
            sender = str((line.get("from") or {}).get("id", ""))
            if sender and sender != page and line.get("message") and _is_since(line, since):
                at = moment(line.get("created_time"))
                yield (
                    str(line.get("id")),
                    "messaging",
                    {
                        "sender": {"id": sender},
                        "recipient": {"id": page},
                        "timestamp": int(at.timestamp() * 1000) if at else 0,
                        "message": {"mid": line.get("id"), "text": line.get("message")},
                    },
                )


def _change(value: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    at = moment(source.get("created_time"))
    own = {"from": source.get("from"), "created_time": int(at.timestamp()) if at else 0}
    return {"field": "feed", "value": {**value, **own}}


def _is_since(row: dict[str, Any], since: datetime) -> bool:
    at = moment(row.get("created_time"))
    return at is not None and at >= since.replace(microsecond=0)


def _known(channel: Channel, names: list[str]) -> set[str]:
    theirs = ThreadMessage.objects.filter(thread__channel=channel, external_id__in=names)
    ours = Delivery.objects.filter(channel=channel, provider_id__in=names)
    return {*theirs.values_list("external_id", flat=True), *ours.values_list("provider_id", flat=True)}
