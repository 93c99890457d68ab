"""An office sets one colour; what is shown are steps of its hue at our own lightness, so that contrast always holds."""

import math
import re
from functools import lru_cache

# step: (lightness, part of the colour's own chroma) in OKLCH. 600 carries white text, 700 stands on tints, 300 and 400
# serve the dark theme.
STEPS = {
    100: (0.957, 0.12),
    200: (0.915, 0.24),
    300: (0.858, 0.40),
    400: (0.765, 0.69),
    600: (0.530, 1.00),
    700: (0.460, 0.95),
    800: (0.380, 0.80),
    900: (0.300, 0.68),
}
MOST_CHROMA = 0.19
GAMUT_SEARCH = 20
HEX = re.compile(r"#[0-9a-fA-F]{6}")

Triple = tuple[float, float, float]


@lru_cache(maxsize=256)
def accent_steps(colour: str) -> dict[int, str]:
    """{600: "#0868cf", ...} for "#0066cc"; {} when `colour` is not of the form #rrggbb."""
    if not HEX.fullmatch(colour):
        return {}
    _lightness, a, b = _oklab(tuple(_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5)))  # type: ignore[arg-type]
    hue, chroma = math.atan2(b, a), min(MOST_CHROMA, math.hypot(a, b))
    return {step: _hex(lightness, chroma * part, hue) for step, (lightness, part) in STEPS.items()}


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two #rrggbb colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """The nearest colour a screen can show: chroma is given up, lightness never."""
    if not _fits(_rgb(lightness, chroma, hue)):
        low, high = 0.0, chroma
        for _turn in range(GAMUT_SEARCH):
            middle = (low + high) / 2
            low, high = (middle, high) if _fits(_rgb(lightness, middle, hue)) else (low, middle)
        chroma = low
    return "#" + "".join(f"{round(_encoded(part) * 255):02x}" for part in _rgb(lightness, chroma, hue))


def _fits(rgb: Triple) -> bool:
    return all(-1e-4 <= part <= 1.0001 for part in rgb)


def _rgb(lightness: float, chroma: float, hue: float) -> Triple:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _oklab(rgb: Triple) -> Triple:
    red, green, blue = rgb
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _encoded(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
