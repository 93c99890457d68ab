"""A report as a spreadsheet. Text is written as text, so no cell can become a formula (SECURITY S-25)."""

import io
import re
from datetime import date

from django.utils.translation import gettext as _

from apps.reporting.figures import Report
from apps.reporting.tables import Cell, Table, tables

NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31


def workbook(report: Report, *, title: str, place: str) -> bytes:
    """XLSX: one sheet a table, the first says what was looked at."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": title, "author": place})
        formats = {"head": book.add_format({"bold": True, "bottom": 1}), "day": book.add_format({"num_format": 14})}
        taken: set[str] = set()
        _sheet(book, formats, taken, _about(report, title, place))
        for table in tables(report):
            _sheet(book, formats, taken, table)
    return out.getvalue()


def _about(report: Report, title: str, place: str) -> Table:
    looked_at = report.scope.range
    rows: list[list[Cell]] = [
        [_("Office"), place],
        [_("From"), looked_at.first],
        [_("To"), looked_at.last],
        [_("Hours"), _("Clock on the wall") if report.is_wall_clock else _("Opening hours")],
        [_("Opened"), report.sums["opened"]],
        [_("Left out as spam"), report.sums["spam"]],
    ]
    return Table("about", title, [title, ""], rows)


def _sheet(book, formats, taken: set[str], table: Table) -> None:  # type: ignore[no-untyped-def]
    sheet = book.add_worksheet(_name(table.title, taken))
    for column, text in enumerate(table.header):
        sheet.write_string(0, column, str(text), formats["head"])
    for line, row in enumerate(table.rows, start=1):
        for column, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, date):
                sheet.write_datetime(line, column, value, formats["day"])
            elif isinstance(value, str):
                sheet.write_string(line, column, value)
            else:
                sheet.write_number(line, column, value)
    sheet.freeze_panes(1, 1)
    sheet.autofit()


def _name(title: str, taken: set[str]) -> str:
    name = NOT_IN_NAMES.sub(" ", title).strip()[:LONGEST_NAME] or "1"
    number = 2
    while name.lower() in taken:
        name, number = f"{name[: LONGEST_NAME - 3]} {number}", number + 1
    taken.add(name.lower())
    return name
