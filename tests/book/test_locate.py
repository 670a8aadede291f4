from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from openpyxl import Workbook as Book
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from tracker.book.anchors import set_anchors
from tracker.book.locate import Copy, Place, anchor, locate
from tracker.schema.load import load
from tracker.xlsx import Workbook

SCHEMA = load()
HEADERS = ["拜访编号", "拜访日期", "客户姓名", "状态", "拜访方式", "拜访目的", "主题"]
PEOPLE = ["客户姓名", "所在机构", "客户类型", "科室"]


def _found(
    change: Callable[[Book, Worksheet], None], *, title: str = "拜访记录与计划"
) -> tuple[dict[str, Place], list[Copy]]:
    """What is found in a workbook with a visits table after a person's change."""
    book = Book()
    sheet = book.worksheets[0]
    sheet.title = title
    sheet.append(HEADERS)
    sheet.append([None, "x", "x", "x", "x", "x", "x"])
    people = book.create_sheet("客户基础信息")
    people.append(PEOPLE)
    change(book, sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return locate(Workbook(buffer.getvalue()), SCHEMA)


def _columns(change: Callable[[Book, Worksheet], None]) -> dict[str, int]:
    return dict(_found(change)[0]["visits"].columns)


def test_a_renamed_sheet_is_found_by_its_headers() -> None:
    places, copies = _found(lambda _b, _s: None, title="我的表")
    assert places["visits"].sheet.name == "我的表"
    assert places["customers"].sheet.name == "客户基础信息"
    assert copies == []


def test_traditional_characters_are_understood() -> None:
    def change(_: Book, sheet: Worksheet) -> None:
        sheet.title = "拜訪記錄與計劃"
        sheet["B1"], sheet["C1"] = "拜訪日期", "客戶姓名"

    places, _ = _found(change)
    assert {"visit_date", "customer"} <= set(places["visits"].columns)


def test_title_rows_above_the_header_are_passed_over() -> None:
    def change(_: Book, sheet: Worksheet) -> None:
        sheet.insert_rows(1, amount=5)
        sheet["A1"], sheet["B2"] = "拜访日期", "客户姓名"

    assert _found(change)[0]["visits"].header_row == 6


def test_a_header_below_the_first_twenty_rows_is_not_looked_for() -> None:
    assert "visits" not in _found(lambda _, sheet: sheet.insert_rows(1, amount=20))[0]


def test_the_exact_name_wins_and_a_loose_second_is_an_extra() -> None:
    def change(_: Book, sheet: Worksheet) -> None:
        sheet["H1"] = "拜访日期（备用）"

    place = _found(change)[0]["visits"]
    assert place.columns["visit_date"] == 2
    assert place.match.extras == {8: "拜访日期（备用）"}
    assert place.match.doubled == ()


def test_a_loose_name_counts_where_no_exact_one_is() -> None:
    def change(_: Book, sheet: Worksheet) -> None:
        sheet["B1"] = "拜访\n日期 [必填]"

    assert _columns(change)["visit_date"] == 2


def test_a_computed_column_needs_its_mark() -> None:
    def change(_: Book, sheet: Worksheet) -> None:
        sheet["H1"], sheet["I1"] = "第几次拜访", "距上次天数（自动）"

    columns = _columns(change)
    assert "visit_no" not in columns
    assert columns["days_since_prev"] == 9


def test_two_columns_for_one_field_are_told() -> None:
    def change(_: Book, sheet: Worksheet) -> None:
        sheet["H1"] = "Visit date"

    match = _found(change)[0]["visits"].match
    assert match.doubled == (("visit_date", 8, 2),)


def _anchored(book: Book, names: dict[str, str]) -> None:
    for field, text in names.items():
        book.defined_names[anchor("visits", field)] = DefinedName(
            anchor("visits", field), attr_text=text, hidden=True
        )


def test_an_anchor_follows_a_renamed_header() -> None:
    def change(book: Book, sheet: Worksheet) -> None:
        sheet["B1"] = "哪天去的"
        _anchored(book, {"": "'拜访记录与计划'!$A$1:$G$1", "visit_date": "'拜访记录与计划'!$B$1"})

    assert _columns(change)["visit_date"] == 2


def test_an_anchor_yields_to_the_label_of_another_field() -> None:
    def change(book: Book, _: Worksheet) -> None:
        _anchored(book, {"topic": "'拜访记录与计划'!$B$1"})

    assert (_columns(change)["visit_date"], _columns(change)["topic"]) == (2, 7)


def test_anchors_of_deleted_columns_are_ignored() -> None:
    def change(book: Book, _: Worksheet) -> None:
        _anchored(
            book, {"": "#REF!", "visit_date": "'拜访记录与计划'!#REF!", "nothing": "'x'!$A$1"}
        )

    assert _columns(change)["visit_date"] == 2


@pytest.mark.parametrize("title", ["拜访记录与计划 (2)", "备份", "拜访记录"])
def test_a_copied_sheet_is_reported_and_not_read(title: str) -> None:
    def change(book: Book, sheet: Worksheet) -> None:
        book.copy_worksheet(sheet).title = title
        book.move_sheet(title, -5)

    places, copies = _found(change)
    assert places["visits"].sheet.name == "拜访记录与计划"
    assert copies == [Copy("visits", title, "拜访记录与计划")]


def test_a_copy_is_known_although_a_required_header_was_renamed_and_a_column_put_in() -> None:
    def change(book: Book, _: Worksheet) -> None:
        people = book["客户基础信息"]
        people.insert_cols(3)
        people["C1"], people["D1"] = "我的标签", "客户类别（新）的叫法"
        place = f"'{people.title}'!$D$1"
        for field, where in {"": f"'{people.title}'!$A$1:$E$1", "customer_type": place}.items():
            name = anchor("customers", field)
            book.defined_names[name] = DefinedName(name, attr_text=where, hidden=True)
        book.copy_worksheet(people).title = "客户基础信息 (2)"

    places, copies = _found(change)
    assert places["customers"].columns["customer_type"] == 4
    assert copies == [Copy("customers", "客户基础信息 (2)", "客户基础信息")]


def test_a_list_with_a_few_like_columns_is_no_copy() -> None:
    def change(book: Book, _: Worksheet) -> None:
        book.create_sheet("通讯录").append(["姓名", "医院", "科室", "电话"])

    assert _found(change)[1] == []


def test_the_tables_name_tells_a_sheet_that_lost_a_column() -> None:
    def change(_: Book, sheet: Worksheet) -> None:
        sheet.title = "我的表"
        sheet["E1"] = "怎么去的"
        sheet.add_table(Table(displayName="tblVisits", ref="A1:G2"))

    assert _found(change)[0]["visits"].sheet.name == "我的表"


def test_set_anchors_hold_through_a_rename_and_moved_columns() -> None:
    buffer = io.BytesIO()
    book = Book()
    book.worksheets[0].title = "Visits"
    book.worksheets[0].append(HEADERS)
    book.save(buffer)
    made = Workbook(buffer.getvalue())
    set_anchors(made, SCHEMA)
    assert made.planned_names[anchor("visits", "visit_date")] == ("'Visits'!$B$1", True)
    assert made.planned_names[anchor("visits")] == ("'Visits'!$A$1:$G$1", True)
