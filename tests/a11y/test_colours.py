"""The pairs of colours in use stay readable in both themes (WCAG 1.4.3, 1.4.11), whoever changes a token."""

import re
from pathlib import Path

import pytest

SOURCE = Path("static/css/tokens.css").read_text()
# foreground, background, least ratio
PAIRS = [
    *(
        (("text", ground), 7)
        for ground in ("surface", "canvas", "selected", "hover", "bubble-in", "bubble-out", "bubble-bot")
    ),
    *((("text-2", ground), 4.5) for ground in ("surface", "selected", "hover", "bubble-out")),
    *((("text-3", ground), 4.5) for ground in ("surface", "sunken", "hover", "selected", "bubble-in")),
    *((("link", ground), 4.5) for ground in ("surface", "canvas", "bubble-in", "bubble-out", "note-bg")),
    *((("focus", ground), 3) for ground in ("surface", "canvas", "selected", "note-bg")),
    (("on-accent", "accent"), 4.5),
    (("on-accent", "accent-hover"), 4.5),
    (("on-bad", "bad-solid"), 4.5),
    (("border-strong", "surface"), 3),
    (("border-strong", "raised"), 3),
    (("note-text", "note-bg"), 7),
    (("note-border", "surface"), 3),
    *(((name, f"{name}-bg"), 4.5) for name in ("ok", "warn", "bad", "info", "bot")),
    *(((name, "surface"), 4.5) for name in ("ok", "warn", "bad", "info", "bot")),
]


def tokens(theme):
    """Name -> hex. The dark block overrides the light one; oklch repeats the ramps and is left out."""
    values = dict(re.findall(r"--([\w-]+):\s*([^;]+);", SOURCE.split("@supports")[0]))
    if theme == "dark":
        block = SOURCE.split(':root[data-theme="dark"] {')[1].split("}")[0]
        values |= dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))
    return values


def colour(values, name):
    value = values[name].strip()
    while value.startswith("var("):
        value = values[value[6:-1]].strip()
    return value


def luminance(value):
    parts = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pair", "least"), PAIRS, ids=lambda p: "-on-".join(p) if isinstance(p, tuple) else str(p))
def test_a_pair_in_use_is_readable(pair, least, theme):
    values = tokens(theme)
    light, dark = sorted((luminance(colour(values, name)) for name in pair), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least
