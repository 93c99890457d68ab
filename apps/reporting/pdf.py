"""A report to lay before a council: real text, titled and numbered pages, a language, an outline, charts as vectors.

The library that writes it knows no structure tags, so what the drawings say stands below them as a table.
"""

from datetime import date
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import date_format, localize
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core import clock
from apps.reporting import charts, tables
from apps.reporting.charts import Chart
from apps.reporting.figures import Report
from apps.reporting.names import word
from apps.reporting.tables import Cell, Table

FONTS = Path(__file__).parent / "fonts"
INK, SOFT, LINE, FILL = (20, 24, 31), (84, 92, 104), (190, 196, 204), (45, 96, 160)
CUTS = ("via", "team", "office", "priority", "service")
MARGIN = 18.0
SIGNATURES = 2


def document(report: Report, *, title: str, place: str) -> bytes:
    """In the language that is active."""
    page = _paper(title, place)
    page.add_page()
    _head(page, report, title, place)
    _chapter(page, _("Promises"))
    _table(page, tables.promises(report), widths=(34, 18, 15, 18, 18, 15, 19, 21, 16))
    _counted(page, report)
    _drawings(page, report)
    _deviations(page, report)
    for table, widths in (
        (tables.policies(report), (44, 30, 18, 18, 20, 20, 24)),
        (tables.reasons(report), (90, 25, 25)),
        (tables.parties(report), (60, 34, 34, 20)),
    ):
        if table.rows:
            _chapter(page, table.title)
            _table(page, table, widths=widths)
    for dimension in CUTS:
        own = tables.cut(report, dimension)
        if own.rows:
            _chapter(page, own.title)
            _table(page, own, widths=(34, *(14,) * (len(own.header) - 1)), small=True)
    for table in (tables.kinds(report), tables.outcomes(report), tables.ages(report)):
        _chapter(page, table.title)
        _table(page, table, widths=(70, *(25,) * (len(table.header) - 1)))
    _closing(page)
    return bytes(page.output())


def _paper(title: str, place: str) -> Any:
    from fpdf import FPDF
    from fpdf.prefs import ViewerPreferences

    class Paper(FPDF):
        def footer(self) -> None:
            self.set_y(-14)
            self.set_font("DejaVu", size=8)
            self.set_text_color(*SOFT)
            self.cell(0, 5, f"{title} · {place}")
            words = _("Page %(n)s of %(all)s") % {"n": self.page_no(), "all": "{nb}"}
            self.set_x(self.l_margin)
            self.cell(0, 5, words, align="R")
            self.set_text_color(*INK)

    page = Paper(format="A4")
    page.add_font("DejaVu", "", FONTS / "DejaVuSans.ttf")
    page.add_font("DejaVu", "B", FONTS / "DejaVuSans-Bold.ttf")
    page.set_title(title)
    page.set_author(place)
    page.set_lang(get_language() or "es")
    page.set_creator("Acudo")
    page.set_creation_date(clock.now())
    page.viewer_preferences = ViewerPreferences(display_doc_title=True)
    page.set_margins(MARGIN, MARGIN, MARGIN)
    page.set_auto_page_break(True, 20)
    page.set_text_color(*INK)
    return page


def _head(page: Any, report: Report, title: str, place: str) -> None:
    looked_at = report.scope.range
    page.set_font("DejaVu", "B", 20)
    page.start_section(title)
    page.multi_cell(0, 9, title, new_x="LMARGIN", new_y="NEXT")
    page.set_font("DejaVu", size=11)
    page.set_text_color(*SOFT)
    page.multi_cell(0, 6, f"{place}\n{_day(looked_at.first)} – {_day(looked_at.last)}", new_x="LMARGIN", new_y="NEXT")
    page.set_text_color(*INK)
    page.ln(4)
    page.set_font("DejaVu", "B", 12)
    sentence = render_to_string("reporting/_sentence.html", {"standing": report.first, "opened": report.sums["opened"]})
    page.multi_cell(0, 6.5, " ".join(sentence.split()), new_x="LMARGIN", new_y="NEXT")


def _counted(page: Any, report: Report) -> None:
    words = [
        _("Times are by the clock on the wall.") if report.is_wall_clock else _("Times are opening hours."),
        _("A promise counts once it is kept or its time is over."),
        _("“Before” is the period of the same length just before."),
        _("Left out as spam: %(n)s.") % {"n": report.sums["spam"]},
    ]
    if report.goal:
        words.append(_("The goal is %(goal)s %% in time.") % {"goal": report.goal})
    page.ln(2)
    page.set_font("DejaVu", size=8.5)
    page.set_text_color(*SOFT)
    page.multi_cell(0, 4.5, " ".join(words), new_x="LMARGIN", new_y="NEXT")
    page.set_text_color(*INK)


def _drawings(page: Any, report: Report) -> None:
    labels = [date_format(step.on, "j M") for step in report.steps]
    kept, late = [step.first.in_time for step in report.steps], [step.first.late for step in report.steps]
    _chapter(page, _("First answers, in time and late"), space=75)
    _draw(
        page, charts.stacked(labels, {"in-time": kept, "late": late}), [("in-time", _("In time")), ("late", _("Late"))]
    )
    _chapter(page, _("Opened, solved and still open"), space=75)
    series = {
        "opened": [step.opened for step in report.steps],
        "solved": [step.ended for step in report.steps],
        "backlog": [step.backlog for step in report.steps],
    }
    words = [("opened", _("Opened")), ("solved", _("Solved")), ("backlog", _("Open at the end"))]
    _draw(page, charts.lines(labels, series), words)
    own = tables.steps(report)
    _chapter(page, own.title)
    _table(page, own, widths=(40, *(25,) * (len(own.header) - 1)), small=True)


