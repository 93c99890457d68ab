"""One mail, from raw bytes to plain data. Read once with the old, fast policy; only what is used is decoded.

Nothing here touches the database or the network. What is too large or too tangled raises Unreadable (S-59); anything
else, however broken, becomes a ParsedMail.
"""

import binascii
import mimetypes
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.feedparser import BytesFeedParser
from email.message import Message
from email.utils import parsedate_to_datetime

from django.utils.translation import gettext_noop

from apps.core.html import text_to_html
from apps.omnichannel.ports import Unreadable

from . import addresses, authors, automatic, bounces, charsets, fax, forwards, markup, replies, tnef, words

MOST_BYTES = 50 * 1024 * 1024
MOST_BODY_BYTES = 2 * 1024 * 1024  # of one text part; the mail as it came keeps the rest
MOST_LINES = 1_500_000  # the largest file, encoded, takes half of that
MOST_PARTS = 200
MOST_LEVELS = 20
MOST_HEADER_LINES = 1_000
MOST_RECIPIENTS = 500
MOST_PARAMETERS = 200
MOST_CONTROLS = 0.03  # of what claims to be text; compressed or random bytes hold about 0.11
ENOUGH_TO_JUDGE = 64 * 1024
LONGEST_SUBJECT = 500
FED_FROM = 256 * 1024
PIECE = 64 * 1024
MOST_REFERENCES = 100

BOUNDARY = re.compile(rb"boundary\s{0,3}=\s{0,3}(?:\"([^\"\r\n]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)
HEADER_END = re.compile(rb"\r?\n\r?\n|\r\r")
CONTENT_LINE = re.compile(rb"^content-[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s{0,3}=\s{0,3}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
MESSAGE_ID = re.compile(r"<([^<>]{1,990})>")
PARAMETER = re.compile(
    r";\s{0,99}([\w!#$%&'*+.^`|~-]{1,60})\s{0,9}=\s{0,9}(?:\"((?:[^\"\\]|\\.){0,4000})\"|([^;\"]{0,4000}))"
)
UUENCODED = re.compile(r"^begin [0-7]{3,4} (\S[^\r\n]{0,200})$", re.MULTILINE)
FORWARDED = re.compile(r"(?:fwd?|rv|rif|i|enc|tr|wg|vb|doorst|pd)\s?:", re.IGNORECASE)
CONTROLS = bytes({*range(32), 127} - set(b"\t\n\f\r\x1b"))  # the escape changes alphabets in Japanese mail
KNOWN_HEADERS = {
    *("from", "to", "cc", "bcc", "subject", "date", "message-id", "received", "sender", "reply-to", "return-path"),
    *("delivered-to", "in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding"),
    *("content-disposition", "auto-submitted"),
}
CALENDARS = ("text/calendar", "application/ics")
TNEF_KINDS = ("application/ms-tnef", "application/vnd.ms-tnef")
TRACE_HEADERS = ("received", "authentication-results")
RECIPIENT_HEADERS = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-forwarded-to",
    "x-rcpt-to",
    "to",
    "cc",
)
EXTENSIONS = {
    "text/calendar": "ics",
    "message/rfc822": "eml",
    "text/html": "html",
    "text/plain": "txt",
    "image/jpeg": "jpg",
}


@dataclass(frozen=True, slots=True)
class MailAttachment:
    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """`text` is all there is to read, `html` the same as sent; `reply` is what was newly written."""

    author: authors.Author
    to: tuple[str, ...]
    cc: tuple[str, ...]
    reply_to: str
    answer_to: str
    subject: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    recipient_lines: tuple[str, ...]  # exactly as written: a token's case counts
    return_path: str | None
    claimed_at: datetime | None
    language: str
    text: str
    html: str
    reply: replies.Reply
    attachments: tuple[MailAttachment, ...]
    calendars: tuple[str, ...]
    automatic: automatic.Verdict
    report: bounces.Report | None
    trace: tuple[tuple[str, str], ...] = ()  # Received and Authentication-Results, from the top
    forwarded: forwards.Forwarded | None = None
    gateway_headers: Mapping[str, str] = field(default_factory=dict)  # what a fax gateway may say of the call

    @property
    def is_bounce(self) -> bool:
        return self.report is not None and self.report.is_bounce


@dataclass(slots=True)
class _Body:
    """One place in the mail that holds readable text, in one or two forms of the same."""

    plain: str | None = None
    html: str | None = None


@dataclass(slots=True)
class _Contents:
    bodies: list[_Body] = field(default_factory=list)
    attachments: list[MailAttachment] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)
    attached_mails: list[Message] = field(default_factory=list)
    packed_text: str = ""  # of a winmail.dat


