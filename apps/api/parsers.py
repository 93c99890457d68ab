"""JSON within bounds."""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 32


class BoundedJSONParser(JSONParser):
    """No deeper than 32 levels (S-58); the size was measured before anything was read (`config.doorman`)."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        if _is_deeper(data, DEEPEST):
            raise ParseError("The JSON is nested too deeply.")
        return data


def _is_deeper(data: Any, levels: int) -> bool:
    """Level by level, without recursion of our own."""
    here = [data]
    for _level in range(levels):
        here = [child for item in here for child in _children(item)]
        if not here:
            return False
    return any(isinstance(item, list | dict) for item in here)


def _children(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return list(item.values())
    return item if isinstance(item, list) else []
