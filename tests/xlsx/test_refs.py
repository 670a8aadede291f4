from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.xlsx import refs
from tracker.xlsx.refs import Range

rows = st.integers(1, refs.MAX_ROW)
columns = st.integers(1, refs.MAX_COLUMN)


@given(rows, columns)
def test_a_reference_reads_back(row: int, column: int) -> None:
    assert refs.cell(refs.ref(row, column)) == (row, column)
    assert refs.number(refs.letters(column).lower()) == column


@given(rows, columns, rows, columns, st.text(min_size=1, max_size=8))
def test_an_absolute_reference_reads_back(a: int, b: int, c: int, d: int, sheet: str) -> None:
    where = Range(min(a, c), min(b, d), max(a, c), max(b, d))
    assert refs.area(str(where)) == where
    assert refs.sheet_area(refs.absolute(sheet, where)) == (sheet, where)
    assert where.covers(a, b)
    assert where.meets(Range(a, b, a, b))
    assert not where.meets(Range(where.bottom + 1, 1, where.bottom + 2, refs.MAX_COLUMN))
    assert not where.covers(where.bottom + 1, b)


@pytest.mark.parametrize("text", ["", "A", "1", "A0", "XFE1", "A1048577", "A1:B", "一1"])
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(ValueError, match=r"reference|outside"):
        refs.area(text)


def test_sheet_names_with_quotes_and_without() -> None:
    assert refs.sheet_area("='It''s'!$B$2") == ("It's", Range(2, 2, 2, 2))
    assert refs.sheet_area("汇总!A1:B2") == ("汇总", Range(1, 1, 2, 2))
    assert refs.sheet_area("SUM(A!B1)") is None
    assert refs.sheet_area("S!A:A") is None