def _deviations(page: Any, report: Report) -> None:
    """What lies below the goal, and room for what follows from it."""
    _chapter(page, _("Deviations and proposed adjustments"), space=40)
    rows: list[list[Cell]] = []
    for dimension in CUTS[:2]:
        for group in report.groups(dimension):
            percent = group.kept.percent
            if report.goals and percent is not None and percent < min(report.goals):
                rows.append(
                    [f"{word(dimension)}: {group.label}", round(percent, 1), min(report.goals), group.kept.late]
                )
    if rows:
        header = ["", _("% in time"), _("Goal, %"), _("Late")]
        _table(page, Table("deviations", "", header, rows), widths=(90, 25, 25, 25))
    else:
        page.set_font("DejaVu", size=10)
        none = _("No channel and no team is below the goal for first answers.")
        page.multi_cell(0, 6, none, new_x="LMARGIN", new_y="NEXT")


def _closing(page: Any) -> None:
    _chapter(page, _("Agreed and signed"), space=50)
    page.ln(14)
    width = (page.epw - 20) / SIGNATURES
    page.set_draw_color(*SOFT)
    top = page.get_y()
    for place in range(SIGNATURES):
        left = page.l_margin + place * (width + 20)
        page.line(left, top, left + width, top)
        page.set_xy(left, top + 1)
        page.set_font("DejaVu", size=8.5)
        page.cell(width, 5, _("Name, office, date"))


def _chapter(page: Any, title: str, *, space: float = 30) -> None:
    if page.will_page_break(space):
        page.add_page()
    page.ln(6)
    page.set_font("DejaVu", "B", 13)
    page.start_section(title, level=1)
    page.multi_cell(0, 7, title, new_x="LMARGIN", new_y="NEXT")
    page.ln(1)


def _table(page: Any, table: Table, *, widths: tuple[float, ...], small: bool = False) -> None:
    from fpdf.fonts import FontFace

    page.set_font("DejaVu", size=7 if small else 8.5)
    page.set_draw_color(*LINE)
    aligned = ("LEFT", *("RIGHT",) * (len(table.header) - 1))
    head = FontFace(emphasis="BOLD", color=INK, fill_color=(240, 242, 245))
    with page.table(
        col_widths=widths[: len(table.header)],
        text_align=aligned,
        headings_style=head,
        borders_layout="HORIZONTAL_LINES",
        line_height=4.6,
        width=page.epw,
        padding=0.7,
    ) as drawn:
        for row in (table.header, *table.rows):
            drawn.row([_text(value) for value in row])


def _draw(page: Any, chart: Chart, words: list[tuple[str, str]]) -> None:
    """The same drawing as on the page, with paths and text of the PDF. Each kind has its own mark beside its colour."""
    scale = page.epw / chart.width
    left, top = page.l_margin, page.get_y() + 6
    page.set_font("DejaVu", size=7)
    page.set_line_width(0.2)
    _legend(page, words)
    for mark in chart.across:
        page.set_draw_color(*LINE)
        page.line(left + chart.left * scale, top + mark.at * scale, left + chart.right * scale, top + mark.at * scale)
        page.set_xy(left, top + mark.at * scale - 2)
        page.cell(chart.left * scale - 1, 4, mark.words, align="R")
    for mark in chart.below:
        page.set_xy(left + mark.at * scale - 10, top + chart.bottom * scale + 1)
        page.cell(20, 4, mark.words, align="C")
    for box in chart.boxes:
        _box(page, left + box.x * scale, top + box.y * scale, box.width * scale, box.height * scale, box.kind)
    for line in chart.lines:
        page.set_draw_color(*_colour(line.kind))
        page.set_line_width(0.45)
        if line.kind != "opened":
            page.set_dash_pattern(dash=1.6 if line.kind == "solved" else 0.5, gap=0.9)
        for one, two in zip(line.points, line.points[1:], strict=False):
            page.line(left + one.x * scale, top + one.y * scale, left + two.x * scale, top + two.y * scale)
        page.set_dash_pattern()
    page.set_line_width(0.2)
    page.set_xy(page.l_margin, top + chart.height * scale)


def _legend(page: Any, words: list[tuple[str, str]]) -> None:
    for kind, text in words:
        _box(page, page.get_x(), page.get_y() + 0.5, 3.5, 3, kind)
        page.set_x(page.get_x() + 4.5)
        page.cell(page.get_string_width(text) + 6, 4, text)


def _box(page: Any, x: float, y: float, width: float, height: float, kind: str) -> None:
    page.set_draw_color(*_colour(kind))
    page.set_fill_color(*_colour(kind))
    if kind not in {"late", "solved", "backlog"}:
        page.rect(x, y, width, height, style="F")
        return
    page.rect(x, y, width, height, style="D")
    gap = 0.8 if kind == "late" else 1.2
    for number in range(1, int(height / gap) + 1):
        if number * gap < height:
            page.line(x, y + number * gap, x + width, y + number * gap)


def _colour(kind: str) -> tuple[int, int, int]:
    return {"late": (160, 40, 40), "solved": (30, 110, 80), "backlog": (120, 80, 20)}.get(kind, FILL)


def _text(value: Cell) -> str:
    if value is None:
        return "–"
    return _day(value) if isinstance(value, date) else str(localize(value)) if isinstance(value, float) else str(value)


def _day(day: date) -> str:
    return date_format(day, "j F Y")
