"""Each module's table as people leave it: what is planted where, and the workbook that holds it.

A title over the header, headers with line breaks and remarks, a column of the rep's own, a blank
row, a hidden one, merged cells, hundreds of rows that are nothing but colour.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from openpyxl import Workbook as Book
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.worksheet.worksheet import Worksheet

from tests.checks.casebook import BASE, columns, schema

HEADER, FIRST, BLANK, HIDDEN, MERGED = 4, 5, 7, 10, (11, 12)
NAMES = [
    "王芳",
    "李四",
    "赵六",
    "钱七",
    "孙八",
    "周九",
    "吴十",
    "郑一",
    "冯二",
    "陈三",
    "褚五",
    "卫青",
    "蒋平",
    "沈清",
]
NO_FAULT, OWN = "sound", "我的标记"


@dataclass(frozen=True)
class Plant:
    """One cell with something in it (or missing from it) on purpose."""

    field: str
    row: int
    code: str = ""
    value: Any = None
    also: int | None = None
    other: Mapping[str, Any] = having(default_factory=dict)

    def rows(self) -> Sequence[int]:
        """The rows in which the code is to be found."""
        return [self.row] if self.also is None else [self.row, self.also]


@dataclass(frozen=True)
class Plan:
    """What lies in a module's torture sheet, by kind: fault, slip, sound."""

    module: str
    unlike: str
    merged: str
    plants: Mapping[str, Sequence[Plant]]
    rest: Mapping[str, Any]

    def cells(self, *kinds: str) -> dict[str, str]:
        """The code to be found at each cell (A1) of the kinds."""
        return {
            self.cell(p.field, row): p.code
            for kind in kinds
            for p in self.plants[kind]
            for row in p.rows()
        }

    def cell(self, name: str, row: int) -> str:
        """A1 of a field in a row."""
        return f"{get_column_letter(columns(self.module)[name])}{row}"


@cache
def plans() -> dict[str, Plan]:
    """The plan of every module."""
    written = yaml.safe_load(Path(__file__).with_name("torture.yaml").read_text("utf-8"))
    return {module: _plan(module, said) for module, said in written.items()}


def _plan(module: str, said: Mapping[str, Any]) -> Plan:
    plants = {
        kind: [Plant(**{"other" if k == "with" else k: v for k, v in p.items()}) for p in said[kind]]
        for kind in ("fault", "slip", NO_FAULT)
    }  # fmt: skip
    return Plan(module, said["unlike"], said["merged"], plants, said.get("rest", {}))


def torture_book(module: str, *, date1904: bool = False, faulty: bool = True) -> bytes:
    """A workbook of the module's torture sheet behind a sound one of customers.

    Without `faulty` it carries what is strange, and nothing that is wrong.
    """
    book = Book()
    book.epoch = CALENDAR_MAC_1904 if date1904 else CALENDAR_WINDOWS_1900
    for name in dict.fromkeys(["customers", module]):
        kinds = ("fault", "slip", NO_FAULT) if faulty and name == module else ()
        _fill(book.create_sheet(schema().modules[name].sheet["zh"]), plans()[name], kinds)
    if not faulty:
        _plant(book.worksheets[-1], plans()[module], NO_FAULT)
    book.remove(book["Sheet"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _fill(sheet: Worksheet, plan: Plan, kinds: Sequence[str]) -> None:
    at = columns(plan.module)
    sheet.cell(1, 1, "登记表（2026 年，勿删）")
    for name, column in at.items():
        sheet.cell(HEADER, column, header(plan.module, name))
    last = max(at.values()) + 1
    sheet.cell(HEADER, last, OWN)
    for n in range(len(NAMES)):
        for name, value in _record(plan, n).items():
            sheet.cell(FIRST + n + (FIRST + n >= BLANK), at[name], value)
    for row in range(40, 300):
        sheet.cell(row, last).fill = PatternFill("solid", fgColor="FFFF99")
    for kind in kinds:
        _plant(sheet, plan, kind)
    if kinds:
        sheet.row_dimensions[HIDDEN].hidden = True
        first, end = (plan.cell(plan.merged, row) for row in MERGED)
        sheet.merge_cells(f"{first}:{end}")


def header(module: str, name: str) -> str:
    """How the sheet heads a field: the first two with a line break, blanks and a remark."""
    label = schema().modules[module].by_name[name].label("zh")
    strange = columns(module)[name] < 3
    return f" {label[:1]}\n{label[1:]}　（必看）" if strange else label


def _record(plan: Plan, n: int) -> dict[str, Any]:
    """A sound row; no two are alike in what they are known by."""
    known = {**BASE[plan.module], **plan.rest, plan.unlike: NAMES[n]}
    if "summary" in known:
        known["summary"] = f"谈了新指南（{n}）"
    return known


def _plant(sheet: Worksheet, plan: Plan, kind: str) -> None:
    for p in plan.plants[kind]:
        for name, value in {**p.other, p.field: p.value}.items():
            sheet.cell(p.row, columns(plan.module)[name]).value = value