def parse(raw: bytes, *, envelope_sender: str | None = None, envelope_recipients: Sequence[str] = ()) -> ParsedMail:
    """Raises Unreadable. The envelope is what the SMTP dialogue said, where there was one."""
    raw = _without_prefix(raw)
    _guard(raw)
    try:
        message = _message(raw)
        return _read(raw, message, envelope_sender, envelope_recipients)
    except RecursionError as error:
        raise Unreadable(gettext_noop("its parts lie too deep in one another")) from error


def _read(raw: bytes, message: Message, envelope_sender: str | None, envelope_recipients: Sequence[str]) -> ParsedMail:
    headers = _headers(message)
    if KNOWN_HEADERS.isdisjoint(headers) and not _is_text(raw):
        raise Unreadable(gettext_noop("it is no mail: it has no headers, and what it holds is no text"))
    contents = _contents(message)
    if contents.packed_text and not any(body.plain or body.html for body in contents.bodies):
        contents.bodies.append(_Body(plain=contents.packed_text))
    text, html = _joined(contents.bodies)
    text, uuencoded = _without_uuencoded(text)
    contents.attachments.extend(uuencoded)

    author = authors.judge(headers.get("from", []))
    boxes = {name: _boxes(headers, name) for name in {*RECIPIENT_HEADERS, "reply-to", "x-original-sender"}}
    if sum(map(len, boxes.values())) > MOST_RECIPIENTS:
        raise Unreadable(gettext_noop("it is addressed to too many people"))
    return_path = _return_path(headers, envelope_sender)
    subject = _subject(headers)
    content_type = message.get_content_type()
    is_passed_on = FORWARDED.match(subject) is not None
    return ParsedMail(
        author=author,
        to=_addresses(boxes["to"]),
        cc=_addresses(boxes["cc"]),
        reply_to=next(iter(_addresses(boxes["reply-to"])), ""),
        answer_to=authors.whom_to_answer(author, boxes["reply-to"], boxes["x-original-sender"]),
        subject=subject,
        message_id=_first_id(headers, "message-id"),
        in_reply_to=_first_id(headers, "in-reply-to"),
        references=tuple(_ids(" ".join(headers.get("references", []))))[-MOST_REFERENCES:],
        recipient_lines=(*envelope_recipients, *(line for name in RECIPIENT_HEADERS for line in headers.get(name, []))),
        return_path=return_path,
        claimed_at=_date(headers),
        language=words.readable(next(iter(headers.get("content-language", [])), "")).split(",")[0][:10].lower(),
        text=text,
        html=html,
        reply=_reply(contents.bodies, text, is_passed_on=is_passed_on),
        attachments=tuple(contents.attachments),
        calendars=tuple(contents.calendars),
        automatic=automatic.judge(
            headers, content_type=content_type, author=author.address, subject=subject, return_path=return_path
        ),
        report=bounces.read(message, author=author.address, subject=subject, text=text, return_path=return_path),
        trace=_trace(message),
        forwarded=forwards.read(text, contents.attached_mails, is_passed_on=is_passed_on),
        gateway_headers={
            name: words.readable(headers[name][0])[:200]
            for name in (*fax.NUMBER_HEADERS, *fax.PAGE_HEADERS)
            if name in headers
        },
    )


def _message(raw: bytes) -> Message:
    """Large mails are fed in pieces: the usual way holds four bytes for each sign of the whole."""
    if len(raw) <= FED_FROM:
        return message_from_bytes(raw)
    parser = BytesFeedParser()
    view = memoryview(raw)
    for at in range(0, len(raw), PIECE):
        parser.feed(bytes(view[at : at + PIECE]))
    return parser.close()


# Before parsing: what would cost too much is told from the bytes alone.


def _without_prefix(raw: bytes) -> bytes:
    """Without a byte order mark, empty lines and the `From ` line of a mailbox file above the headers."""
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    raw = raw.lstrip(b"\r\n")
    while raw.startswith((b"From ", b">From ")):
        _, newline, rest = raw.partition(b"\n")
        if not newline:
            break
        raw = rest
    return raw


