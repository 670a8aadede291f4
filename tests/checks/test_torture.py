"""Each module's table as people leave it: every planted fault at its cell, and no false alarm."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from openpyxl import Workbook as Book
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.worksheet.worksheet import Worksheet

from tests.checks.casebook import AS_OF, BASE, columns, schema
from tracker.api.config import Config
from tracker.api.session import Session
from tracker.checks.catalogue import cell
from tracker.xlsx import Workbook

HEADER, FIRST = 4, 5
NAMES = ("王芳", "李四", "赵六", "钱七", "孙八", "周九", "吴十", "郑一")


class Plan(NamedTuple):
    """Where the faults of a module go: a pick, a required field, a formula, a date as text."""

    pick: str
    required: str
    formula: str
    date: str
    unlike: str
    others: Mapping[str, Any]


PLANS = {
    "customers": Plan("customer_type", "customer_name", "region", "assessed_on", "customer_name", {}),
    "visits": Plan("visit_method", "visit_status", "topic", "next_visit_date", "customer", {}),
    "messaging": Plan("reaction", "product", "feedback", "date", "customer", {}),
    "targets": Plan("data_source", "unit", "remarks", "actual_as_of", "product", {}),
    "issues": Plan("issue_category", "record_type", "progress", "due_date", "customer", {}),
    "preferences": Plan("medium_preference", "customer", "preferred_time", "important_date", "customer",
                        {"date_type": "生日", "consent": "是"}),
}  # fmt: skip


def _record(module: str, n: int) -> dict[str, Any]:
    """A sound row; no two are alike in what they are known by."""
    plan = PLANS[module]
    known = {**BASE[module], **plan.others, plan.unlike: NAMES[n]}
    if "summary" in known:
        known["summary"] = f"谈了新指南（{n}）"
    if module == "preferences":
        known["important_date"] = "05-18"
    return known


def _fill(sheet: Worksheet, module: str, *, faulty: bool) -> None:
    at = columns(module)
    sheet.cell(1, 1, "登记表（2026 年，勿删）")
    for field, column in at.items():
        label = schema().modules[module].by_name[field].label("zh")
        sheet.cell(HEADER, column, f" {label[:1]}\n{label[1:]}　（必看）" if column < 3 else label)
    last = max(at.values()) + 1
    sheet.cell(HEADER, last, "我的标记")
    for n in range(len(NAMES)):
        row = FIRST + n + (n > 1)  # a blank row after the second
        for field, value in _record(module, n).items():
            sheet.cell(row, at[field], value)
    for row in range(40, 300):
        sheet.cell(row, last).fill = PatternFill("solid", fgColor="FFFF99")
    if faulty:
        plan = PLANS[module]
        sheet.cell(FIRST, at[plan.pick], "乱写的")
        sheet.cell(8, at[plan.required], None).value = None
        sheet.cell(9, at[plan.formula], "=1+1")
        sheet.cell(10, at[plan.date], "2026年6月30日")
        sheet.row_dimensions[10].hidden = True
        free = at[plan.formula]
        sheet.merge_cells(start_row=11, end_row=12, start_column=free, end_column=free)


def _book(module: str, *, date1904: bool, faulty: bool) -> bytes:
    book = Book()
    book.epoch = CALENDAR_MAC_1904 if date1904 else CALENDAR_WINDOWS_1900
    for name in dict.fromkeys(["customers", module]):
        sheet = book.create_sheet(f"{schema().modules[name].sheet['zh']}")
        _fill(sheet, name, faulty=faulty and name == module)
    book.remove(book["Sheet"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _found(data: bytes, module: str) -> set[tuple[str, str]]:
    session = Session(Workbook(data), schema(), Config())
    findings = session.analyse(AS_OF).findings
    return {(f.code, cell(f) or "") for f in findings if f.module == module and f.code != "GEN010"}


@pytest.mark.parametrize("date1904", [False, True])
@pytest.mark.parametrize("module", PLANS)
def test_every_planted_fault_is_found_at_its_cell_and_no_other(module: str, date1904: bool) -> None:
    plan, at = PLANS[module], columns(module)
    places = {
        ("GEN003", plan.pick, 5), ("GEN001", plan.required, 8),
        ("GEN011", plan.formula, 9), ("GEN007", plan.date, 10),
    }  # fmt: skip
    expected = {(code, f"{get_column_letter(at[f])}{row}") for code, f, row in places}
    assert _found(_book(module, date1904=date1904, faulty=True), module) == expected | {
        ("GEN012", "")
    }


@pytest.mark.parametrize("module", PLANS)
def test_the_same_without_faults_is_clean(module: str) -> None:
    assert _found(_book(module, date1904=False, faulty=False), module) == set()
