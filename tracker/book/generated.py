"""Whether somebody typed into a generated sheet: marks of its cells as they were written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tracker.book.state import MARK, mark
from tracker.xlsx.refs import letters
from tracker.xlsx.scan import Scan
from tracker.xlsx.strings import SharedStrings
from tracker.xlsx.values import ErrorValue, decode

LAST_COLUMN = 26
"""Columns further right hold data of charts and are not looked at."""


def sheet_marks(sheet: Scan, strings: SharedStrings) -> dict[int, str]:
    """Row -> column letters and mark of every cell that holds something, one after the other."""
    found: dict[int, str] = {}
    for row, column, text in _cells(sheet, strings):
        found[row] = found.get(row, "") + f" {letters(column)}{text}"
    return {row: text.strip() for row, text in found.items()}


def changed_cells(written: Mapping[int, str], sheet: Scan, strings: SharedStrings) -> list[str]:
    """A1 references of the cells that hold something else than was written."""
    before = {
        (row, part[:-MARK]): part[-MARK:] for row, line in written.items() for part in line.split()
    }
    now = {(row, letters(column)): text for row, column, text in _cells(sheet, strings)}
    places = [k for k in {**before, **now} if before.get(k) != now.get(k)]
    return [
        f"{column}{row}" for row, column in sorted(places, key=lambda k: (k[0], len(k[1]), k[1]))
    ]


def _cells(sheet: Scan, strings: SharedStrings) -> Iterator[tuple[int, int, str]]:
    for number, row in sheet.rows.items():
        for cell in sheet.cells(row):
            if cell.column <= LAST_COLUMN:
                value = decode(cell, strings, sheet.prefix)
                if value not in (None, ""):
                    plain = str(value) if isinstance(value, ErrorValue) else value
                    yield number, cell.column, mark(plain)
