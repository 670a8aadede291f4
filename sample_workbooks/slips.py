"""What the owner of the worked book did to it in June: everyday slips, each at one cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tracker
from tracker.api.book import Book
from tracker.xlsx import Workbook
from tracker.xlsx.refs import ref

Pick = Callable[[Any], Any]
"""A module's frame -> which of its rows may be spoilt, as a boolean Series."""


@dataclass(frozen=True)
class Slip:
    """One slip: which row and field, what is typed there, the code that a refresh answers with.

    `nth` counts among the rows that `where` allows.
    """

    code: str
    module: str
    field: str
    value: Any
    what: str
    where: Pick = lambda frame: frame.index.notna()
    nth: int = 0


@dataclass(frozen=True)
class Planted:
    """A slip in the workbook: its code, its place, what was done in Chinese."""

    code: str
    module: str
    sheet: str
    cell: str
    what: str


def _done(frame: Any) -> Any:
    return frame["visit_status"] == "completed"


def _timed(frame: Any) -> Any:
    return _done(frame) & frame["start_time"].gt(9 * 60) & frame["end_time"].notna()


def _not_top(frame: Any) -> Any:
    return frame["customer_type"].eq("dormant") & frame["office_phone"].notna()


def _phoned(frame: Any) -> Any:
    return frame["customer_type"].ne("dormant") & frame["office_phone"].notna()


def _aimed(frame: Any) -> Any:
    return frame["target"].notna() & frame["period"].eq("2026Q2")


SLIPS = (
    Slip("GEN003", "visits", "visit_method", "线上拜", "拜访方式写成“线上拜”", _done, 20),
    Slip("VIS204", "visits", "summary", None, "已完成的拜访删掉了沟通纪要", _done, 40),
    Slip("VIS203", "visits", "end_time", dt.time(8, 0), "结束时间早于开始时间", _timed, 60),
    Slip("GEN002", "visits", "next_visit_date", "下周三", "下次拜访日期写成“下周三”", _done, 80),
    Slip("GEN008", "targets", "target", "3万", "销售目标写成“3万”", _aimed),
    Slip("CUS109", "customers", "office_phone", 13805101234, "办公电话成了数字", _phoned, 2),
    Slip("GEN006", "customers", "department", " 心内科　", "科室前后带空格", _phoned, 4),
    Slip("GEN014", "customers", "tier", "A", "在“客户分级（自动）”里手填 A", _not_top),
    Slip("GEN015", "issues", "customer", "欧阳不详", "客户不在客户表里"),
    Slip("ISS502", "issues", "due_date", dt.date(2020, 1, 1), "时限早于提出日期", nth=1),
)
_BELOW: Sequence[Mapping[str, Any]] = (
    {
        "visit_date": "2026.6.3", "visit_status": "已完成", "visit_method": "微信",
        "purpose": "学术交流", "summary": "发了指南摘要，约好六月下旬面谈", "customer_response": "同意",
        "next_visit_date": dt.date(2026, 7, 8),
    },
    {
        "visit_date": dt.date(2026, 7, 15), "visit_status": "计划", "visit_method": "实地拜访",
        "purpose": "产品信息传递",
    },
)  # fmt: skip


def make_slips(path: Path, out: Path) -> list[Planted]:
    """Edit a refreshed book with the engine as its owner would in a spreadsheet, and save it.

    Returns what was planted, in the order in which it was done.
    """
    read, book = tracker.open(path), Workbook.open(path)
    planted = [_spoil(read, book, slip) for slip in SLIPS]
    planted += _type_below(read, book)
    planted += _copy_target(read, book)
    planted.append(_type_into_summary(book))
    book.save(out)
    return planted


def _spoil(read: Book, book: Workbook, slip: Slip) -> Planted:
    frame = read.modules[slip.module]
    row = read.session.tables[slip.module].rows[_position(frame, slip)]
    return _put(read, book, slip, row)


def _position(frame: Any, slip: Slip) -> int:
    allowed = [i for i, fits in enumerate(slip.where(frame)) if fits]
    return allowed[slip.nth]


def _put(read: Book, book: Workbook, slip: Slip, row: int) -> Planted:
    place = read.session.places[slip.module]
    at = ref(row, place.columns[slip.field])
    book.sheet(place.sheet.name).set(at, slip.value)
    return Planted(slip.code, slip.module, place.sheet.name, at, slip.what)


def _bottom(read: Book, module: str) -> int:
    return read.session.tables[module].rows[-1]


def _type_below(read: Book, book: Workbook) -> list[Planted]:
    """Two visits below the table, the first with its date as text; and a row copied with its id."""
    place, bottom = read.session.places["visits"], _bottom(read, "visits")
    sheet, columns = book.sheet(place.sheet.name), place.columns
    customers = read.modules["customers"]
    names = customers.loc[customers["status"].eq("active"), "customer_name"]
    for n, typed in enumerate(_BELOW, 1):
        for field, value in {"customer": names.iloc[n], **typed}.items():
            sheet.set(ref(bottom + n, columns[field]), value)
    copied, last = read.session.tables["visits"].rows[7], bottom + len(_BELOW) + 1
    _copy_row(sheet, copied, last, columns.values())
    dated, doubled = columns["visit_date"], columns["visit_id"]
    return [
        Planted(
            "GEN007",
            "visits",
            sheet.name,
            ref(bottom + 1, dated),
            "表格下方手填一行，日期写成 2026.6.3",
        ),
        Planted("GEN004", "visits", sheet.name, ref(last, doubled), "整行复制，连编号一起"),
    ]


def _copy_row(sheet: Any, source: int, target: int, columns: Any) -> None:
    """Copy cells as they are stored, dates as their numbers: the columns have the formats."""
    for column in columns:
        stored = sheet.raw(source, column)
        value = sheet.value(stored) if stored else None
        if value is not None:
            sheet.set(ref(target, column), value)


def _copy_target(read: Book, book: Workbook) -> list[Planted]:
    """A row of targets copied below the table without its id."""
    place, row = read.session.places["targets"], _bottom(read, "targets")
    sheet, module = book.sheet(place.sheet.name), place.module
    inputs = [c for n, c in place.columns.items() if module.by_name[n].owner == "input"]
    _copy_row(sheet, row, row + 1, inputs)
    at = place.columns["period"]
    what = "目标行复制到表格下方，没有编号"
    return [Planted("TGT401", "targets", sheet.name, ref(r, at), what) for r in (row, row + 1)]


def _type_into_summary(book: Workbook) -> Planted:
    """A remark typed into the generated Summary, below all that stands there."""
    sheet = book.sheet("汇总")
    at = f"B{max(sheet.scan.rows) + 3}"
    sheet.set(at, "周五前交给经理")
    return Planted("GEN020", "", sheet.name, "", f"在“汇总”{at} 里写了备注")
