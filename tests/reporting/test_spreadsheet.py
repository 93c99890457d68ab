import csv
import io

import pytest

from apps.reporting.spreadsheet import cell, csv_text

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "   =cmd|' /C calc'!A0",
    '"=1',
    "'=1",
    "\"'=1",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    " \uff1d1",
    '=HYPERLINK("http://x.example")',
    "-2+3+cmd|' /C calc'!A0",
    "@",
    "\t",
    "\r\n+1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_s_25_no_cell_becomes_a_formula(text):
    row = next(csv.reader(io.StringIO(csv_text([text], [])[1:])))
    assert row[0] == f"'{text}"


@pytest.mark.parametrize("value", ["When do you open?", "2026-004821", 12, 3.5, "", "a=b", "ñandú", "1-2"])
def test_ordinary_cells_stay_as_they_are(value):
    assert cell(value) == str(value)


def test_nothing_is_an_empty_cell():
    assert cell(None) == ""
