"""Names between double braces are replaced; nothing else happens (S-26). No logic, no second round."""

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]{1,40})\s*\}\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Known names become their values, unknown ones stay as they are written. Values are never looked at again."""
    return PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), text)
