"""What Facebook's webhooks say, in the words of the port. Pure: an event that says nothing to us gives nothing.

A thread is named by what one may do with it:

    m:<person>            Messenger
    c:<comment>:<person>  a comment of theirs and what hangs below it
    p:<post>:<person>     what they wrote on the page's own wall
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apps.core.given import storable
from apps.omnichannel.ports import (
    Afterwards,
    DeliveryNews,
    Heard,
    HowFar,
    InboundAttachment,
    InboundMessage,
    SaidElsewhere,
    Sender,
    Unreadable,
)

MESSENGER, FEED = "facebook", "facebook-feed"  # kinds of identity: the same number may be two people, or one
MARK = "acudo:"
WORDS_OF_POSTS = {"post", "status", "photo", "video", "share", "link", "album", "note"}
FETCHED = {"image", "audio", "video", "file", "reel"}
ENDINGS = {"image": "jpg", "audio": "mp4", "video": "mp4", "file": "bin", "reel": "mp4"}
GONE = {"remove", "delete"}
LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Options:
    """`page` is the page's number. Whether a mere reaction or mention opens a ticket is for the office to say."""

    page: str
    opens_on_reaction: bool = False
    opens_on_mention: bool = False


@dataclass(order=True, frozen=True)
class _Found:
    """Words come before what is told about them, each in the order of the platform's clock."""

    rank: int
    at: int
    heard: Heard = field(compare=False)


def read(body: bytes, options: Options) -> list[Heard]:
    """Raises Unreadable for what is no delivery of a page."""
    payload = _payload(body)
    found: list[_Found] = []
    for entry in dicts(payload.get("entry")):
        if str(entry.get("id", "")) == options.page:
            found += _entry(entry, options)
    return [row.heard for row in sorted(found)]


def pages_in(body: bytes) -> set[str]:
    """The numbers of all pages a delivery speaks of."""
    try:
        return {str(entry.get("id", "")) for entry in dicts(_payload(body).get("entry"))}
    except Unreadable:
        return set()


def moment(value: Any) -> datetime | None:
    """Seconds or milliseconds since 1970, or "2026-03-02T10:00:00+0000"; None for what is neither."""
    number = _number(value)
    if not number and isinstance(value, str):
        try:
            told = datetime.fromisoformat(value)
        except ValueError:
            return None
        return told if told.tzinfo else told.replace(tzinfo=UTC)
    if number > 10**11:
        number /= 1000
    return datetime.fromtimestamp(number, UTC) if 10**8 < number < 10**10 else None