def _guard(raw: bytes) -> None:
    if len(raw) > MOST_BYTES:
        raise Unreadable(gettext_noop("it is too large"))
    if raw.count(b"\n") > MOST_LINES:
        raise Unreadable(gettext_noop("it has too many lines"))
    end = HEADER_END.search(raw)
    header = raw[: end.start() if end else len(raw)]
    if end and header.count(b"\n") > MOST_HEADER_LINES:
        raise Unreadable(gettext_noop("it has too many header lines"))
    boundaries = {quoted or bare for quoted, bare in BOUNDARY.findall(raw)}
    if len(boundaries) > MOST_PARTS:
        raise Unreadable(gettext_noop("it has too many parts"))
    if sum(raw.count(b"\n--" + boundary) for boundary in boundaries) > 3 * MOST_PARTS:
        raise Unreadable(gettext_noop("it has too many parts"))
    if any(match.group().count(b";") > MOST_PARAMETERS for match in CONTENT_LINE.finditer(raw)):
        raise Unreadable(gettext_noop("a header has too many parameters"))


def _is_text(raw: bytes) -> bool:
    start = raw[:ENOUGH_TO_JUDGE]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "replace").encode("utf-8", "replace")
    controls = len(start) - len(start.translate(None, CONTROLS))
    return controls <= MOST_CONTROLS * len(start)


# Headers


def _headers(message: Message) -> dict[str, list[str]]:
    """Lower-case name -> values, unfolded and still encoded."""
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), []).append(words.unfold(value).strip())
    return found


def _boxes(headers: dict[str, list[str]], name: str) -> list[addresses.Address]:
    return [box for line in headers.get(name, []) for box in addresses.read(line)]


def _addresses(boxes: list[addresses.Address]) -> tuple[str, ...]:
    return tuple(box.address for box in boxes if box.address)


def _subject(headers: dict[str, list[str]]) -> str:
    subject = words.readable(next(iter(headers.get("subject", [])), ""))
    return addresses.CONTROL.sub("", subject)[:LONGEST_SUBJECT]


def _first_id(headers: dict[str, list[str]], name: str) -> str:
    return next(iter(_ids(" ".join(headers.get(name, [])))), "")


def _ids(text: str) -> list[str]:
    """Message ids without brackets; where a sender forgot those, the words themselves.

    Some programs fold a long id into encoded words, as if it were text.
    """
    text = words.decode_words(text[:32_000]) if "=?" in text else text[:32_000]
    found = ["".join(match.split()) for match in MESSAGE_ID.findall(text)]
    return found or [word.strip("<>,") for word in text.split() if "@" in word]


def _return_path(headers: dict[str, list[str]], envelope_sender: str | None) -> str | None:
    if envelope_sender is not None:
        return envelope_sender.strip("<> ").lower()
    lines = headers.get("return-path", [])
    return lines[0].strip("<> ").lower() if lines else None


def _date(headers: dict[str, list[str]]) -> datetime | None:
    try:
        found = parsedate_to_datetime(next(iter(headers.get("date", [])), "")[:100])
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _trace(message: Message) -> tuple[tuple[str, str], ...]:
    items = [(name, words.unfold(value)) for name, value in message.raw_items() if name.lower() in TRACE_HEADERS]
    return tuple(items[:50])


# Parts


def _contents(message: Message) -> _Contents:
    contents = _Contents()
    for count, (part, alternative, is_report) in enumerate(_leaves(message)):
        if count >= MOST_PARTS:
            raise Unreadable(gettext_noop("it has too many parts"))
        _take(part, alternative, contents, is_report=is_report)
    return contents


def _leaves(message: Message) -> Iterator[tuple[Message, _Body | None, bool]]:
    """Every part that holds something, in order, with the body it is one form of (inside an alternative)."""
    waiting: list[tuple[Message, _Body | None, int, bool]] = [(message, None, 1, False)]
    while waiting:
        part, body, level, is_report = waiting.pop()
        kind = part.get_content_type()
        payload = part.get_payload()
        if not kind.startswith("multipart/") or not isinstance(payload, list):
            yield part, body, is_report
            continue
        if level > MOST_LEVELS:
            raise Unreadable(gettext_noop("its parts lie too deep in one another"))
        if kind == "multipart/alternative" and body is None:
            body = _Body()
        inner = kind == "multipart/report"
        waiting.extend((child, body, level + 1, inner) for child in reversed(payload))


