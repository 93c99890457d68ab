"""The week as a drawing: bars on seven rows, in the units of the SVG (pure)."""

from dataclasses import dataclass

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from apps.hours.arithmetic import DAY, Week
from apps.hours.display import clock_text

ROW = 26
BAR = 18
SCALE = 0.5  # units a minute: a day is 720 wide
MARGIN = 44  # for the names of the days


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    is_second: bool  # the second stretch of a day has a pattern of its own, not only a colour


@dataclass(frozen=True)
class Row:
    name: str
    short: str
    text_y: float
    words: str  # "8:00–13:30, 13:30–19:00", empty when closed
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Tick:
    x: float
    hour: int


@dataclass(frozen=True)
class WeekPicture:
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    width: float
    height: float


def week_picture(week: Week) -> WeekPicture:
    """A night is drawn to midnight and goes on in the row of the next day."""
    bars: list[list[Bar]] = [[] for _day in range(7)]
    for weekday, spans in enumerate(week):
        for index, (opens, closes) in enumerate(sorted(spans)):
            is_second = index % 2 == 1
            if closes > opens:
                bars[weekday].append(_bar(weekday, opens, closes, is_second))
            else:
                bars[weekday].append(_bar(weekday, opens, DAY, is_second))
                if closes:
                    tomorrow = (weekday + 1) % 7
                    bars[tomorrow].append(_bar(tomorrow, 0, closes, is_second))
    rows = [
        Row(str(WEEKDAYS[day]), str(WEEKDAYS_ABBR[day]), _top(day) + BAR * 0.75, in_words(spans), tuple(bars[day]))
        for day, spans in enumerate(week)
    ]
    return WeekPicture(
        rows=tuple(rows),
        ticks=tuple(Tick(MARGIN + hour * 60 * SCALE, hour) for hour in range(0, 25, 2)),
        width=MARGIN + DAY * SCALE + 12,
        height=_top(7),
    )


def in_words(spans: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(f"{clock_text(opens)}–{clock_text(closes or DAY)}" for opens, closes in sorted(spans))


def _bar(weekday: int, opens: int, closes: int, is_second: bool) -> Bar:
    return Bar(MARGIN + opens * SCALE, _top(weekday), (closes - opens) * SCALE, BAR, is_second)


def _top(weekday: int) -> float:
    return 20 + weekday * ROW