def _payload(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("This is no JSON.") from error
    if not isinstance(payload, dict) or payload.get("object") != "page":
        raise Unreadable("This is no delivery about a page.")
    return payload


def _entry(entry: dict[str, Any], options: Options) -> Iterator[_Found]:
    for name in ("messaging", "standby"):  # standby: another app holds the conversation; it is read all the same
        for event in dicts(entry.get(name)):
            again = _again(entry, name, event)
            for heard in _messaging(event, options, is_standby=name == "standby", again=again):
                yield _Found(_rank(heard), int(_number(event.get("timestamp"))), heard)
    for change in dicts(entry.get("changes")):
        value = change.get("value")
        if isinstance(value, dict):
            again = _again(entry, "changes", change)
            order = int(_number(entry.get("time")))
            for heard in _change(str(change.get("field", "")), value, options, order, again):
                at = _number(value.get("created_time")) or order
                yield _Found(_rank(heard), int(at * 1000) if at < 10**11 else int(at), heard)


# Messenger


def _messaging(event: dict[str, Any], options: Options, *, is_standby: bool, again: bytes) -> Iterator[Heard]:
    person = _id(event.get("sender"))
    if isinstance(event.get("message"), dict):
        message = event["message"]
        if message.get("is_echo"):
            yield from _echo(event, message, options, again)
        elif message.get("is_deleted"):
            yield from _about(message.get("mid"), "withdrawn", again)
        elif person and person != options.page:
            yield from _message(event, message, person, options, is_standby)
    elif isinstance(event.get("postback"), dict) and person:
        yield from _postback(event, event["postback"], person, options)
    elif isinstance(event.get("reaction"), dict):
        yield from _reaction(event["reaction"], person, again)
    elif isinstance(event.get("message_edit"), dict):
        edit = event["message_edit"]
        order = int(_number(edit.get("num_edit")))
        yield from _about(edit.get("mid"), "edited", again, text=_text(edit.get("text")), order=order)
    elif isinstance(event.get("delivery"), dict):
        yield from _delivered(event["delivery"], person)
    elif isinstance(event.get("read"), dict):
        until = moment(event["read"].get("watermark"))
        if until and person:
            yield HowFar(person, "opened", until)


def _message(
    event: dict[str, Any], message: dict[str, Any], person: str, options: Options, is_standby: bool
) -> Iterator[Heard]:
    mid = _name(message.get("mid"))
    if not mid:
        return
    files = [_file(row) for row in dicts(message.get("attachments"))]
    quick = message.get("quick_reply")
    reply_to = message.get("reply_to") if isinstance(message.get("reply_to"), dict) else {}
    text = _text(message.get("text")) or "\n".join(line for file in files if (line := file.line))
    yield InboundMessage(
        sender=Sender(MESSENGER, person, is_verified=True),
        text=text,
        thread_key=f"m:{person}",
        attachments=[file.attachment for file in files if file.attachment],
        client_id=hashlib.sha256(mid.encode()).hexdigest(),
        external_id=mid,
        claimed_at=moment(event.get("timestamp")),
        details=_without_nothing(
            {
                "is_public": False,
                "page_id": options.page,
                "sent_files": [file.said for file in files],
                "in_reply_to": _name(reply_to.get("mid")),
                "story": reply_to.get("story"),
                "choice": _text(quick.get("payload"))[:200] if isinstance(quick, dict) else "",
                "referral": message.get("referral"),
                "is_standby": is_standby,
            }
        ),
    )


def _postback(
    event: dict[str, Any], postback: dict[str, Any], person: str, options: Options
) -> Iterator[InboundMessage]:
    """A button of ours was pressed: its words are what was said."""
    payload = _text(postback.get("payload"))[:200]
    text = _text(postback.get("title")) or payload
    name = _name(postback.get("mid")) or f"postback:{person}:{event.get('timestamp')}:{payload}"
    if text:
        yield InboundMessage(
            sender=Sender(MESSENGER, person, is_verified=True),
            text=text,
            thread_key=f"m:{person}",
            client_id=hashlib.sha256(name.encode()).hexdigest(),
            external_id=name[:250],
            claimed_at=moment(event.get("timestamp")),
            details=_without_nothing(
                {
                    "is_public": False,
                    "page_id": options.page,
                    "choice": payload,
                    "referral": postback.get("referral"),
                }
            ),
        )


def _echo(event: dict[str, Any], message: dict[str, Any], options: Options, again: bytes) -> Iterator[SaidElsewhere]:
    """Sent by the page: by us, by another tool, by somebody in the page's own inbox."""
    mid = _name(message.get("mid"))
    ends = {_id(event.get("recipient")), _id(event.get("sender"))} - {options.page, ""}
    if not mid or not ends:
        return
    person = _id(event.get("recipient"))
    person = person if person in ends else min(ends)
    files = [_file(row) for row in dicts(message.get("attachments"))]
    mark = _text(message.get("metadata"))
    yield SaidElsewhere(
        external_id=mid,
        thread_key=f"m:{person}",
        text=_text(message.get("text")) or "\n".join(f"[{file.said['type']}]" for file in files),
        mark=mark.removeprefix(MARK) if mark.startswith(MARK) else "",
        claimed_at=moment(event.get("timestamp")),
        details=_without_nothing(
            {"is_public": False, "page_id": options.page, "sent_files": [file.said for file in files]}
        ),
        again=again,
    )


def _reaction(reaction: dict[str, Any], person: str, again: bytes) -> Iterator[Afterwards]:
    emoji = _text(reaction.get("emoji")) or _text(reaction.get("reaction"))
    if reaction.get("action") == "unreact":
        yield from _about(reaction.get("mid"), "reaction_removed", again, by=person)
    elif emoji:
        yield from _about(reaction.get("mid"), "reaction", again, by=person, emoji=emoji[:40])


def _delivered(delivery: dict[str, Any], person: str) -> Iterator[Heard]:
    until = moment(delivery.get("watermark"))
    if until and person:
        yield HowFar(person, "delivered", until)
        return
    for mid in delivery.get("mids") or ():
        if _name(mid):
            yield DeliveryNews(name=_short(f"{mid} delivered"), outcome="delivered", provider_id=_name(mid))


# The page


def _change(kind: str, value: dict[str, Any], options: Options, order: int, again: bytes) -> Iterator[Heard]:
    verb, item = str(value.get("verb", "")), str(value.get("item", ""))
    if kind == "mention":
        if options.opens_on_mention and verb == "add":
            yield from _mention(value, options)
    elif kind != "feed":
        return
    elif item == "comment":
        yield from _comment(value, verb, options, order, again)
    elif item in WORDS_OF_POSTS:
        yield from _post(value, verb, options, order, again)
    elif item in ("reaction", "like") and verb == "add" and options.opens_on_reaction:
        yield from _page_reaction(value, options)


def _comment(value: dict[str, Any], verb: str, options: Options, order: int, again: bytes) -> Iterator[Heard]:
    comment, post, parent = (_name(value.get(key)) for key in ("comment_id", "post_id", "parent_id"))
    if not comment:
        return
    if verb in ("edited", "edit", "update"):
        yield from _about(comment, "edited", again, text=_text(value.get("message")), order=order)
    elif verb in GONE:
        yield from _about(comment, "withdrawn", again)
    elif verb in ("hide", "unhide"):
        yield from _about(comment, "hidden" if verb == "hide" else "shown", again, order=order)
    elif verb == "add":
        root = parent if parent and parent != post else comment
        yield from _public_words(value, f"c:{root}", comment, (parent, post), options, again)


def _post(value: dict[str, Any], verb: str, options: Options, order: int, again: bytes) -> Iterator[Heard]:
    """Only what others write on the page's wall: our own posts are no message of anybody."""
    post = _name(value.get("post_id"))
    if not post or _id(value.get("from")) == options.page:
        return
    if verb in ("edit", "edited", "update"):
        yield from _about(post, "edited", again, text=_text(value.get("message")), order=order)
    elif verb in GONE:
        yield from _about(post, "withdrawn", again)
    elif verb in ("hide", "unhide"):
        yield from _about(post, "hidden" if verb == "hide" else "shown", again, order=order)
    elif verb == "add" and _id(value.get("from")):
        yield from _public_words(value, f"p:{post}", post, (), options, again)


def _public_words(
    value: dict[str, Any], stem: str, name: str, answers: tuple[str, ...], options: Options, again: bytes
) -> Iterator[Heard]:
    author = value.get("from") if isinstance(value.get("from"), dict) else {}
    person = _id(author)
    files = list(_pictures(value))
    about = value.get("post") if isinstance(value.get("post"), dict) else {}
    details = _without_nothing(
        {
            "is_public": True,
            "page_id": options.page,
            "post_id": _name(value.get("post_id")),
            "comment_id": _name(value.get("comment_id")),
            "parent_id": _name(value.get("parent_id")),
            "permalink": _link(value.get("permalink_url")) or _link(about.get("permalink_url")),
            "link": _link(value.get("link")),
            "sent_files": [file.said for file in files],
            "is_hidden": bool(value.get("is_hidden")),
        }
    )
    text, at = _text(value.get("message")), moment(value.get("created_time"))
    if person == options.page:
        yield SaidElsewhere(
            external_id=name, text=text, answers=[a for a in answers if a], claimed_at=at, details=details, again=again
        )
        return
    if not text:
        text = details.get("link", "") or "\n".join(f"[{file.said['type']}]" for file in files)
    yield InboundMessage(
        sender=Sender(FEED, person, name=_text(author.get("name"))[:160], is_verified=bool(person)),
        text=text,
        thread_key=f"{stem}:{person or name}",
        attachments=[file.attachment for file in files if file.attachment],
        client_id=hashlib.sha256(name.encode()).hexdigest(),
        external_id=name,
        answers=[a for a in answers if a],
        may_be_answered=False,  # no robot of ours answers where everybody reads it
        claimed_at=at,
        details=details,
    )


def _mention(value: dict[str, Any], options: Options) -> Iterator[Heard]:
    """Somebody named the page elsewhere: we are told who and where, seldom the words."""
    person = _name(value.get("sender_id"))
    as_feed = {**value, "from": {"id": person, "name": value.get("sender_name", "")}}
    name = _name(value.get("comment_id")) or _name(value.get("post_id"))
    if person and name and person != options.page:
        as_feed["message"] = value.get("message") or f"@ https://www.facebook.com/{name}"
        yield from _public_words(as_feed, f"p:{_name(value.get('post_id')) or name}", name, (), options, b"")


def _page_reaction(value: dict[str, Any], options: Options) -> Iterator[Heard]:
    person, post = _id(value.get("from")), _name(value.get("post_id"))
    if person and post and person != options.page:
        word = _text(value.get("reaction_type"))[:40] or "like"
        name = f"reaction:{post}:{person}"
        yield from _public_words({**value, "message": f"({word})"}, f"p:{post}", name, (), options, b"")


# Small things


@dataclass(frozen=True)
class _File:
    """`said` is how the platform named it; `line` what stands for it when there are no words."""

    said: dict[str, Any]
    attachment: InboundAttachment | None = None
    line: str = ""


def _file(row: dict[str, Any]) -> _File:
    payload = row.get("payload") if isinstance(row.get("payload"), dict) else {}
    kind = _text(row.get("type"))[:20] or "file"
    url = _link(payload.get("url")) or _link(row.get("url"))
    title = _text(row.get("title"))[:200] or _text(payload.get("title"))[:200]
    said = _without_nothing({"type": kind, "url": url, "title": title, "sticker_id": payload.get("sticker_id")})
    if kind == "location":
        place = payload.get("coordinates") if isinstance(payload.get("coordinates"), dict) else {}
        said |= {"lat": place.get("lat"), "long": place.get("long")}
        return _File(said, line=f"{title} {place.get('lat')}, {place.get('long')}".strip())
    if kind in FETCHED and url:
        name = f"{kind}.{ENDINGS[kind]}"
        return _File(said, InboundAttachment(name=name, content=b"", url=url), line="")
    return _File(said, line=" ".join(part for part in (title, url) if part) or f"[{kind}]")


def _pictures(value: Mapping[str, Any]) -> Iterator[_File]:
    urls = [value.get("photo"), value.get("video"), *(value.get("photos") or [])]
    for url in dict.fromkeys(_link(url) for url in urls):
        if url:
            kind = "video" if url == _link(value.get("video")) else "image"
            attachment = InboundAttachment(name=f"{kind}.{ENDINGS[kind]}", content=b"", url=url)
            yield _File({"type": kind, "url": url}, attachment)


def _about(external_id: Any, what: str, again: bytes, **more: Any) -> Iterator[Afterwards]:
    name = _name(external_id)
    if name:
        yield Afterwards(name, what, again=again, **more)


def _rank(heard: Heard) -> int:
    return 0 if isinstance(heard, InboundMessage) else 1 if isinstance(heard, SaidElsewhere) else 2


def _again(entry: Mapping[str, Any], name: str, event: Mapping[str, Any]) -> bytes:
    one = {"id": entry.get("id"), "time": entry.get("time"), name: [event]}
    return json.dumps({"object": "page", "entry": [one]}, separators=(",", ":"), sort_keys=True).encode()


def dicts(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _id(value: Any) -> str:
    return _name(value.get("id")) if isinstance(value, dict) else ""


def _name(value: Any) -> str:
    """An id, as text; '' for what is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return storable(str(value)).strip()[:250]


def _text(value: Any) -> str:
    return storable(value).strip()[:LONGEST_TEXT] if isinstance(value, str) else ""


def _link(value: Any) -> str:
    text = _text(value)[:2000]
    return text if text.startswith(("https://", "http://")) else ""


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return 0.0
    return number if -(10.0**15) < number < 10.0**15 else 0.0


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _without_nothing(details: dict[str, Any]) -> dict[str, Any]:
    kept = ("is_public",)
    return {name: value for name, value in details.items() if value or name in kept}
