"""From the page to a worksheet: a small, fixed part of HTML becomes a one-sheet workbook.

Headings, paragraphs and tables (`colspan`) are laid on one grid of columns; `div.row` puts the
figures in it side by side. Everything else is looked into. `<data>`, `<time>`, `<meter>`, `<a>`
and `svg.spark` alone in a cell give it its type. `body` names the grid in `data-widths`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.errors import TemplateError
from tracker.summary import cells, chartspec, nativecharts
from tracker.summary.canvas import FIRST, Canvas
from tracker.summary.page import TEMPLATE
from tracker.summary.styles import StyleSheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement
    from xlsxwriter import Workbook

_WIDTHS = "2" + ",10" * 12
_HEADED = 5  # rows that are kept on one page with their heading
_BAR_COLOUR = "#C3D7E8"


def render_sheet(html: str, name: str) -> bytes:
    """A workbook of one sheet called `name`, the same bytes for the same page.

    Every text is written as text: nothing in it becomes a formula or a link. Raises TemplateError
    for a page that cannot be laid on the grid.
    """
    return _drawn(html, name, None).finish()


def draw_sheet(html: str, name: str, book: Workbook) -> None:
    """Add the sheet to a workbook that XlsxWriter is making, as `render_sheet` draws it."""
    _drawn(html, name, book).settle()


def _drawn(html: str, name: str, book: Workbook | None) -> Canvas:
    import lxml.html

    document = lxml.html.document_fromstring(html)
    body = document.find("body")
    assert body is not None  # the parser adds what is missing
    css = "".join(style.text or "" for style in document.iter("style"))
    element = body
    try:
        widths = [float(w) for w in (body.get("data-widths") or _WIDTHS).split(",")]
        drawing = _Drawing(Canvas(name, widths, book), StyleSheet(css))
        for element in body:
            drawing.block(element)
    except (ValueError, TypeError, KeyError) as error:
        raise _unfit(element, error) from error
    return drawing.canvas


def _unfit(element: HtmlElement, error: Exception) -> TemplateError:
    tag = f"<{element.tag}>"
    return TemplateError(
        template=TEMPLATE,
        line=element.sourceline or 1,
        zh=f"生成的网页在这一行的 {tag} 放不进工作表：{error}。请改正模板",
        en=f"{tag} at this line of the page made from it does not fit a sheet: {error}. Correct it",
    )


class _Drawing:
    """One walk through the page."""

    def __init__(self, canvas: Canvas, styles: StyleSheet) -> None:
        self.canvas = canvas
        self.styles = styles

    def block(self, element: HtmlElement) -> None:
        if not isinstance(element.tag, str):
            return
        if element.tag in {"h1", "h2", "h3", "p"}:
            self._line(element)
        elif element.tag == "table":
            self._table(element)
        elif element.tag == "figure":
            self._figures([element])
        elif "row" in cells.classes(element):
            self._figures(list(element.iter("figure")))
        else:
            first = self.canvas.row
            for child in element:
                self.block(child)
            if element.tag == "section" and self.canvas.row > first:
                self.canvas.kept.append((first, self.canvas.row))

    def _line(self, element: HtmlElement) -> None:
        """A heading or paragraph over the whole width; a heading stays with what it heads."""
        canvas, row = self.canvas, self.canvas.row
        if element.tag in {"h2", "h3"}:
            canvas.kept.append((row, row + _HEADED))
        if element.tag == "h2":
            canvas.need_height(row, 12)
            row = row + 1
        span = canvas.last - FIRST + 1
        cells.write(canvas, self.styles, element, cells.Box(row, FIRST, span))
        canvas.row = row + 1

    def _table(self, table: HtmlElement) -> None:
        bars: dict[tuple[int, str], list[int]] = {}
        for tr in table.iter("tr"):
            row, column = self.canvas.row, FIRST
            for cell in tr.iterchildren("td", "th"):
                span = max(int(cell.get("colspan") or 1), 1)
                if column + span > self.canvas.last + 1:
                    raise ValueError(f"the table is wider than the {self.canvas.last} columns")
                child = cells.write(self.canvas, self.styles, cell, cells.Box(row, column, span))
                if child is not None and child.tag == "meter":
                    bars.setdefault((column, child.get("max") or "1"), []).append(row)
                column += span
            self.canvas.row = row + 1
        self._bars(bars)
        self.canvas.need_height(self.canvas.row, 9)
        self.canvas.row += 1

    def _bars(self, bars: dict[tuple[int, str], list[int]]) -> None:
        for (column, full), rows in bars.items():
            look = {"type": "data_bar", "bar_color": _BAR_COLOUR, "bar_solid": True}
            look |= {"bar_border_color": _BAR_COLOUR, "data_bar_2010": True}
            ends = {"min_type": "num", "max_type": "num", "min_value": 0, "max_value": float(full)}
            self.canvas.sheet.conditional_format(rows[0], column, rows[-1], column, look | ends)

    def _figures(self, figures: Sequence[HtmlElement]) -> None:
        """Charts side by side in rows kept free for them; a new line of charts when full."""
        column, height = FIRST, 0
        for figure in figures:
            spec = chartspec.from_json(figure.get("data-spec") or "")
            if column > FIRST and column + spec.cols > self.canvas.last + 1:
                self._next_line(height)
                column, height = FIRST, 0
            nativecharts.insert(self.canvas, spec, self.canvas.row, column)
            column, height = column + spec.cols, max(height, spec.rows)
            self._keep_rows(spec.rows)
        self._next_line(height)

    def _keep_rows(self, rows: int) -> None:
        for row in range(self.canvas.row, self.canvas.row + rows):
            self.canvas.need_height(row, nativecharts.ROW_POINTS)

    def _next_line(self, height: int) -> None:
        if height:
            self.canvas.kept.append((self.canvas.row, self.canvas.row + height))
            self.canvas.row += height
            self.canvas.need_height(self.canvas.row, 9)
            self.canvas.row += 1
