"""A Markdown file with a small head between two lines of `---`: `name: value`, or `name:` and lines of `- value`.

Not YAML: no types, no nesting, nothing that could run or grow.
"""

import re

Head = dict[str, str | list[str]]
_NAME = re.compile(r"([a-z_]{1,30}):\s*(.*)$")
_ITEM = re.compile(r"\s+-\s+(.*)$|-\s+(.*)$")


def split(text: str) -> tuple[Head, str]:
    """The head and what follows it; a text that begins otherwise has none. Odd lines are left out."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if not text.startswith("---\n"):
        return {}, text
    above, mark, below = text[4:].partition("\n---\n")
    if not mark:
        return {}, text
    head: Head = {}
    name = ""
    for line in above.split("\n"):
        if found := _NAME.match(line):
            name = found[1]
            head[name] = found[2].strip()
        elif (found := _ITEM.match(line)) and name:
            items = head[name]
            head[name] = [*(items if isinstance(items, list) else []), (found[1] or found[2] or "").strip()]
    return head, below.strip("\n") + "\n"


def join(head: Head, text: str) -> str:
    """The other way round; reading it again gives the same."""
    lines = ["---"]
    for name, value in head.items():
        if isinstance(value, list):
            lines += [f"{name}:", *(f"  - {one}" for one in value)] if value else []
        elif value:
            lines.append(f"{name}: {value}")
    return "\n".join([*lines, "---", "", text.strip("\n"), ""])


def said(head: Head, name: str) -> str:
    value = head.get(name, "")
    return value if isinstance(value, str) else ", ".join(value)


def listed(head: Head, name: str) -> list[str]:
    """A list, or the parts of a line with commas."""
    value = head.get(name, "")
    return value if isinstance(value, list) else [part.strip() for part in value.split(",") if part.strip()]
