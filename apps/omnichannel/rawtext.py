"""Raw bytes in a box that a person can type in, and back, changing nothing that the person did not change."""

LARGEST = 200_000  # bytes; what is larger is corrected in a program of its own and uploaded
ENOUGH = 4_000
# A browser's box cannot hold these: it drops them or makes other signs of them.
NOT_TO_BE_TYPED = {*range(32)} - {9, 10, 13}


def shown(raw: bytes) -> str:
    """The bytes as text; "" when a box would spoil them."""
    if len(raw) > LARGEST or NOT_TO_BE_TYPED & set(raw) or _has_mixed_lines(raw):
        return ""
    return raw.decode(_encoding(raw)).replace("\r\n", "\n")


def back(text: str, original: bytes) -> bytes:
    """As bytes again, in the encoding and with the line ends that the original has. Signs it cannot hold become "?"."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if b"\r\n" in original:
        lines = lines.replace("\n", "\r\n")
    return lines.encode(_encoding(original), "replace")


def start(raw: bytes) -> str:
    """How it begins, to look at."""
    return raw[:ENOUGH].decode("utf-8", "replace").replace("\x00", "\ufffd")


def _encoding(raw: bytes) -> str:
    """UTF-8, or one sign a byte, which gives every byte back as it was."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _has_mixed_lines(raw: bytes) -> bool:
    pairs = raw.count(b"\r\n")
    return raw.count(b"\r") != pairs or (pairs > 0 and raw.count(b"\n") != pairs)
