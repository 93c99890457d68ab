"""What an article says of its office is filled in when it is read: hours from the calendar, the rest from the
directory, so that no article grows stale. Names between double braces, an allow-list, no second round (S-26)."""

import re
from functools import cached_property
from itertools import groupby

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.accounts.models import Office
from apps.hours.display import usual_week, week_for_display
from apps.hours.services import today as today_at

SOON = 14  # days in which what is different is said as well

_ALONE = re.compile(r"<p>\{\{\s*hours\s*\}\}</p>")
_NAMED = re.compile(r"(<[^>]*>)|\{\{\s*([a-z]{1,20})\s*\}\}")


def filled(html: SafeString, office: Office) -> SafeString:
    """Cleaned markup with the values in the places of their names, in the active language. Tags are left alone."""
    if "{{" not in html:
        return html
    values = _Values(office)
    parts = [_NAMED.sub(lambda match: match[1] or values.of(match[2], match[0]), part) for part in _ALONE.split(html)]
    return SafeString(values.hours_list().join(parts) if len(parts) > 1 else parts[0])


class _Values:
    """Asked for when they are named, the calendar once."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def of(self, name: str, otherwise: str) -> str:
        office = self.office
        if name == "hours":
            return conditional_escape(self.hours_line())
        if name == "address":
            return self._address()
        plain = {"office": office.name, "phone": office.phone, "email": office.email}
        return conditional_escape(plain[name]) if name in plain else otherwise

    def hours_list(self) -> SafeString:
        rows = self._rows
        if not rows:
            return format_html("<p>{}</p>", self.hours_line())
        items = format_html_join("", "<li><strong>{}</strong>: {}</li>", rows)
        return format_html("<ul>{}</ul>", items)

    def hours_line(self) -> str:
        rows = self._rows
        if rows:
            return "; ".join(f"{days}: {spans}" for days, spans in rows)
        calendar = self.office.calendar
        return _("day and night") if calendar and calendar.is_always_open else _("by appointment")

    @cached_property
    def _rows(self) -> list[tuple[str, str]]:
        """Days that are alike in one line, and what is different within the next two weeks."""
        calendar = self.office.calendar
        if calendar is None or calendar.is_always_open:
            return []
        today = today_at(calendar)
        coming = [day for day in week_for_display(calendar, today).coming if (day.on - today).days <= SOON]
        return _grouped(usual_week(calendar, today)) + [
            (date_format(day.on, "l j F"), day.text or _("closed")) for day in coming
        ]

    def _address(self) -> str:
        words = conditional_escape(self.office.address)
        url = self.office.map_url
        if not (words and url.startswith(("https://", "http://"))):
            return words
        return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', url, words)


def _grouped(week: tuple[str, ...]) -> list[tuple[str, str]]:
    """("Monday to Friday", "8:00–19:00"): days that follow each other and are alike, in one."""
    rows = []
    for spans, days in groupby(range(7), key=lambda day: week[day]):
        numbers = list(days)
        first, last = str(WEEKDAYS[numbers[0]]), str(WEEKDAYS[numbers[-1]])
        name = first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
        rows.append((name[:1].upper() + name[1:], spans or _("closed")))
    return rows
