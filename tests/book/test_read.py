"""What bounds the cost of reading a table."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from openpyxl.worksheet.table import Table as ExcelTable

import tracker.book.grid as grid
from tests.book.test_fixes import VISITS, made, saved
from tests.books import AS_OF, opened
from tests.xlsx.books import altered, packed, unpacked
from tracker.errors import UnsuitableFileError
from tracker.xlsx import Workbook


def test_more_rows_than_anybody_keeps_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    book = made()
    for n in range(4):
        book[VISITS].append(["王芳", f"2026-06-0{n + 1}"])
    data = saved(book)
    monkeypatch.setattr(grid, "MOST_ROWS", 5)
    assert len(opened(data).modules["visits"]) == 5
    monkeypatch.setattr(grid, "MOST_ROWS", 4)
    with pytest.raises(UnsuitableFileError, match="more than 4 rows"):
        opened(data)


@pytest.mark.parametrize("cell", ["A1", "A2", "B3"])
@pytest.mark.parametrize("odd", ["<b/>", '<c r="C9" s="x"/>'])
def test_a_row_that_cannot_be_told_apart_is_no_fault_of_the_program(cell: str, odd: str) -> None:
    book = made()
    book[VISITS].append(["王芳", "2026-06-01"])
    book[VISITS].append(["王芳", "2026-06-02"])
    data = saved(book)
    part = Workbook(data).worksheets[VISITS]
    with pytest.raises(UnsuitableFileError, match="could not be kept whole"):
        opened(altered(data, part, f'<c r="{cell}"', f'{odd}<c r="{cell}"'))


@pytest.mark.parametrize("style", ["", ' s="1"'])
def test_a_day_as_iso_text_is_a_date_whatever_its_format(style: str) -> None:
    """Excel saves strict workbooks so."""
    data = saved(made())
    part = Workbook(data).worksheets[VISITS]
    with_day, n = re.subn(
        rb'<c r="B2"[^>]*><v>[^<]*</v></c>',
        f'<c r="B2"{style} t="d"><v>2026-06-01T00:00:00</v></c>'.encode(),
        unpacked(data)[part],
    )
    assert n == 1
    book = opened(packed({**unpacked(data), part: with_day}))
    assert book.modules["visits"]["visit_date"].tolist() == [pd.Timestamp("2026-06-01")]
    assert not [f for f in book.check(AS_OF) if f.field == "visit_date"]


def with_neighbour(totals: int) -> bytes:
    """Two records and one below their Excel table, a person's table to the right of it."""
    book = made()
    for n in (2, 3):
        book[VISITS].append(["王芳", f"2026-06-0{n}"])
    book[VISITS].add_table(ExcelTable(displayName="Visits", ref="A1:G3"))
    mine: list[tuple[str, str | int]] = [("甲", "我的主题"), ("乙", 2), ("合", 5)]
    for at, (left, right) in enumerate(mine, 1):
        book[VISITS][f"J{at}"], book[VISITS][f"K{at}"] = left, right
    beside = ExcelTable(displayName="Mine", ref="J1:K3", totalsRowCount=totals or None)
    book[VISITS].add_table(beside)
    return saved(book)


@pytest.mark.parametrize("totals", [0, 1])
def test_a_table_beside_the_records_is_the_persons(totals: int) -> None:
    data = with_neighbour(totals)
    book = opened(data)
    assert book.session.tables["visits"].rows == [2, 3, 4]
    after = Workbook(book.prepare(AS_OF)[1]).sheet(VISITS)
    assert {t.name: str(t.area) for t in after.tables} == {"Visits": "A1:G4", "Mine": "J1:K3"}


def test_a_record_under_several_merged_areas_is_told_once() -> None:
    book = made()
    for _ in range(7):
        book[VISITS].append(["王芳"])
    for where in ("A2:A4", "A3:A4", "A3:A6", "A8:A9"):
        book[VISITS].merged_cells.add(where)
    found = [f for f in opened(saved(book)).check(AS_OF) if f.code == "GEN013"]
    assert [(f.row, f.facts["range"]) for f in found] == [
        (2, "A2:A4"), (3, "A2:A4"), (4, "A2:A4"), (5, "A3:A6"), (6, "A3:A6"), (8, "A8:A9"), (9, "A8:A9"),
    ]  # fmt: skip
