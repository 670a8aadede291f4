"""Which cells may be put right, and in what format they are then."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook as Pyxl
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from tests.books import AS_OF, opened
from tracker.xlsx import Workbook

SHEETS = {
    "客户基础信息": [["客户编号", "客户姓名", "所在机构", "客户类型", "办公电话", "授权日期"],
                     ["CBCDFGH", "王芳", "协和医院", "稳定合作", None, None]],
    "拜访记录与计划": [["客户姓名", "拜访日期", "状态", "拜访方式", "拜访目的", "主要沟通内容纪要", "主题"],
                       ["王芳", dt.date(2026, 6, 1), "已完成", "实地拜访", "学术交流", "谈了指南", None]],
    "销售目标与达成": [["口径", "客户/机构", "产品", "周期", "单位", "销售目标"],
                       ["机构", "协和医院", "甲片", "2026Q3", "盒", 100]],
}  # fmt: skip
PEOPLE, VISITS, TARGETS = SHEETS
THOUSANDS = "[>=1000]#,##0;General"


def made(*cells: tuple[str, str, Any], style: str | None = None, date1904: bool = False) -> Pyxl:
    """A workbook of one row a sheet, with some cells typed over."""
    book = Pyxl()
    if date1904:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        book.epoch = CALENDAR_MAC_1904
    book.remove(book.worksheets[0])
    for title, rows in SHEETS.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    for title, ref, value in cells:
        cell = book[title][ref]
        cell.value, cell.font = value, Font(bold=True)
        cell.number_format = style or "General"
    return book


def saved(book: Pyxl) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def fixed(data: bytes) -> tuple[bytes, list[tuple[str, Any, Any]]]:
    """The workbook put right, and (cell, old, new) of each change."""
    _, report, after = opened(data).prepare_fixes(AS_OF)
    assert report.changes is not None
    return after, [(c.cell, c.old, c.new) for c in report.changes.cells]


def untouched(data: bytes, code: str) -> bool:
    """Whether there is a finding of a code, it proposes nothing, and nothing is changed."""
    found = [f for f in opened(data).check(AS_OF) if f.code == code]
    return bool(found) and all(f.fix is None for f in found) and fixed(data) == (data, [])


def test_an_id_is_told_and_left() -> None:
    assert untouched(saved(made((PEOPLE, "A2", "CBCDFGH "))), "GEN006")


def test_a_formula_is_left() -> None:
    data = saved(made((VISITS, "B2", "=1")))
    part, out = Workbook(data).sheet(VISITS).part, io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            body = old.read(info)
            if info.filename == part:
                body, n = re.subn(rb'(<c r="B2"[^>]*)><f>1</f><v></v>',
                                  rb'\1 t="str"><f>"2026.6."&amp;5</f><v>2026.6.5</v>', body)  # fmt: skip
                assert n == 1
            new.writestr(info, body)
    assert untouched(out.getvalue(), "GEN007")


def test_a_part_of_a_merged_area_is_left() -> None:
    book = made((VISITS, "G2", "指南 "))
    book[VISITS].merge_cells("G2:G3")
    assert untouched(saved(book), "GEN006")


def test_a_text_in_several_formats_is_left() -> None:
    rich = CellRichText("指南 ", TextBlock(InlineFont(b=True), "更新 "))
    assert untouched(saved(made((VISITS, "G2", rich))), "GEN006")


def test_a_day_that_the_date_system_has_not_is_left() -> None:
    assert untouched(saved(made((PEOPLE, "F2", "1890-01-01"))), "GEN007")
    assert untouched(saved(made((PEOPLE, "F2", "1903-12-31"), date1904=True)), "GEN007")


@pytest.mark.parametrize("date1904", [False, True])
@pytest.mark.parametrize(
    ("sheet", "cell", "style", "dirty", "code"),
    [(TARGETS, "F2", "@", "3万", THOUSANDS), (TARGETS, "F2", "yyyy-mm-dd", "12", THOUSANDS),
     (TARGETS, "F2", "General", "1,200", THOUSANDS), (TARGETS, "F2", "0.00", "12", "0.00"),
     (TARGETS, "D2", "General", "26Q3", "@"), (TARGETS, "D2", "yyyy-mm-dd", dt.date(2026, 8, 1), "@"),
     (PEOPLE, "E2", "0.00E+00", 13800138000, "@"), (PEOPLE, "E2", "@", "138 ", "@"),
     (VISITS, "B2", "@", "2026.3.5", "yyyy-mm-dd"), (VISITS, "B2", "d/m/yy", "2026.3.5", "d/m/yy"),
     (VISITS, "B2", "General", 46086, "yyyy-mm-dd"), (VISITS, "B2", "General", 46086.75, "yyyy-mm-dd hh:mm"),
     (VISITS, "B2", "General", "2026-3-5 9:30", "yyyy-mm-dd hh:mm"), (VISITS, "G2", "General", "指南 ", "General")],
)  # fmt: skip
def test_a_cell_put_right_has_a_format_in_which_it_stays_so(
    sheet: str, cell: str, style: str, dirty: Any, code: str, *, date1904: bool
) -> None:
    data = saved(made((sheet, cell, dirty), style=style, date1904=date1904))
    after, cells = fixed(data)
    assert [c for c, _, _ in cells] == [cell]
    right = load_workbook(io.BytesIO(after))[sheet][cell]
    assert right.number_format == code
    assert right.font.b  # all else of its look is kept
    assert fixed(after) == (after, [])


def test_a_change_shows_what_the_cell_shows() -> None:
    cells = [
        (VISITS, "B2", 46086), (VISITS, "G2", "指南\n"), (TARGETS, "F2", "3万"), (PEOPLE, "E2", 13800138000),
    ]  # fmt: skip
    _, changes = fixed(saved(made(*cells)))
    assert changes == [
        ("E2", 13800138000.0, "13800138000"), ("B2", 46086.0, dt.date(2026, 3, 5)), ("G2", "指南\n", "指南"),
        ("F2", "3万", 30000.0),
    ]  # fmt: skip
    _, changes = fixed(saved(made((TARGETS, "D2", dt.date(2026, 8, 1)), style="yyyy-mm-dd")))
    assert changes == [("D2", "2026-08-01", "2026-08")]


def test_the_graver_of_two_findings_at_a_cell_says_what_it_becomes() -> None:
    data = saved(made((VISITS, "A2", " 王-芳 ")))
    found = {f.code: f.fix for f in opened(data).check(AS_OF) if f.field == "customer"}
    assert found == {"GEN006": "王-芳", "GEN015": "王芳"}
    assert fixed(data)[1] == [("A2", " 王-芳 ", "王芳")]
