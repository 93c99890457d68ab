"""Figures as drawings, in the units of the SVG: numbers in, places out (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 720
HEIGHT = 220
LEFT = 52
RIGHT = 28
TOP = 12
BOTTOM = 34
MOST_LABELS = 10


@dataclass(frozen=True)
class Mark:
    """A line across with its words, or a label below."""

    at: float
    words: str
    is_minor: bool = False  # may be left out where there is little room


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True)
class Point:
    x: float
    y: float

    @property
    def left(self) -> float:
        """Of a square mark around it."""
        return self.x - 3

    @property
    def top(self) -> float:
        return self.y - 3


@dataclass(frozen=True)
class Line:
    kind: str
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


@dataclass(frozen=True)
class Chart:
    boxes: tuple[Box, ...] = ()
    lines: tuple[Line, ...] = ()
    across: tuple[Mark, ...] = ()
    below: tuple[Mark, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def stacked(labels: Sequence[str], parts: dict[str, Sequence[int]]) -> Chart:
    """One bar a label, its parts from the bottom up in the order given."""
    sums = [sum(column) for column in zip(*parts.values(), strict=True)]
    top, across = _scale(max(sums, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    boxes = []
    for index in range(len(labels)):
        base = 0
        for kind, values in parts.items():
            if values[index]:
                high, low = _y(base + values[index], top), _y(base, top)
                boxes.append(Box(LEFT + index * step + step * 0.15, high, step * 0.7, low - high, kind))
            base += values[index]
    return Chart(boxes=tuple(boxes), across=across, below=_below(labels, step, centred=True))


def lines(labels: Sequence[str], series: dict[str, Sequence[int]]) -> Chart:
    top, across = _scale(max((value for values in series.values() for value in values), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels) - 1)
    drawn = [
        Line(kind, tuple(Point(LEFT + index * step, _y(value, top)) for index, value in enumerate(values)))
        for kind, values in series.items()
    ]
    return Chart(lines=tuple(drawn), across=across, below=_below(labels, step, centred=False))


def percents(labels: Sequence[str], values: Sequence[float | None], *, goal: int | None = None) -> Chart:
    """A line from 0 to 100 that skips what has no value; the goal, if there is one, as a line across."""
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels) - 1)
    points = [Point(LEFT + index * step, _y(value, 100)) for index, value in enumerate(values) if value is not None]
    drawn = [Line("opened", tuple(points))]
    if goal is not None:
        drawn.append(Line("goal", (Point(LEFT, _y(goal, 100)), Point(WIDTH - RIGHT, _y(goal, 100)))))
    across = tuple(Mark(_y(part, 100), f"{part} %") for part in (0, 25, 50, 75, 100))
    return Chart(lines=tuple(drawn), across=across, below=_below(labels, step, centred=False))


def _scale(highest: int) -> tuple[int, tuple[Mark, ...]]:
    """A round top not below the highest value, and the lines across: at most five."""
    top = 4
    while top < highest:
        top = top * 5 // 2 if str(top).startswith("8") else top * 2  # 4, 8, 20, 40: quarters are whole numbers
    return top, tuple(Mark(_y(top * part // 4, top), str(top * part // 4)) for part in range(5))


def _below(labels: Sequence[str], step: float, *, centred: bool) -> tuple[Mark, ...]:
    every = -(-len(labels) // MOST_LABELS) or 1
    shift = step / 2 if centred else 0
    shown = [index for index in range(len(labels)) if index % every == 0]
    return tuple(
        Mark(LEFT + index * step + shift, labels[index], is_minor=place % 3 != 0) for place, index in enumerate(shown)
    )


def _y(value: float, top: int) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)
