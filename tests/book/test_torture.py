"""One sheet with everything people do to a table: each fault at its cell, and no false alarm."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from openpyxl import Workbook as Book
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from tracker.api.config import Config
from tracker.api.session import Session
from tracker.checks.catalogue import cell
from tracker.schema.load import load
from tracker.xlsx import Workbook
from tracker.xlsx.serial import to_serial

AS_OF = dt.date(2026, 6, 30)
# renamed, aliased, reordered; a remark in brackets; two columns of the rep's own
HEADERS = [
    "我的标记",
    "方  式",
    "拜访\n时间（当天）",
    "Customer",
    "状态",
    "目的",
    "沟通纪要",
    "客户回应",
    "开始时间",
    "下次拜访日期",
    "礼品",
]
FAULTS = {
    ("GEN007", "C6"), ("GEN007", "C7"), ("GEN007", "C8"), ("GEN006", "D9"), ("GEN012", ""), ("GEN003", "B10"),
    ("GEN013", "D11"), ("GEN013", "D12"), ("GEN011", "J13"), ("GEN009", "J14"), ("GEN001", "D16"), ("GEN007", "C17"),
    ("GEN002", "C18"), ("GEN002", "I19"), ("GEN019", "D21"), ("GEN015", "D22"),
    ("GEN010", "A3"), ("GEN010", "K3"), ("VIS215", "C7"), ("VIS215", "C8"), ("VIS215", "C16"), ("VIS215", "C17"),
}  # fmt: skip


def _visit(day: Any, who: str | None = "王芳", **other: Any) -> list[Any]:
    known = {
        "method": "实地拜访",
        "status": "已完成",
        "summary": f"谈了指南（{day}）",
        "start": None,
        "next": dt.date(2026, 6, 29),
    }
    v = {**known, **other}
    return [
        None,
        v["method"],
        day,
        who,
        v["status"],
        "学术交流",
        v["summary"],
        "同意",
        v["start"],
        v["next"],
    ]


def _book(*, date1904: bool = False) -> bytes:
    book = Book()
    if date1904:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    sheet.title = "2026 拜访"
    sheet["A1"] = "拜访登记表（2026 年）"
    sheet.merge_cells("A1:K1")
    for column, text in enumerate(HEADERS, 1):
        sheet.cell(3, column, text)
    day = dt.date(2026, 6, 1)
    serial = to_serial(dt.date(2026, 6, 7), date1904=date1904)
    rows = {
        4: _visit(day), 6: _visit("2026-06-05"), 7: _visit("2026年6月6日"), 8: _visit(serial),
        9: _visit(dt.date(2026, 6, 8), "王芳\u3000"), 10: _visit(dt.date(2026, 6, 9), method="视频会"),
        11: _visit(dt.date(2026, 6, 10)), 12: _visit(dt.date(2026, 6, 10), None),
        13: _visit(dt.date(2026, 6, 11), next="=C13+5"), 14: _visit(dt.date(2026, 6, 12), next="#REF!"),
        16: _visit(dt.date(2026, 6, 13), None), 17: _visit("31/05/2026"), 18: _visit("2026-02-30"),
        19: _visit(dt.date(2026, 6, 15), start="一早"), 20: _visit(dt.date(2026, 6, 16), start="下午2点半"),
        21: [None, None, None, "合计", None, None, 14], 22: _visit(dt.date(2026, 6, 17), "王方"),
    }  # fmt: skip
    for row, values in rows.items():
        for column, value in enumerate(values, 1):
            sheet.cell(row, column, value)
    sheet.cell(8, 3).number_format = "General"
    sheet.row_dimensions[9].hidden = True
    sheet.merge_cells("D11:D12")
    for row in range(23, 400):
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor="FFFF99")
    sheet["M4"] = "草稿"
    sheet["D4"].comment = Comment("note", "rep")
    people = book.create_sheet("客户信息")
    for column, text in enumerate(["客户姓名", "所在机构", "客户类型"], 1):
        people.cell(1, column, text)
        people.cell(2, column, ["王芳", "协和医院", "稳定合作"][column - 1])
    book.create_sheet("我的笔记")["A1"] = "客户姓名"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("date1904", [False, True])
def test_every_planted_fault_is_found_at_its_cell_and_no_other(date1904: bool) -> None:
    session = Session(Workbook(_book(date1904=date1904)), load(), Config())
    analysis = session.analyse(AS_OF)
    found = {(f.code, cell(f) or "") for f in analysis.findings}
    assert found == FAULTS
    frame = session.frames["visits"]
    assert list(frame.index) == [*range(4, 5), *range(6, 15), *range(16, 21), 22]
    days = {row: day.date().isoformat() for row, day in frame["visit_date"].dropna().items()}
    assert days[8] == "2026-06-07"
    assert days[17] == "2026-05-31"
    assert frame.loc[20, "start_time"] == 14 * 60 + 30
    out = {r for r, counts in analysis.valid["visits"].items() if not counts}
    assert out == {10, 11, 12, 13, 16, 18, 19, 22}


def test_columns_keep_their_places() -> None:
    place = Session(Workbook(_book()), load(), Config()).places["visits"]
    assert (place.sheet.name, place.header_row) == ("2026 拜访", 3)
    letters = {name: get_column_letter(at) for name, at in place.columns.items()}
    assert letters["visit_date"] == "C"
    assert letters["visit_method"] == "B"
    assert letters["summary"] == "G"
