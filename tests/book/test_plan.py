from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from openpyxl.worksheet.table import Table as ExcelTable

from tests.book.test_fixes import VISITS as SHEET
from tests.book.test_fixes import made, saved
from tests.books import opened
from tests.checks.casebook import columns, schema, session
from tracker.book.changes import CellChange, CellChanges
from tracker.book.plan import (
    column_changes,
    display_values,
    marks_of,
    same,
    spare_changes,
    typed_over,
)
from tracker.book.state import Marks, mark

VISITS = schema().modules["visits"]


def _changes(typed: Any, wanted: str) -> list[tuple[str, object, object]]:
    read = session({"rows": {"visits": [{"visit_id": typed}]}})
    table = read.tables["visits"]
    return [
        (c.cell, c.old, c.new) for c in column_changes(table, "visit_id", [wanted], {2: wanted})
    ]


@pytest.mark.parametrize(
    ("typed", "id_"),
    [(10023, "10023"), (" A17 ", "A17"), ("a17", "A17"), ("=1+1", "X"), ("#N/A", "X")],
)
def test_an_id_that_a_person_typed_stays_as_it_is(typed: Any, id_: str) -> None:
    assert _changes(typed, id_) == []


def test_a_blank_id_is_filled_and_a_copys_id_replaced() -> None:
    assert [new for _, _, new in _changes(None, "VX")] == ["VX"]
    assert [(old, new) for _, old, new in _changes("VA", "VX")] == [("VA", "VX")]


@pytest.mark.parametrize(
    ("old", "new", "equal"),
    [
        ("", None, True),
        (None, None, True),
        (None, "x", False),
        ("x", None, False),
        (0.1 + 0.2, 0.3, True),
        (1.0, 1, True),
        (True, True, True),
        (1.0, True, False),
        (46086.0, dt.date(2026, 3, 5), True),
        ("46086", dt.date(2026, 3, 5), False),
    ],
)
def test_whether_a_cell_already_holds_a_value(old: Any, new: Any, equal: bool) -> None:
    assert same(old, new, date1904=False) == equal


def test_computed_values_are_shown_in_the_language_of_the_workbook() -> None:
    state = VISITS.by_name["plan_state"]
    assert display_values(state, pd.Series(["missed", None], dtype=object), "en") == [
        "Missed",
        None,
    ]
    day = schema().modules["customers"].by_name["last_visit"]
    days = pd.Series(["2026-03-05", None], dtype="datetime64[s]")
    assert display_values(day, days, "zh") == [dt.date(2026, 3, 5), None]
    number = VISITS.by_name["visit_no"]
    assert display_values(number, pd.Series([3.0, float("nan")]), "zh") == [3.0, None]
    assert display_values(number, pd.Series([None, "x"], dtype=object), "zh") == [None, "x"]


def test_what_was_typed_over_a_computed_cell_is_known_by_its_mark() -> None:
    headers = {"visits": {"topic": "第几次拜访（自动）"}}
    read = session({"rows": {"visits": [{"visit_id": "A1", "topic": 7}]}, "headers": headers})
    table = read.tables["visits"]
    changes = [column_changes(table, "visit_no", [1.0], {2: "A1"})]
    written = marks_of({"visit_no": [1]}, ["A1"], date1904=False)
    assert written == Marks(["visit_no"], {"A1": mark(1.0)})
    assert [(t.row, t.old, t.new) for t in typed_over(table, changes, written)] == [(2, 7, 1.0)]
    unchanged = Marks(["visit_no"], {"A1": mark(7.0)})
    assert list(typed_over(table, changes, unchanged)) == []
    assert list(typed_over(table, changes, Marks())) == []


def test_computed_cells_of_rows_without_a_record_are_cleared() -> None:
    headers = {"visits": {"topic": "第几次拜访（自动）"}}
    rows = {"visits": [{"topic": 1}, {"only": 1, "topic": 9}]}
    read = session({"rows": rows, "headers": headers})
    at = columns("visits")["topic"]
    sheet = read.places["visits"].sheet.name
    wanted = [CellChange(sheet, 3, at, 9.0, None, "visit_no", None)]
    assert CellChanges(spare_changes(read.tables["visits"])) == wanted


def test_what_stands_below_the_excel_table_is_the_persons() -> None:
    book = made()
    sheet = book[SHEET]
    sheet["H1"] = "第几次拜访（自动）"
    sheet["H3"], sheet["H9"] = 7, "see above"
    sheet.add_table(ExcelTable(displayName="Visits", ref="A1:H3"))
    cleared = CellChanges(spare_changes(opened(saved(book)).session.tables["visits"]))
    assert [c.cell for c in cleared] == ["H3"]
    sheet["A12"] = "王芳"
    cleared = CellChanges(spare_changes(opened(saved(book)).session.tables["visits"]))
    assert [c.cell for c in cleared] == ["H3", "H9"]  # the table grows over it
