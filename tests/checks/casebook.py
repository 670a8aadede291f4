"""Small workbooks for the case table: one clean row a module, changed as a case says."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from openpyxl import Workbook as Book
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tracker.api.config import Config
from tracker.api.session import Session
from tracker.schema.load import load
from tracker.schema.model import Module, Schema
from tracker.xlsx import Workbook

AS_OF = dt.date(2026, 6, 30)
Case = Mapping[str, Any]

BASE: Mapping[str, Mapping[str, Any]] = {
    "customers": {
        "customer_name": "王芳", "institution": "协和医院", "customer_type": "稳定合作",
        "department": "心内科", "potential_level": "中", "customer_support": "高",
    },
    "visits": {
        "visit_date": dt.date(2026, 6, 1), "customer": "王芳", "visit_status": "已完成",
        "visit_method": "实地拜访", "purpose": "学术交流", "summary": "谈了新指南（{row}）",
        "customer_response": "同意", "next_visit_date": dt.date(2026, 6, 20),
    },
    "messaging": {"date": dt.date(2026, 6, 1), "customer": "王芳", "product": "立普妥"},
    "targets": {
        "subject_level": "机构", "customer": "协和医院", "product": "立普妥", "period": "2026Q2",
        "unit": "盒", "target": 100, "actual": 80,
    },
    "issues": {
        "raised_date": dt.date(2026, 6, 1), "customer": "王芳", "record_type": "问题",
        "issue": "用法用量", "issue_status": "处理中", "owner": "李雷",
        "due_date": dt.date(2026, 7, 20),
    },
    "preferences": {"customer": "王芳", "communication_style": "简洁直接"},
}  # fmt: skip


@cache
def schema() -> Schema:
    return load()


@cache
def columns(name: str) -> dict[str, int]:
    """Column numbers of the fields that the case workbooks carry."""
    shown = [c for c in schema().modules[name].columns if c.owner != "computed"]
    return {c.name: i for i, c in enumerate(shown, 1)}


def cell(place: str) -> tuple[str, str]:
    """(module, A1) of "visits.customer.3"; "visits" alone has no cell, "visits!B2" gives it."""
    if "!" in place:
        module, a1 = place.split("!")
        return module, a1
    module, *rest = place.split(".")
    if not rest:
        return module, ""
    return module, f"{get_column_letter(columns(module)[rest[0]])}{rest[1]}"


def session(case: Case) -> Session:
    """The workbook of a case, read."""
    buffer = io.BytesIO()
    _book(case).save(buffer)
    config = Config(settings=case.get("config", {}))
    return Session(Workbook(buffer.getvalue()), schema(), config)


def _book(case: Case) -> Book:
    book = Book()
    for name, module in schema().modules.items():
        if name == "customers" or _touches(case, name):
            _fill(book.create_sheet(module.sheet["zh"]), module, case)
    for title, rows in case.get("sheets", {}).items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    if "state" in case:
        _remember(book.create_sheet("_tracker"), case["state"])
    for name, title in case.get("copies", {}).items():
        twin = book.copy_worksheet(book[schema().modules[name].sheet["zh"]])
        twin.title = title
    book.remove(book["Sheet"])
    return book


def _touches(case: Case, name: str) -> bool:
    changes = ("rows", "cells", "headers", "hide", "merge", "copies")
    return any(name in case.get(key, ()) for key in changes)


def _fill(sheet: Worksheet, module: Module, case: Case) -> None:
    name = module.name
    renamed = case.get("headers", {}).get(name, {})
    for field, at in columns(name).items():
        sheet.cell(1, at, renamed.get(field, module.by_name[field].label("zh")))
    for row, changed in enumerate(case.get("rows", {}).get(name, [{}]), 2):
        record = changed if "only" in changed else {**BASE[name], **changed}
        for field, value in record.items():
            if field != "only":
                said = value.replace("{row}", str(row)) if isinstance(value, str) else value
                sheet.cell(row, columns(name)[field], said)
    for where, value in case.get("cells", {}).get(name, {}).items():
        sheet[where] = value
    for row in case.get("hide", {}).get(name, ()):
        sheet.row_dimensions[row].hidden = True
    for place in case.get("merge", {}).get(name, ()):
        first, last = (cell(f"{name}.{p}")[1] for p in place)
        sheet.merge_cells(f"{first}:{last}")


def _remember(sheet: Worksheet, state: Mapping[str, Any]) -> None:
    """A state sheet: rows by module and id, and lines as they are for generated sheets."""
    fields = {m: sorted({f for r in rows.values() for f in r}) for m, rows in state["rows"].items()}
    head = {
        "meta": {"workbook": "w", "revision": "1", "as_of": str(state.get("as_of", ""))},
        "fields": fields,
        "marks": state.get("marks", {}),
    }
    lines: list[Any] = [head]
    for module, rows in state["rows"].items():
        for key, values in rows.items():
            marks = state.get("marked", {}).get(key, "")
            lines.append([module, key, marks, [values.get(f) for f in fields[module]]])
    for line in (*lines, *state.get("lines", ())):
        sheet.append([json.dumps(line, ensure_ascii=False)])
