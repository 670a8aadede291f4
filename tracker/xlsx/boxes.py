"""Where the box of a note stands beside its cell, counted in columns, rows and pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from unicodedata import east_asian_width

from tracker.xlsx import markup
from tracker.xlsx.scan import Scan

_WIDTH, _GAP = 320, 15  # pixels
_LINE, _ROOM, _A_LINE = 17, 12, 44  # pixels, pixels, characters of half width
_COLUMN, _ROW = 8.43, 15.0  # what sheets take where they say nothing: characters, points


class Box(NamedTuple):
    """Its corners: (0-based column or row, pixels into it), as drawings of notes have them."""

    left: tuple[int, int]
    top: tuple[int, int]
    right: tuple[int, int]
    bottom: tuple[int, int]

    @property
    def anchor(self) -> str:
        """The text of an <x:Anchor>."""
        corners = (self.left, self.top, self.right, self.bottom)
        return ", ".join(f"{n}, {offset}" for n, offset in corners)


class Sizes:
    """The sizes of a sheet's columns and rows in pixels."""

    def __init__(self, sheet: Scan) -> None:
        self.sheet, p = sheet, sheet.prefix
        usual = markup.find_tag(sheet.head, p + b"sheetFormatPr")
        tag = usual[0] if usual else b""
        self._column = _pixels(markup.get(tag, b"defaultColWidth"), _COLUMN)
        self._row = _points(markup.get(tag, b"defaultRowHeight"), _ROW)
        self._columns = [m[0] for m in markup.tags(sheet.head, p + b"col")]

    def column(self, index: int) -> int:
        """Width of a 0-based column."""
        for tag in self._columns:
            low, high = (int(markup.get(tag, n) or 0) for n in (b"min", b"max"))
            if low <= index + 1 <= high:
                hidden = markup.get(tag, b"hidden") in (b"1", b"true")
                return 0 if hidden else _pixels(markup.get(tag, b"width"), _COLUMN)
        return self._column

    def row(self, index: int) -> int:
        """Height of a 0-based row."""
        row = self.sheet.rows.get(index + 1)
        tag = self.sheet.data[row.start : row.body] if row else b""
        if markup.get(tag, b"hidden") in (b"1", b"true"):
            return 0
        return _points(markup.get(tag, b"ht"), 0) or self._row

    def box(self, place: tuple[int, int], text: str) -> Box:
        """A box to the right of a cell that a text fits into."""
        row, column = place
        left, top = (column, _GAP), (max(row - 2, 0), 10)
        height = _LINE * sum(map(_lines, text.split("\n"))) + _ROOM
        return Box(left, top, _reach(self.column, left, _WIDTH), _reach(self.row, top, height))


def _reach(size: Callable[[int], int], start: tuple[int, int], extent: int) -> tuple[int, int]:
    """Where something ends that starts at a place: at most a hundred columns or rows on."""
    index, offset = start
    offset = min(offset, size(index)) + extent
    for n in range(index, index + 100):
        if offset <= size(n):
            return n, offset
        offset -= size(n)
    return index + 100, 0


def _lines(text: str) -> int:
    wide = sum(1 + (east_asian_width(c) in "WF") for c in text)
    return max(1, -(-wide // _A_LINE))


def _pixels(width: bytes | None, usual: float) -> int:
    return int(float(width or usual) * 7) + 5


def _points(height: bytes | None, usual: float) -> int:
    return int(float(height or usual) * 4 / 3)
