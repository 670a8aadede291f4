"""Cell references: letters, numbers, ranges. Rows and columns are 1-based."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")
_SHEET_RANGE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!,()]+))!([$A-Za-z0-9:]+)")


class Range(NamedTuple):
    """A rectangle of cells, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        first, last = ref(self.top, self.left), ref(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    def covers(self, row: int, column: int) -> bool:
        """Whether the cell lies in the rectangle."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def meets(self, other: Range) -> bool:
        """Whether the two rectangles have a cell in common."""
        rows = self.top <= other.bottom and other.top <= self.bottom
        return rows and self.left <= other.right and other.left <= self.right


@cache
def letters(column: int) -> str:
    """Letters of a column: 1 is A, 27 is AA."""
    out = ""
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


@cache
def number(column: str) -> int:
    """Number of column letters, case and dollar signs apart."""
    n = 0
    for ch in column.upper():
        n = n * 26 + ord(ch) - 64
    return n


def ref(row: int, column: int) -> str:
    """A1 reference of a cell."""
    return f"{letters(column)}{row}"


def cell(text: str) -> tuple[int, int]:
    """(row, column) of an A1 reference. ValueError if it is none or lies outside a sheet."""
    m = _CELL.fullmatch(text)
    if m is None:
        raise ValueError(f"not a cell reference: {text!r}")
    row, column = int(m[2]), number(m[1])
    if row > MAX_ROW or column > MAX_COLUMN:
        raise ValueError(f"outside the sheet: {text!r}")
    return row, column


def area(text: str) -> Range:
    """Range of "A1:C9" or "A1". ValueError as `cell`."""
    first, _, last = text.partition(":")
    top, left = cell(first)
    bottom, right = cell(last or first)
    return Range(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def sheet_area(text: str) -> tuple[str, Range] | None:
    """Sheet name and range that a defined name's text points to; None if it is no plain range."""
    m = _SHEET_RANGE.fullmatch(text.strip().lstrip("="))
    if m is None:
        return None
    try:
        return (m[1].replace("''", "'") if m[1] else m[2]), area(m[3])
    except ValueError:
        return None


def quoted(sheet: str) -> str:
    """Sheet name as it stands before the exclamation mark of a reference."""
    return "'" + sheet.replace("'", "''") + "'"


def absolute(sheet: str, where: Range) -> str:
    """Reference text such as 'Sheet'!$A$1:$C$9."""
    first = f"${letters(where.left)}${where.top}"
    last = f"${letters(where.right)}${where.bottom}"
    return f"{quoted(sheet)}!{first}" + ("" if first == last else f":{last}")
