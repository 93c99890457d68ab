"""From when to when a report looks: whole days in the installation's zone (pure)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

LONGEST_DAYS = 3 * 366


@dataclass(frozen=True)
class Range:
    """`first` and `last` are both included."""

    first: date
    last: date
    zone: tzinfo

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def is_months(self) -> bool:
        """From the first of a month to the last of one."""
        return self.first.day == 1 and (self.last + timedelta(days=1)).day == 1

    @property
    def before(self) -> "Range":
        """As many days just before; as many months where the range is whole months."""
        if self.is_months:
            count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
            years, place = divmod(self.first.year * 12 + self.first.month - 1 - count, 12)
            return Range(date(years, place + 1, 1), self.first - timedelta(days=1), self.zone)
        return Range(self.first - timedelta(days=self.days), self.first - timedelta(days=1), self.zone)

    def steps(self) -> list[date]:
        """The days, or the Mondays of the weeks when there are more than five weeks of them."""
        if not self.is_by_week:
            return [self.first + timedelta(days=n) for n in range(self.days)]
        monday = self.first - timedelta(days=self.first.weekday())
        return [monday + timedelta(weeks=n) for n in range((self.last - monday).days // 7 + 1)]

    @property
    def is_by_week(self) -> bool:
        return self.days > 35


def last_days(today: date, days: int, zone: tzinfo) -> Range:
    return Range(today - timedelta(days=days - 1), today, zone)


def quarter(today: date, zone: tzinfo) -> Range:
    """From the first day of this quarter to today."""
    return Range(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), today, zone)


def month(day: date, zone: tzinfo) -> Range:
    """The calendar month of that day, whole."""
    first = day.replace(day=1)
    return Range(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1), zone)


def month_before(today: date, zone: tzinfo) -> Range:
    return month(today.replace(day=1) - timedelta(days=1), zone)


def week_before(today: date, zone: tzinfo) -> Range:
    """The last week from Monday to Sunday that is over."""
    monday = today - timedelta(days=today.weekday() + 7)
    return Range(monday, monday + timedelta(days=6), zone)


def quarter_before(today: date, zone: tzinfo) -> Range:
    last = date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)
    return Range(date(last.year, last.month - 2, 1), last, zone)


def year(today: date, zone: tzinfo) -> Range:
    """The twelve whole months up to the one before this."""
    last = today.replace(day=1) - timedelta(days=1)
    return Range(today.replace(year=today.year - 1, day=1), last, zone)


def between(first: date, last: date, zone: tzinfo) -> Range:
    """Raises ValueError when the end is before the start, or more than three years lie between."""
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise ValueError
    return Range(first, last, zone)
