"""Bytes to text when the label may be wrong, missing or unheard of. Nothing is ever refused."""

import codecs
import re
from functools import lru_cache

FALLBACKS = ("utf-8", "windows-1252")

# Labels seen in mail that Python knows under another name, or that senders use for a wider set than they say.
ALIASES = {
    "ansi": "windows-1252",
    "cp-850": "cp850",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "windows-1252",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-8-i": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "latin1": "windows-1252",
    "latin-1": "windows-1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "utf": "utf-8",
    "utf8mb4": "utf-8",
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "x-mac-roman": "mac-roman",
    "x-sjis": "cp932",
}
STATEFUL = ("utf-7", "utf-16", "utf-32", "iso2022", "hz")  # meaningful without a single byte above 127
SEVERAL_BYTES = ("big5", "cp9", "euc", "gb", "johab", "shift")
THREE_BYTE_UTF8 = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2}")
LABEL = re.compile(r"[^\w.:+-]")


def decode(data: bytes, label: str = "") -> str:
    """The text of `data`: by its label when that fits, else UTF-8, else windows-1252 with what it lacks replaced."""
    codec = codec_for(label)
    if codec.startswith(STATEFUL):
        return _strictly(data, codec) or data.decode(codec, "replace")
    if data.isascii():
        return data.decode("ascii")
    if codec.startswith(SEVERAL_BYTES) and not THREE_BYTE_UTF8.search(data):
        text = _strictly(data, codec)
        if text is not None:
            return text
    # Text that happens to be whole UTF-8 is UTF-8, whatever its label says.
    for candidate in ("utf-8", codec, *FALLBACKS):
        text = _strictly(data, candidate) if candidate else None
        if text is not None:
            return text
    if codec and codec != "utf-8":
        return data.decode(codec, "replace")
    if _is_mostly_utf8(data):
        return data.decode("utf-8", "replace")
    return data.decode("windows-1252", "replace")


@lru_cache(maxsize=256)
def codec_for(label: str) -> str:
    """Python's name for a charset label, or "" when nobody knows it."""
    name = LABEL.sub("", label.partition(";")[0]).lower().strip("'\"")
    name = ALIASES.get(name, name)
    if not name or len(name) > 40:
        return ""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    return ALIASES.get(found.name, found.name) if _is_text(found) else ""


def _is_text(codec: codecs.CodecInfo) -> bool:
    """Not one of Python's byte-to-byte codecs (zip, hex), nor one that executes anything."""
    return bool(getattr(codec, "_is_text_encoding", True)) and codec.name not in {
        "idna",
        "punycode",
        "raw-unicode-escape",
        "unicode-escape",
        "undefined",
        "mbcs",
        "oem",
    }


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _is_mostly_utf8(data: bytes) -> bool:
    broken = data.decode("utf-8", "replace").count("\ufffd")
    return broken * 4 < sum(byte > 127 for byte in data[:100_000])
