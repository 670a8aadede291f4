"""Where the pages of a printed sheet end: no chart is cut, and short blocks stay together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

Kept = tuple[int, int]
"""First row and the row after the last one of what should stand on one page."""

_SHORT = 0.22  # of a page: what is longer may be cut


def page_breaks(heights: Sequence[float], kept: Sequence[Kept], page: float) -> list[int]:
    """The rows (from 0) before which a new page begins.

    Args:
        heights: of each row.
        kept: runs of rows; those longer than a quarter of a page may be cut.
        page: height of the rows that a page takes, in the same unit.
    """
    ends = list(accumulate(heights, initial=0.0))
    inside = [(a, min(b, len(heights))) for a, b in kept]
    short = [(a, b) for a, b in inside if ends[b] - ends[a] <= _SHORT * page]
    found, first = [], 0
    while ends[-1] - ends[first] > page:
        row = next(r for r in range(first, len(heights)) if ends[r + 1] - ends[first] > page)
        row = max(_start(row, short), first)
        first = row if row > first else first + 1
        found.append(first)
    return found


def _start(row: int, kept: Sequence[Kept]) -> int:
    """The first row of what a break before this row would cut; the row itself if nothing."""
    while cut := [a for a, b in kept if a < row < b]:
        row = min(cut)
    return row
