from __future__ import annotations

import io
from typing import Any

import openpyxl
import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.xlsx.books import sheet, unpacked, written
from tracker.xlsx import Workbook
from tracker.xlsx.refs import ref

places = st.tuples(st.integers(1, 12), st.integers(1, 8))
words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=9
)
short = st.integers(-(10**9), 10**9).map(lambda n: n / 1000)  # XlsxWriter writes 16 digits
numbers = st.integers(-(10**9), 10**9) | st.floats(-1e15, 1e15, allow_nan=False)
values = words.filter(lambda t: "_x" not in t) | numbers | st.booleans()
typed = words.filter(lambda t: "_x" not in t) | short | st.booleans()
grids = st.dictionaries(places, typed, max_size=12)
plans = st.dictionaries(places, values | st.none(), max_size=12)
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def book_of(grid: dict[tuple[int, int], Any]) -> bytes:
    def build(book: Any) -> None:
        page, other = book.add_worksheet("S"), book.add_worksheet("T")
        bold = book.add_format({"bold": True})
        for (row, column), value in grid.items():
            write = page.write_string if isinstance(value, str) else page.write
            write(row - 1, column - 1, value, bold if (row + column) % 2 else None)
        other.write(0, 0, "kept")

    return written(build)


def carried_out(data: bytes, plan: dict[tuple[int, int], Any]) -> bytes:
    book = Workbook(data)
    for place, value in plan.items():
        book.sheet("S").set(ref(*place), value)
    return book.to_bytes()


@few
@given(grids, plans)
def test_a_plan_reads_back_and_all_else_is_as_it_was(grid: Any, plan: Any) -> None:
    data = book_of(grid)
    new = carried_out(data, plan)
    expected = {p: v for p, v in {**grid, **plan}.items() if v is not None}
    ours = Workbook(new).sheet("S")
    theirs = openpyxl.load_workbook(io.BytesIO(new))["S"]
    third = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(new)).get_sheet_by_name("S")
    rows = third.to_python(skip_empty_area=False)
    for row in range(1, 13):
        for column in range(1, 9):
            value = expected.get((row, column))
            assert ours.get(ref(row, column)) == value
            assert theirs.cell(row, column).value == value
            there = row <= len(rows) and column <= len(rows[0])
            assert (rows[row - 1][column - 1] if there else "") == ("" if value is None else value)
            bold = (row + column) % 2 == 1 and (row, column) in grid
            assert bool(theirs.cell(row, column).font.b) is bold
    a, b = unpacked(data), unpacked(new)
    assert a["xl/worksheets/sheet2.xml"] == b["xl/worksheets/sheet2.xml"]
    assert Workbook(new).sheet("T").get("A1") == "kept"


@few
@given(grids, plans)
def test_putting_the_old_values_back_gives_the_old_cells(grid: Any, plan: Any) -> None:
    data = book_of(grid)
    new = carried_out(data, plan)
    back = carried_out(new, {p: grid.get(p) for p in plan})
    before, after = Workbook(data).sheet("S"), Workbook(back).sheet("S")
    for row in range(1, 13):
        for column in range(1, 9):
            a, b = before.raw(row, column), after.raw(row, column)
            assert (a and (a.style, a.kind, before.value(a))) == (
                b and (b.style, b.kind, after.value(b))
            )


@few
@given(plans)
def test_carrying_out_a_plan_twice_changes_nothing_more(plan: Any) -> None:
    new = carried_out(book_of({}), plan)
    assert carried_out(new, plan) == new


def test_a_number_nobody_touched_keeps_its_seventeen_digits() -> None:
    from tests.xlsx.books import made

    rows = '<row r="1"><c r="A1"><v>0.10000000000000001</v></c><c r="B1"><v>1</v></c></row>'
    book = Workbook(made({"S": sheet(rows)}))
    book.sheet("S").set("B1", 2)
    assert b"<v>0.10000000000000001</v>" in unpacked(book.to_bytes())["xl/worksheets/sheet1.xml"]
