"""`winmail.dat`: what Outlook packs its attachments into for readers that are not Outlook. Pure and linear."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

SIGNATURE = 0x223E9F78
BODY, TITLE, DATA, BEGINS, MESSAGE_PROPERTIES, PROPERTIES, CODEPAGE = (
    *(0x800C, 0x8010, 0x800F, 0x9002, 0x9003),
    *(0x9005, 0x9007),
)
P_BODY, P_DISPLAY_NAME, P_DATA, P_FILE, P_LONG_FILE, P_TYPE, P_CONTENT_ID = (
    *(0x1000, 0x3001, 0x3701, 0x3704, 0x3707),
    *(0x370E, 0x3712),
)
FIXED = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0014: 8, 0x0040: 8}
CLSID, UNICODE = 0x0048, 0x001F
VARIABLE = {0x000D, 0x001E, UNICODE, 0x0102}
MANY = 0x1000
NAMED = 0x8000
OBJECT_ID_BYTES = 16
MOST_FILES = 200
MOST_ATTRIBUTES = 5_000
MOST_PROPERTIES = 2_000


@dataclass(slots=True)
class File:
    name: str = ""
    content: bytes = b""
    content_type: str = ""
    content_id: str = ""


@dataclass(slots=True)
class Unpacked:
    text: str = ""
    files: list[File] = field(default_factory=list)
    is_whole: bool = False


def is_packed(content: bytes) -> bool:
    return content[:4] == SIGNATURE.to_bytes(4, "little")


def unpack(content: bytes) -> Unpacked:
    """What can be found; a broken end loses only what stands there. Raises ValueError when it is no such file."""
    if not is_packed(content):
        raise ValueError("not a winmail.dat")
    found, codepage, end = Unpacked(), "cp1252", 0
    for name, data, stop in _attributes(memoryview(content)):
        end = stop
        if name == CODEPAGE and len(data) >= 4:
            codepage = _codepage(struct.unpack_from("<I", data)[0])
        elif name == BODY:
            found.text = found.text or _text(data, codepage)
        elif name == MESSAGE_PROPERTIES:
            found.text = _body_of(data, codepage) or found.text
        elif name == BEGINS:
            if len(found.files) >= MOST_FILES:
                break
            found.files.append(File())
        elif found.files:
            _take(found.files[-1], name, data, codepage)
    found.files = [file for file in found.files if file.content]
    found.is_whole = end == len(content)
    return found


def _take(file: File, name: int, data: memoryview, codepage: str) -> None:
    if name == TITLE:
        file.name = file.name or _text(data, codepage)
    elif name == DATA:
        file.content = bytes(data)
    elif name == PROPERTIES:
        for identifier, kind, value in _properties(data):
            if identifier == P_LONG_FILE:
                file.name = _string(value, kind, codepage) or file.name
            elif identifier in (P_FILE, P_DISPLAY_NAME):
                file.name = file.name or _string(value, kind, codepage)
            elif identifier == P_TYPE:
                file.content_type = _string(value, kind, codepage).lower()
            elif identifier == P_CONTENT_ID:
                file.content_id = _string(value, kind, codepage).strip("<> ")
            elif identifier == P_DATA and not file.content:
                file.content = bytes(value[OBJECT_ID_BYTES:] if kind == 0x000D else value)


def _attributes(data: memoryview) -> Iterator[tuple[int, memoryview, int]]:
    at = 6
    for _ in range(MOST_ATTRIBUTES):
        if at + 9 > len(data):
            return
        _level, name, _type, length = struct.unpack_from("<BHHI", data, at)
        at += 9
        yield name, data[at : at + length], at + length + 2
        at += length + 2  # and its check sum


def _properties(data: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """(identifier, type, value) as long as they make sense."""
    try:
        count, at = struct.unpack_from("<I", data)[0], 4
        for _ in range(min(count, MOST_PROPERTIES)):
            kind, identifier = struct.unpack_from("<HH", data, at)
            at += 4
            if identifier >= NAMED:
                at = _after_name(data, at)
            base = kind & ~MANY
            if base in FIXED or base == CLSID:
                size = FIXED.get(base, 16)
                times = struct.unpack_from("<I", data, at)[0] if kind & MANY else 1
                at += 4 if kind & MANY else 0
                yield identifier, base, data[at : at + size]
                at += size * times
            elif base in VARIABLE:
                times = struct.unpack_from("<I", data, at)[0]
                at += 4
                for _ in range(min(times, MOST_PROPERTIES)):
                    length = struct.unpack_from("<I", data, at)[0]
                    at += 4
                    yield identifier, base, data[at : at + length]
                    at += length + -length % 4
            elif base > 1:
                return  # a type nobody has described: its length is unknown
    except struct.error:
        return


def _after_name(data: memoryview, at: int) -> int:
    kind = struct.unpack_from("<I", data, at + 16)[0]
    if kind == 0:
        return at + 24
    length = struct.unpack_from("<I", data, at + 20)[0]
    return at + 24 + length + -length % 4


def _body_of(data: memoryview, codepage: str) -> str:
    for identifier, kind, value in _properties(data):
        if identifier == P_BODY:
            return _string(value, kind, codepage)
    return ""


def _string(value: memoryview, kind: int, codepage: str) -> str:
    return _text(value, "utf-16-le" if kind == UNICODE else codepage)


def _text(data: memoryview, codepage: str) -> str:
    return bytes(data).decode(codepage, "replace").rstrip("\x00").strip()


def _codepage(number: int) -> str:
    name = {65001: "utf-8", 1200: "utf-16-le"}.get(number, f"cp{number}")
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name
