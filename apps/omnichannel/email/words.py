"""Header text: raw 8-bit, RFC 2047 encoded words and RFC 2231 parameters, decoded in linear time."""

import base64
import binascii
import quopri
import re
from urllib.parse import unquote_to_bytes

from . import charsets

FOLD = re.compile(r"\r?\n[ \t]*")
EXTENDED = re.compile(r"([\w.+-]{0,40})'[\w-]{0,20}'")
MAX_HEADER = 64 * 1024


def readable(raw: str) -> str:
    """A header value as kept by the standard parser (surrogates for 8-bit bytes), for people to read."""
    return " ".join(decode_words(unfold(raw)).replace("\x00", "").split())


def unfold(raw: str) -> str:
    """One line of text; undeclared 8-bit bytes become characters."""
    text = FOLD.sub(" ", str(raw)[:MAX_HEADER])
    if text.isascii():
        return text
    return charsets.decode(text.encode("utf-8", "surrogateescape"))


def decode_words(text: str) -> str:
    """Replace each `=?charset?b?...?=`; neighbouring words of one charset are joined before they are decoded."""
    if "=?" not in text:
        return text
    pieces: list[str] = []
    pending, pending_charset = b"", ""
    at, last_end = 0, text.rfind("?=")
    while True:
        start = text.find("=?", at)
        word = _word_at(text, start) if start != -1 else None
        between = text[at : start if start != -1 else len(text)]
        if pending and (between.strip() or start == -1 or word is None):
            pieces.append(charsets.decode(pending, pending_charset))
            pending = b""
        if between and not (between.isspace() and pending):
            pieces.append(between)
        if start == -1:
            return "".join(pieces)
        if word is None:
            if last_end < start + 2:  # no word can end any more
                pieces.append(text[start:])
                return "".join(pieces)
            pieces.append("=?")
            at = start + 2
            continue
        charset, data, at = word
        if pending and charset != pending_charset:
            pieces.append(charsets.decode(pending, pending_charset))
            pending = b""
        pending, pending_charset = pending + data, charset


def parameter(value: str) -> str:
    """A header parameter written in one piece (a file name, say), in whichever way it was encoded."""
    if EXTENDED.match(value) and "%" in value:
        return joined_pieces([(True, value)])
    return decode_words(value)


def joined_pieces(pieces: list[tuple[bool, str]]) -> str:
    """A parameter in numbered pieces (RFC 2231); each says whether it is percent-encoded."""
    charset, data = "", b""
    for number, (encoded, piece) in enumerate(pieces):
        text = piece
        if encoded and number == 0 and (named := EXTENDED.match(text)):
            charset, text = named.group(1), text[named.end() :]
        raw = text.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(raw) if encoded else raw
    return decode_words(charsets.decode(data, charset))


def word_end(text: str, start: int) -> int:
    """Where the encoded word at `start` ends, or -1."""
    word = _word_at(text, start)
    return -1 if word is None or " " in text[start : word[2]] else word[2]


def _word_at(text: str, start: int) -> tuple[str, bytes, int] | None:
    charset_end = text.find("?", start + 2, start + 82)
    if charset_end == -1 or text[charset_end + 2 : charset_end + 3] != "?":
        return None
    kind = text[charset_end + 1].lower()
    # In Q words a "?=" may stand right behind the second question mark: "=?utf-8?q?=41?=".
    end = text.find("?=", charset_end + 3)
    if end == -1 or kind not in "bq":
        return None
    payload = text[charset_end + 3 : end]
    charset = text[start + 2 : charset_end].partition("*")[0]
    data = _from_base64(payload) if kind == "b" else _from_q(payload)
    return None if data is None else (charset, data, end + 2)


def _from_base64(payload: str) -> bytes | None:
    clean = re.sub(r"[^A-Za-z0-9+/]", "", payload)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    try:
        return base64.b64decode(clean + "=" * (-len(clean) % 4))
    except (binascii.Error, ValueError):
        return None


def _from_q(payload: str) -> bytes:
    return quopri.decodestring(payload.replace(" ", "_").encode("utf-8", "surrogateescape"), header=True)