def _take(part: Message, alternative: _Body | None, contents: _Contents, *, is_report: bool) -> None:
    kind = part.get_content_type()
    disposition, name = _disposition_and_name(part)
    if kind.startswith("multipart/"):  # its boundary never came: what is there is text
        kind = "text/plain"
    is_body = kind in ("text/plain", "text/html") and disposition != "attachment" and not name
    if is_body:
        _take_body(part, kind, alternative, contents)
        return
    if is_report and kind in ("message/delivery-status", "text/rfc822-headers"):
        return
    if kind == "message/rfc822" and isinstance(inner := part.get_payload(), list) and inner:
        contents.attached_mails.append(inner[0])
    content = _content(part)
    if len(content) > FED_FROM and not kind.startswith("message/"):
        part.set_payload("")  # nobody asks for it again: a large file is held once
    if (kind in TNEF_KINDS or name.lower() == "winmail.dat") and _unpack(content, contents):
        return
    if kind in CALENDARS:
        contents.calendars.append(charsets.decode(content, _charset(part)))
    content_id = words.readable(part.get("content-id", "") or "").strip("<> ")[:200]
    contents.attachments.append(
        MailAttachment(
            name=name or _name_for(part, kind, len(contents.attachments) + 1),
            content_type=kind,
            content=content,
            content_id=content_id,
            is_inline=disposition == "inline" and bool(content_id),
        )
    )


def _unpack(content: bytes, contents: _Contents) -> bool:
    """Outlook's own parcel: the files in it instead of the parcel. False when there is nothing in it for us."""
    if not tnef.is_packed(content):
        return False
    found = tnef.unpack(content)
    contents.packed_text = contents.packed_text or found.text[:MOST_BODY_BYTES]
    for file in found.files:
        name = addresses.CONTROL.sub("", " ".join(file.name.split()))[:255]
        contents.attachments.append(
            MailAttachment(
                name=name or f"part-{len(contents.attachments) + 1}.bin",
                content_type=file.content_type or mimetypes.guess_type(name)[0] or "application/octet-stream",
                content=file.content,
                content_id=file.content_id[:200],
            )
        )
    return bool(found.files) or found.is_whole


def _take_body(part: Message, kind: str, alternative: _Body | None, contents: _Contents) -> None:
    body = alternative if alternative is not None else _Body()
    if not any(body is known for known in contents.bodies):
        contents.bodies.append(body)
    content = _content(part)[:MOST_BODY_BYTES]
    label = _charset(part)
    if kind == "text/html":
        if not label:
            declared = META_CHARSET.search(content[:2000])
            label = declared.group(1).decode("ascii") if declared else ""
        body.html = (body.html or "") + charsets.decode(content, label)
        return
    text = charsets.decode(content, label)
    if _parameters(part, "content-type").get("format", "").lower() == "flowed":
        text = _unflowed(text)
    body.plain = text if body.plain is None else f"{body.plain}\n{text}"


def _content(part: Message) -> bytes:
    payload = part.get_payload()
    if isinstance(payload, list):
        return b"\n".join(_bytes_of(inner) for inner in payload)
    if len(payload or "") > FED_FROM and _raw(part, "content-transfer-encoding").strip().lower() == "base64":
        try:  # at once; the library goes by way of a list of all lines, which weighs more than the file
            return binascii.a2b_base64(payload.encode("ascii", "surrogateescape"))  # type: ignore[union-attr]
        except (binascii.Error, ValueError):
            pass  # it knows more about broken ends
    try:
        return part.get_payload(decode=True) or b""  # type: ignore[return-value]
    except (ValueError, LookupError, binascii.Error, AssertionError):
        return str(payload or "").encode("utf-8", "surrogateescape")


