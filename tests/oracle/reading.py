"""Sheets of a refreshed workbook as plain rows. Nothing here knows the package."""

from __future__ import annotations

import datetime as dt
import io
import math
from typing import Any

import openpyxl

Row = dict[str, Any]
AUTO = "（自动）"
SHEETS = {
    "customers": "客户基础信息", "visits": "拜访记录与计划", "messaging": "产品与信息传递",
    "targets": "销售目标与达成", "issues": "客户反馈与问题跟进", "preferences": "客户偏好与个性化需求",
}  # fmt: skip


def sheets(data: bytes) -> dict[str, list[Row]]:
    """Module -> its rows by header; a text that is blank is None, a moment at midnight a date."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    return {module: list(_rows(book[title])) for module, title in SHEETS.items()}


def _rows(sheet: Any) -> list[Row]:
    lines = [[_value(v) for v in line] for line in sheet.iter_rows(values_only=True)]
    head = lines[0]
    rows = [dict(zip(head, line, strict=False)) for line in lines[1:]]
    rows = [r for r in rows if any(v is not None for v in r.values())]
    for row in rows:
        row["ok"] = not str(row["校验" + AUTO] or "").startswith("×")
    return rows


def _value(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    return None if value == "" else value


def resolve(tables: dict[str, list[Row]]) -> None:
    """Give each row its customer ids under "who", as the contract's section 2 says."""
    by_name: dict[str, list[Row]] = {}
    for person in tables["customers"]:
        by_name.setdefault(person["客户姓名"], []).append(person)
    for module in ("visits", "messaging", "issues", "preferences"):
        for row in tables[module]:
            row["who"] = [
                i for part in str(row["客户姓名"]).split("、") for i in _ids(part, row, by_name)
            ]


def _ids(text: str, row: Row, by_name: dict[str, list[Row]]) -> list[str]:
    name, _, place = text.partition("@")
    place = place or row.get("所在机构") or ""
    found = by_name.get(name, [])
    if len(found) > 1:
        found = [p for p in found if p["所在机构"] == place]
    return [p["客户编号"] for p in found] if len(found) == 1 else []


def alike(found: Any, wanted: Any) -> bool:
    """Whether a cell holds what was computed, numbers to nine digits."""
    if isinstance(wanted, float | int) and isinstance(found, float | int):
        return math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9)
    return bool(found == wanted)


def half(x: float) -> int:
    return math.floor(x + 0.5 + 1e-9)


def last_day(year: int, month: int) -> dt.date:
    after = dt.date(year + month // 12, month % 12 + 1, 1)
    return after - dt.timedelta(days=1)


def bounds(period: str) -> tuple[dt.date, dt.date]:
    """First and last day of 2026, 2026H1, 2026Q3, 2026-08."""
    year, rest = int(period[:4]), period[4:]
    if not rest:
        first, last = 1, 12
    elif rest[0] == "H":
        first, last = (1, 6) if rest == "H1" else (7, 12)
    elif rest[0] == "Q":
        first = 3 * int(rest[1]) - 2
        last = first + 2
    else:
        first = last = int(rest[1:])
    return dt.date(year, first, 1), last_day(year, last)


def before(period: str, back: int) -> str:
    """The period so many of its own length earlier."""
    year, rest = int(period[:4]), period[4:]
    if not rest:
        return str(year - back)
    if rest[0] == "-":
        n = year * 12 + int(rest[1:]) - 1 - back
        return f"{n // 12}-{n % 12 + 1:02d}"
    count = 2 if rest[0] == "H" else 4
    n = year * count + int(rest[1]) - 1 - back
    return f"{n // count}{rest[0]}{n % count + 1}"


def per_year(period: str) -> int:
    return 1 if len(period) == 4 else {"H": 2, "Q": 4, "-": 12}[period[4]]
