"""Laws that hold for every workbook and every plan."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
import python_calamine
from hypothesis import HealthCheck, given, settings

from tests.xlsx.books import made, sheet, unpacked, written
from tests.xlsx.dialects import (
    Place,
    Plan,
    by_hand,
    by_xlsxwriter,
    plans,
    strict,
    transitional,
)
from tracker.xlsx import Workbook
from tracker.xlsx.refs import ref
from tracker.xlsx.values import Value

pytestmark = pytest.mark.filterwarnings("ignore:.*not supported:UserWarning:openpyxl")
few = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
books = by_hand() | by_xlsxwriter()
OURS = {
    "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
    "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml",
}  # fmt: skip


def allowed(data: bytes, plan: Plan) -> dict[Place, Value]:
    """The cells of a plan that are no part of an array or of merged cells."""
    areas = Workbook(data).sheet("S").blocked
    return {p: v for p, v in plan.cells.items() if not areas.at(*p)}


def carried_out(data: bytes, plan: Plan) -> bytes:
    book = Workbook(data)
    page = book.sheet("S")
    for place, value in allowed(data, plan).items():
        page.set(ref(*place), value)
    for table in page.tables:
        if plan.grow:
            page.grow_table(table.name, 3 + plan.grow)
    if plan.graft:
        book.put_sheet("G", written(lambda b: b.add_worksheet().write_string(0, 0, plan.graft)))
    if plan.drop and "T" in book.sheet_names:
        book.drop_sheet("T")
    if plan.name:
        book.set_name("place", plan.name)
    return book.to_bytes()


def by_openpyxl(data: bytes) -> dict[str, dict[Place, Any]]:
    """Value, number format and font of every cell that has any of them, by sheet."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        page.title: {
            (c.row or 0, c.column or 0): (_told(c.value), c.number_format, bool(c.font.b))
            for row in page.iter_rows()
            for c in row
            if c.value is not None or c.has_style
        }
        for page in book.worksheets
    }


def _told(value: Any) -> Any:
    return (value.ref, value.text) if hasattr(value, "ref") else value


def by_calamine(data: bytes) -> dict[Place, Any]:
    page = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("S")
    rows = page.to_python(skip_empty_area=False)
    return {(r, c): v for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1) if v != ""}


def as_moment(value: Any) -> Any:
    """Dates as moments: a cell does not know the difference."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    return value


def near(a: Any, b: Any) -> bool:
    """Whether two readers mean the same, moments to the second."""
    a, b = as_moment(a), as_moment(b)
    if isinstance(a, dt.datetime) and isinstance(b, dt.datetime):
        return abs(a - b) < dt.timedelta(seconds=1)
    return type(a) in (type(b), int, float) and bool(a == b)


@few
@given(books, plans())
def test_a_plan_reads_back_and_all_else_is_as_it_was(data: bytes, plan: Plan) -> None:
    new, cells = carried_out(data, plan), allowed(data, plan)
    ours, theirs, third = Workbook(new).sheet("S"), by_openpyxl(new), by_calamine(new)
    for place, value in cells.items():
        assert near(ours.get(ref(*place)), value)
        assert near(theirs["S"].get(place, (None,))[0], value)
        assert near(third.get(place), value) or value is None
    before = by_openpyxl(data)
    for name, old in before.items():
        for place in {*old, *theirs.get(name, old)} - (cells.keys() if name == "S" else set()):
            assert theirs.get(name, old).get(place) == old.get(place)
    assert ("T" in theirs) is not plan.drop
    assert ("G" in theirs) is bool(plan.graft)
    a, b = unpacked(data), unpacked(new)
    dropped = {"xl/worksheets/sheet2.xml"} if plan.drop else set()
    grown = {n for n in a if "tables/" in n}
    assert {n for n in a if a[n] != b.get(n)} <= OURS | dropped | grown


@few
@given(books, plans())
def test_carrying_out_a_plan_twice_changes_nothing_more(data: bytes, plan: Plan) -> None:
    new = carried_out(data, plan)
    assert carried_out(new, plan) == new


@few
@given(books, plans(dates=False))
def test_putting_the_old_values_back_gives_the_old_cells(data: bytes, plan: Plan) -> None:
    before = Workbook(data).sheet("S")
    cells = {p: before.raw(*p) for p in allowed(data, plan)}
    back = {p: before.value(c) if c else None for p, c in cells.items() if not (c and c.formula)}
    plain: dict[Place, Value] = {
        p: v for p, v in back.items() if v is None or isinstance(v, str | float | bool)
    }
    new = carried_out(data, Plan({p: v for p, v in plan.cells.items() if p in plain}))
    after = Workbook(carried_out(new, Plan(plain))).sheet("S")
    for place, old in plain.items():
        cell, was = after.raw(*place), cells[place]
        assert (after.value(cell) if cell else None) == old
        assert (cell.style if cell else 0) == (was.style if was else cell.style if cell else 0)
    restored = by_openpyxl(carried_out(new, Plan(plain)))["S"]
    first = by_openpyxl(data)["S"]
    for place in {*first, *restored} - {p for p in plain if cells[p] is None}:
        assert restored.get(place, (None,))[0] == first.get(place, (None,))[0]


@settings(few, max_examples=20)
@given(by_hand(), plans())
def test_a_strict_workbook_gets_the_same_cells_as_a_transitional_one(
    data: bytes, plan: Plan
) -> None:
    new = unpacked(transitional(carried_out(strict(data), plan)))
    assert new == unpacked(transitional(carried_out(data, plan)))


def test_a_number_nobody_touched_keeps_its_seventeen_digits() -> None:
    rows = '<row r="1"><c r="A1"><v>0.10000000000000001</v></c><c r="B1"><v>1</v></c></row>'
    book = Workbook(made({"S": sheet(rows)}))
    book.sheet("S").set("B1", 2)
    assert b"<v>0.10000000000000001</v>" in unpacked(book.to_bytes())["xl/worksheets/sheet1.xml"]