def _bytes_of(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except (ValueError, LookupError, TypeError, AttributeError):  # a header or a charset the writer cannot write
        lines = [f"{name}: {value}" for name, value in message.raw_items()]
        body = message.get_payload()
        return "\n".join([*lines, "", body if isinstance(body, str) else ""]).encode("utf-8", "surrogateescape")


def _disposition_and_name(part: Message) -> tuple[str, str]:
    line = _raw(part, "content-disposition")
    disposition = line.partition(";")[0].strip().lower()
    name = _parameters(part, "content-disposition").get("filename") or _parameters(part, "content-type").get("name")
    return disposition, addresses.CONTROL.sub("", " ".join((name or "").split()))[:255]


def _charset(part: Message) -> str:
    return _parameters(part, "content-type").get("charset", "")


def _parameters(part: Message, header: str) -> dict[str, str]:
    """The parameters of a header line, whole ones and those in numbered pieces (RFC 2231)."""
    line = _raw(part, header)
    if ";" not in line:
        return {}
    whole: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in PARAMETER.finditer(line[:32_000]):
        name, quoted, bare = match.group(1).lower(), match.group(2), match.group(3)
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else (bare or "").strip()
        base, star, number = name.partition("*")
        if not star:
            whole.setdefault(name, words.parameter(value))
            continue
        encoded = number.endswith("*") or number == ""
        index = int(number.rstrip("*")) if number.rstrip("*").isdigit() else 0
        if index < 100:
            pieces.setdefault(base, {})[index] = (encoded, value)
    for base, found in pieces.items():
        whole[base] = words.joined_pieces([found[index] for index in sorted(found)])
    return whole


def _raw(part: Message, name: str) -> str:
    for known, value in part.raw_items():
        if known.lower() == name:
            return words.unfold(value)
    return ""


def _name_for(part: Message, kind: str, number: int) -> str:
    if kind == "message/rfc822":
        inner = part.get_payload()
        subject = words.readable(inner[0].get("subject", "") or "") if isinstance(inner, list) and inner else ""
        return f"{subject[:80] or 'message'}.eml"
    _, _, subtype = kind.partition("/")
    return f"part-{number}.{EXTENSIONS.get(kind, re.sub(r'[^a-z0-9]', '', subtype)[:8] or 'bin')}"


# Text


def _joined(bodies: list[_Body]) -> tuple[str, str]:
    """All text, and all HTML when any part of the mail had some."""
    texts, htmls = [], []
    has_html = any(body.html for body in bodies)
    for body in bodies:
        plain = body.plain if body.plain and body.plain.strip() else None
        texts.append(plain if plain is not None else markup.text_from(body.html or ""))
        if has_html:
            htmls.append(body.html or text_to_html(body.plain or ""))
    return _clean("\n\n".join(text.strip("\r\n") for text in texts if text.strip())), "\n".join(htmls)


def _reply(bodies: list[_Body], text: str, *, is_passed_on: bool) -> replies.Reply:
    """What was newly written. The plain form is read; a mail in HTML alone is read with its own marks."""
    if any(body.plain and body.plain.strip() for body in bodies):
        return replies.from_text(text, is_passed_on=is_passed_on)
    html = "\n".join(body.html for body in bodies if body.html)
    return replies.from_html(html, is_passed_on=is_passed_on)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip("\n")


def _unflowed(text: str) -> str:
    """Join the lines that `format=flowed` broke (RFC 3676), each within its own depth of quotation."""
    lines: list[str] = []
    open_depth = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        content = bare[1:] if bare.startswith(" ") else bare
        if open_depth == depth and lines and content:
            lines[-1] += content
        else:
            lines.append(">" * depth + (" " if depth else "") + content if depth else content)
        flows = content.endswith(" ") and content != "-- "
        open_depth = depth if flows else -1
    return "\n".join(lines)


def _without_uuencoded(text: str) -> tuple[str, list[MailAttachment]]:
    """Files that old programs wrote into the text itself."""
    if "begin " not in text or "\nend" not in text:
        return text, []
    found: list[MailAttachment] = []
    kept, at = [], 0
    for match in UUENCODED.finditer(text):
        end = text.find("\nend", match.end())
        if match.start() < at or end == -1:
            continue
        content = _uudecoded(text[match.end() : end].strip("\n").split("\n"))
        if content is None:
            continue
        found.append(MailAttachment(match.group(1).strip(), "application/octet-stream", content))
        kept.append(text[at : match.start()])
        at = end + 4
    return ("".join([*kept, text[at:]]).strip("\n"), found) if found else (text, [])


def _uudecoded(lines: list[str]) -> bytes | None:
    decoded = []
    for line in lines:
        try:
            decoded.append(binascii.a2b_uu(line))
        except (binascii.Error, ValueError):
            return None
    return b"".join(decoded)
