"""A sheet being drawn: its grid of columns, its formats, row heights and the hidden helper data."""

from __future__ import annotations

import datetime as dt
import io
import math
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tracker.summary.links import Goal, formula
from tracker.summary.paging import Kept, page_breaks

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format


FIRST = 1  # the first column that shows something; the one before it is a margin
HELPER = 30  # the first hidden column
_SPARK_ROOM = 64  # hidden columns kept for the values of sparklines, beside their rows
_LINK_ROOM = 8  # and for the ids and texts of links
LONGEST = 32_767  # characters a cell holds
_ROW = 15.0  # points of a row that nobody set
_PAGE_WIDE, _PAGE_HIGH = 7.47 * 72, 10.2 * 72  # what the margins leave of A4, in points
_NO_CLOCK = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # a workbook's properties have no zone
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_HELPER_FORMAT = {"font_name": "Microsoft YaHei", "font_size": 8.0, "font_color": "#7F7F7F"}


def text_width(text: str) -> int:
    """Width in columns' units: a Chinese character, and what is as wide, counts double."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


class Canvas:
    """The worksheet and what is shared while it is filled."""

    def __init__(self, name: str, widths: Sequence[float], book: Workbook | None = None) -> None:
        """`book`: a workbook that the sheet joins; else the sheet has one of its own."""
        import xlsxwriter

        if len(widths) > HELPER:
            raise ValueError(f"{len(widths)} columns; the grid has at most {HELPER}")
        self.name = name
        self.widths = widths
        self.row = 0
        self._buffer = io.BytesIO()
        self.book = book or xlsxwriter.Workbook(self._buffer, _OPTIONS)
        self.book.set_properties({"created": _NO_CLOCK})
        self.sheet = self.book.add_worksheet(name)
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}
        self._heights: dict[int, float] = {}
        self._next_helper = HELPER + _SPARK_ROOM + _LINK_ROOM
        self._links: Counter[int] = Counter()
        self.kept: list[Kept] = []
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    @property
    def last(self) -> int:
        """The last column of the grid, from 0."""
        return len(self.widths) - 1

    def format(self, properties: Mapping[str, object]) -> Format:
        """The workbook's format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(dict(properties))
        return self._formats[key]

    def room(self, column: int, span: int = 1) -> float:
        """Width of a run of columns, in characters; each has 5 pixels beside them."""
        return sum(w + 5 / 7 for w in self.widths[column : column + span])

    def need_height(self, row: int, points: float) -> None:
        """Make a row at least so high."""
        self._heights[row] = max(points, self._heights.get(row, 0.0))

    def need_text(self, row: int, text: str, room: float, properties: Mapping[str, Any]) -> None:
        """Make a row high enough for a text, on several lines if its format wraps."""
        size = float(properties["font_size"])
        # At 10 points a Chinese character is 13.3 pixels wide, a character of column width 7.
        wide = (room * 7 - 12) / (6.67 * size / 10 * (1.06 if properties.get("bold") else 1.02))
        pieces = text.split("\n") if properties.get("text_wrap") else [""]
        lines = sum(max(math.ceil(text_width(piece) / max(wide, 1)), 1) for piece in pieces)
        self.need_height(row, min(lines * size * 1.55 + 5, 400))

    def spark_values(self, row: int, values: Sequence[float | None], fmt: str) -> str:
        """Write a sparkline's values beside its row, hidden; the range they fill."""
        return self._helper(row, HELPER, values[-_SPARK_ROOM:], fmt, down=False)

    def seek(self, row: int, goal: Goal, text: str) -> str:
        """The formula of a link in a row, whose id and text are written beside it, hidden."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        place = HELPER + _SPARK_ROOM + self._links[row]
        if self._links[row] >= _LINK_ROOM:
            raise ValueError(f"more than {_LINK_ROOM // 2} links in one line")
        self._links[row] += 2
        self._helper(row, place, [goal.sought, text], "General", down=False)
        return formula(goal, *(xl_rowcol_to_cell(row, place + i, col_abs=True) for i in range(2)))

    def helper_column(self, values: Sequence[str | float | None], fmt: str = "General") -> str:
        """Write a column of a chart's data, hidden; the range it fills, to put after `=`."""
        column = self._next_helper
        self._next_helper += 1
        return self._helper(0, column, values, fmt, down=True)

    def _helper(
        self, row: int, column: int, values: Sequence[str | float | None], fmt: str, *, down: bool
    ) -> str:
        from xlsxwriter.utility import quote_sheetname, xl_range_abs

        form = self.format({**_HELPER_FORMAT, "num_format": fmt})
        for i, value in enumerate(values):
            place = (row + i, column) if down else (row, column + i)
            if isinstance(value, str):
                self.sheet.write_string(*place, value[:LONGEST], form)
            elif value is not None:
                self.sheet.write_number(*place, value, form)
        end = (row + len(values) - 1, column) if down else (row, column + len(values) - 1)
        return f"{quote_sheetname(self.name)}!{xl_range_abs(row, column, *end)}"

    def finish(self) -> bytes:
        """Settle the sheet and give the bytes of its own workbook."""
        self.settle()
        self.book.close()
        return self._buffer.getvalue()

    def settle(self) -> None:
        """Set what holds for the whole sheet; nothing is drawn after that."""
        for row, height in sorted(self._heights.items()):
            self.sheet.set_row(row, height)
        self.sheet.set_column(HELPER, self._next_helper, None, None, {"hidden": True})
        self._print_setup()
        if breaks := page_breaks(self._laid_out(), self.kept, self._page_height()):
            self.sheet.set_h_pagebreaks(breaks)

    def _laid_out(self) -> list[float]:
        """The height of each row in points."""
        return [self._heights.get(row, _ROW) for row in range(self.row)]

    def _page_height(self) -> float:
        """Points of rows that a page takes when the grid fills its width; the title is on each."""
        wide = sum(w * 7 + 5 for w in self.widths) * 72 / 96
        return _PAGE_HIGH * max(wide / _PAGE_WIDE, 1.0) - self._heights.get(0, _ROW)

    def _print_setup(self) -> None:
        self.sheet.hide_gridlines(2)
        self.sheet.set_portrait()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.set_footer("&C&8&P / &N")
        self.sheet.repeat_rows(0)
        self.sheet.print_area(0, 0, max(self.row - 1, 0), self.last)
        self.sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        self.sheet.set_tab_color("#2F6690")
