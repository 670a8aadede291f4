from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from tests.xlsx.books import written
from tracker.xlsx import Workbook

COLUMNS = [
    {"header": "name", "total_string": "all"},
    {"header": "sum", "total_function": "sum"},
    {"header": "twice", "formula": "=[@sum]*2"},
]


def book_of(extra: Callable[[Any, Any], object] | None = None, *, totals: bool = True) -> Workbook:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("S")
        red = book.add_format({"font_color": "red", "num_format": "0.0"})
        sheet.add_table("B2:D6", {"name": "T", "columns": COLUMNS, "total_row": totals})
        for i in range(3):
            sheet.write(2 + i, 1, f"n{i}")
            sheet.write(2 + i, 2, float(i), red)
        if not totals:
            sheet.write(5, 1, "n3")
        sheet.data_validation("C3:C5", {"validate": "decimal", "criteria": ">", "value": -1})
        if extra:
            extra(book, sheet)

    return Workbook(written(build))


def seen(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))["S"]


def test_totals_move_down_and_records_take_the_look_of_the_last() -> None:
    book = book_of()
    assert book.sheet("S").append("T", [["x", 7.5], ["y"]]) == 6
    new = book.to_bytes()
    sheet = seen(new)
    assert sheet.tables["T"].ref == "B2:D8"
    assert sheet.tables["T"].autoFilter.ref == "B2:D7"
    assert [c.value for c in sheet["B"][1:8]] == ["name", "n0", "n1", "n2", "x", "y", "all"]
    assert sheet["C6"].value == 7.5
    assert sheet["C6"].number_format == "0.0"
    assert sheet["C6"].font.color.rgb == "FFFF0000"
    assert sheet["C8"].value == "=SUBTOTAL(109,[sum])"
    assert sheet["C7"].value is None
    assert str(sheet.data_validations.dataValidation[0].sqref) == "C3:C7"
    columns = sheet.tables["T"].tableColumns
    assert columns[2].calculatedColumnFormula.attr_text == "[[#This Row],sum]*2"
    again = Workbook(new)
    assert not again.sheet("S").grow_table("T", 7)
    assert again.to_bytes() == new


def test_growing_twice_in_one_plan_is_growing_once() -> None:
    twice = book_of()
    once = Workbook(twice.package.zip.data)  # another one may be of another second
    assert [twice.sheet("S").append("T", [[r]]) for r in "xy"] == [6, 7]
    once.sheet("S").append("T", [["x"], ["y"]])
    assert twice.to_bytes() == once.to_bytes()


def _note(book: Any, sheet: Any) -> None:
    sheet.write_comment("C6", "why so few?")


def _far(book: Any, sheet: Any) -> None:
    book.add_worksheet("Far").write_formula("A1", "='S'!$C$6*2")


def _named(book: Any, sheet: Any) -> None:
    book.define_name("total", "=S!$C$6")


def _chart(book: Any, sheet: Any) -> None:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=S!$C$3:$C$6"})
    sheet.insert_chart("H2", chart)


@pytest.mark.parametrize(
    "extra",
    [
        lambda _book, sheet: sheet.write("D7", "taken"),
        lambda _book, sheet: sheet.merge_range("C8:E8", "merged"),
        lambda _book, sheet: sheet.write_formula("H1", "=SUM(C3:C6)"),
        lambda _book, sheet: sheet.write_url("B6", "https://example.com"),
        lambda _book, sheet: sheet.add_table("A9:C10", {"name": "Other"}),
        _note, _far, _named, _chart,
    ],
)  # fmt: skip
def test_totals_that_something_holds_on_to_stay(extra: Callable[[Any, Any], object]) -> None:
    book = book_of(extra)
    assert not book.sheet("S").grow_table("T", 9)
    with pytest.raises(ValueError, match="table T takes no such rows"):
        book.sheet("S").append("T", [["x"]] * 4)
    assert book.to_bytes() == book.package.zip.data


