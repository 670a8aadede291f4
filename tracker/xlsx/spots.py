"""Where the planned cells of a row stand, or would stand."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from tracker.xlsx.edits import RowPlan
from tracker.xlsx.refs import letters
from tracker.xlsx.scan import RawCell, style_of


class Spot(NamedTuple):
    """Offsets in a row's body: those of a cell that is there, or twice where it would stand.

    `style` is that of the cell, None where there is none; `cell` is known of one with a formula.
    """

    start: int
    end: int
    style: int | None
    cell: RawCell | None = None


@cache
def letters_of(column: int) -> bytes:
    """Letters of a column, as bytes."""
    return letters(column).encode()


def refs_of(plan: RowPlan) -> list[bytes]:
    """The references of a row's planned cells."""
    row = b"%d" % plan[0]
    return [letters_of(column) + row for column in plan[1]]


def spots(cells: Sequence[RawCell], plan: RowPlan) -> list[Spot]:
    """The spots of a row's planned cells, by all of its cells, which stand in ascending order."""
    columns, found = [c.column for c in cells], list[Spot]()
    for column in plan[1]:
        i = bisect_left(columns, column)
        cell = cells[i] if column in columns[i : i + 1] else None
        start = cells[i].start if i < len(cells) else cells[-1].end if cells else 0
        end, style = (cell.end, cell.style) if cell else (start, None)
        found.append(Spot(start, end, style, cell if cell and cell.formula else None))
    return found


def quick_spots(
    body: bytes, columns: tuple[int, ...], plan: RowPlan, prefix: bytes, plain: re.Pattern[bytes]
) -> list[Spot] | None:
    """As `spots`, by looking for a few cells of a row that holds nothing but those of `columns`.

    `plain` is `scan.plain_cells` of the planned columns. None where one of them is otherwise.
    """
    at, found, row = 0, list[Spot](), b"%d" % plan[0]
    for column in plan[1]:
        i = bisect_left(columns, column)
        start = len(body)
        if i < len(columns):
            start = body.find(b'<%bc r="%b%b"' % (prefix, letters_of(columns[i]), row), at)
        m = plain.match(body, start) if i < len(columns) and columns[i] == column else None
        if start < 0 or (m is None and column in columns[i : i + 1]):
            return None
        at = m.end() if m else start
        found.append(Spot(start, at, style_of(m[3]) if m else None))
    return found
