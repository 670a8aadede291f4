from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.xlsx.edits import RowPlan
from tracker.xlsx.refs import ref
from tracker.xlsx.scan import cells_of, columns_of, plain_cells
from tracker.xlsx.spots import Spot, quick_spots, spots


def cell(column: int, style: int) -> str:
    return f'<c r="{ref(7, column)}" s="{style}"><v>1</v></c>'


def found(body: bytes, wanted: list[int]) -> tuple[list[Spot] | None, list[Spot]]:
    plan: RowPlan = (7, wanted, [None for _ in wanted])
    columns = columns_of(body, b"") or ()
    quick = quick_spots(body, columns, plan, b"", plain_cells(b"", wanted))
    return quick, spots(cells_of(body, b""), plan)


@given(st.sets(st.integers(1, 60), min_size=1), st.sets(st.integers(1, 60), min_size=1))
def test_a_look_finds_what_taking_the_row_apart_finds(held: set[int], wanted: set[int]) -> None:
    body = "".join(cell(c, c % 5) for c in sorted(held)).encode()
    quick, slow = found(body, sorted(wanted))
    assert quick == slow
    there = [body[s.start : s.end].decode() for s in slow if s.style is not None]
    assert there == [cell(c, c % 5) for c in sorted(wanted & held)]


@pytest.mark.parametrize(
    "odd", ['<c r="B7"><f>1</f><v>1</v></c>', '<c r="B8"><v>1</v></c>', '<c r="B7" t="inlineStr"/>']
)
def test_an_odd_cell_is_not_looked_for(odd: str) -> None:
    quick, slow = found((cell(1, 0) + odd + cell(3, 0)).encode(), [2])
    assert quick is None or quick == slow
    assert slow[0].style == 0
    assert (slow[0].cell is not None) == ("<f>" in odd)