def test_what_only_looks_like_a_reference_to_the_totals_does_not_hold_them() -> None:
    def harmless(book: Any, sheet: Any) -> None:
        sheet.write_formula("H1", "=SUM(C3:C5)+LOG10(6)+Far!C6")
        far = book.add_worksheet("Far")
        far.write_formula("A1", "=C6+SUM(S!C3:C5)+SUM(T[sum])")

    assert book_of(harmless).sheet("S").grow_table("T", 9)


def test_a_cell_planned_where_totals_go_is_refused() -> None:
    book = book_of()
    book.sheet("S").append("T", [["x"]])
    book.sheet("S").set("C7", 1)
    with pytest.raises(Exception, match="S!C7 is needed for totals"):
        book.to_bytes()


def test_rows_below_a_table_without_totals_must_be_free_to_append() -> None:
    book = book_of(lambda _book, sheet: sheet.write("C8", "a remark"), totals=False)
    assert book.sheet("S").append("T", [["x"]]) == 7
    with pytest.raises(ValueError, match="not free"):
        book.sheet("S").append("T", [["y"]])
    with pytest.raises(ValueError, match="too many values"):
        book.sheet("S").append("T", [["y", 1, 2, 3]])
    assert seen(book.to_bytes()).tables["T"].ref == "B2:D7"


def test_a_column_is_added_at_the_right_edge() -> None:
    book = book_of()
    sheet = book.sheet("S")
    assert sheet.add_column("T", "new") == 5
    assert sheet.add_column("T", "New") == 5
    assert sheet.add_column("T", "a\nb") == 6
    assert sheet.add_column("T", "SUM") == 3
    sheet.append("T", [["x", 1, None, "in", "both"]])
    new = book.to_bytes()
    after = seen(new)
    assert after.tables["T"].ref == "B2:F7"
    assert after.tables["T"].column_names == ["name", "sum", "twice", "new", "a\nb"]
    assert [c.value for c in after[2][1:6]] == ["name", "sum", "twice", "new", "a\nb"]
    assert after["F6"].value == "both"
    assert Workbook(new).sheet("S").tables[0].headers == ("name", "sum", "twice", "new", "a\nb")
    again = Workbook(new)
    assert again.sheet("S").add_column("T", "a\nb") == 6
    assert again.to_bytes() == new


@pytest.mark.parametrize(
    "extra",
    [
        lambda _book, sheet: sheet.write("E4", "beside"),
        lambda _book, sheet: sheet.add_table("E1:F9", {"name": "Other"}),
        lambda _book, sheet: sheet.merge_range("E6:G6", "merged"),
    ],
)
def test_no_column_where_the_cells_beside_are_taken(extra: Callable[[Any, Any], object]) -> None:
    with pytest.raises(ValueError, match="takes no column 'new'"):
        book_of(extra).sheet("S").add_column("T", "new")


def test_a_column_needs_a_name_and_a_table_with_headers() -> None:
    with pytest.raises(ValueError, match="it has no name"):
        book_of().sheet("S").add_column("T", " ")
    bare = written(
        lambda b: b.add_worksheet("S").add_table("A1:B3", {"name": "T", "header_row": False})
    )
    with pytest.raises(ValueError, match="not a person's to add"):
        Workbook(bare).sheet("S").add_column("T", "new")
    with pytest.raises(KeyError):
        book_of().sheet("S").append("X", [])
    with pytest.raises(KeyError):
        book_of().sheet("S").add_column("X", "a")


def test_clearing_a_row_keeps_its_formats() -> None:
    book = book_of()
    book.sheet("S").clear_row(4)
    book.sheet("S").clear_row(99)
    sheet = seen(book.to_bytes())
    assert [c.value for c in sheet[4]] == [None] * 4
    assert sheet["C4"].number_format == "0.0"
    assert sheet["B5"].value == "n2"
