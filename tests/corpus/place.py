"""A place in a workbook where 50 cells below each other are free."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from lxml import etree

from tracker.opc.parts import parse_xml
from tracker.xlsx import Workbook
from tracker.xlsx.refs import MAX_COLUMN, MAX_ROW, Range, area, number, ref

ROWS = 50


class Place(NamedTuple):
    """The sheet, and the first of the free cells."""

    sheet: str
    row: int
    column: int

    @property
    def cells(self) -> list[str]:
        return [ref(self.row + i, self.column) for i in range(ROWS)]

    @property
    def keys(self) -> list[str]:
        return [f"R{self.row + i}C{self.column}" for i in range(ROWS)]


def free_place(book: Workbook) -> Place | None:
    """Two rows under all else in the first visible worksheet; None where no sheet has cells."""
    states = {s.name: s.state for s in book.entries}
    sheets = sorted(book.worksheet_names, key=lambda n: states[n] != "visible")
    if not sheets:
        return None
    root = parse_xml(book.package.read(book.sheet(sheets[0]).part))
    taken = _areas(root)
    below = sorted({0, *(a.bottom for a in taken)}, reverse=True)
    beside = sorted({-1, *(a.right for a in taken)})
    for column, row in product(beside, below):
        whole = Range(row + 2, column + 2, row + 1 + ROWS, column + 2)
        inside = whole.bottom < MAX_ROW and whole.right < MAX_COLUMN
        if inside and not any(a.meets(whole) for a in taken):
            return Place(sheets[0], whole.top, whole.left)
    return None


def _areas(root: etree._Element) -> list[Range]:
    """Cells, merged areas, and areas of array formulas and data tables."""
    found, row = list[Range](), 0
    for r in root.iter("{*}row"):
        row, column = int(r.get("r") or row + 1), 0
        for c in r.iterchildren("{*}c"):
            column = number(c.get("r", "").strip("$0123456789")) or column + 1
            found.append(Range(row, column, row, column))
    spread = [m.get("ref") for m in root.iter("{*}mergeCell")]
    spread += [f.get("ref") for f in root.iter("{*}f")]
    return found + [area(s) for s in spread if s]
