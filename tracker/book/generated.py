"""Whether somebody typed into a generated sheet: marks of its cells as they were written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping

from tracker.book.state import MARK, mark
from tracker.xlsx.refs import letters
from tracker.xlsx.scan import Scan
from tracker.xlsx.strings import SharedStrings
from tracker.xlsx.values import ErrorValue, decode

LAST_COLUMN = 26
"""Columns further right hold data of charts and are not looked at."""


def sheet_marks(sheet: Scan, strings: SharedStrings, but: Container[str] = ()) -> dict[int, str]:
    """Row -> column letters and mark of every cell that holds something, one after the other.

    Columns under `but` belong to people and are left out.
    """
    found: dict[int, str] = {}
    for row, column, text in _cells(sheet, strings):
        if letters(column) not in but:
            found[row] = found.get(row, "") + f" {letters(column)}{text}"
    return {row: text.strip() for row, text in found.items()}


def changed_cells(
    written: Mapping[int, str], sheet: Scan, strings: SharedStrings, but: Container[str] = ()
) -> list[str]:
    """A1 references of the cells that hold something else than was written.

    Rows that were only sorted hold what was written.
    """
    lines = sheet_marks(sheet, strings, but)
    differ = [r for r in {**written, **lines} if written.get(r) != lines.get(r)]
    moved = Counter(written.get(r, "") for r in differ) & Counter(lines.get(r, "") for r in differ)
    before, now = (_left(lines_of, differ, moved) for lines_of in (written, lines))
    places = [k for k in {**before, **now} if before.get(k) != now.get(k)]
    return [
        f"{column}{row}" for row, column in sorted(places, key=lambda k: (k[0], len(k[1]), k[1]))
    ]


def _left(
    lines: Mapping[int, str], rows: Iterable[int], moved: Mapping[str, int]
) -> dict[tuple[int, str], str]:
    """Marks by row and column letters of the rows that did not just change places."""
    spare, found = dict(moved), dict[tuple[int, str], str]()
    for row in rows:
        line = lines.get(row, "")
        if spare.get(line, 0):
            spare[line] -= 1
        else:
            found |= {(row, part[:-MARK]): part[-MARK:] for part in line.split()}
    return found


def _cells(sheet: Scan, strings: SharedStrings) -> Iterator[tuple[int, int, str]]:
    for number, row in sheet.rows.items():
        for cell in sheet.cells(row):
            if cell.column <= LAST_COLUMN:
                value = decode(cell, strings, sheet.prefix)
                if value not in (None, ""):
                    plain = str(value) if isinstance(value, ErrorValue) else value
                    yield number, cell.column, mark(plain)
