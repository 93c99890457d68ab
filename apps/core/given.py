"""What browsers and programs send, as a row can hold it."""

LONGEST_NUMBER = 18  # digits; always within 64 bits


def storable(text: str) -> str:
    """Without what no database takes: NUL goes, half a character (a lone surrogate) becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\x00", "")


def row_number(text: str) -> int | None:
    """The number of a row as a form or an address names it; None for anything else. "²" is a digit, but no number."""
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None
