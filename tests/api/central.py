"""A small table with a centrally kept column, its workbook, and the side that sends bundles."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from tracker.api.book import Book
from tracker.api.config import Config
from tracker.api.inbox import bundle_name
from tracker.api.report import Report
from tracker.api.run import refresh
from tracker.book.create import new_workbook
from tracker.book.rows import key_text
from tracker.bundles.codec import digest, encode
from tracker.bundles.desk import told
from tracker.bundles.model import Bundle, Entry, Known, Place
from tracker.history.threeway import Value
from tracker.resources import schema_dir
from tracker.schema.load import load
from tracker.xlsx import Workbook
from tracker.xlsx.refs import ref

AS_OF = date(2026, 6, 30)
GOALS = """\
module: goals
sheet: {zh: 指标, en: Goals}
table: tblGoals
id: {field: goal_id, letter: G}
natural_key: [region, product]
label: region
columns:
  - {name: region, zh: 地区, type: text, need: required}
  - {name: product, zh: 产品, type: ref, ref: {to: products}}
  - {name: level, zh: 级别, type: pick, picks: [{code: hi, zh: 高, en: High}, {code: lo, zh: 低, en: Low}]}
  - {name: goal, zh: 目标, type: num}
  - {name: due, zh: 期限, type: date, format: yyyy-mm-dd}
  - {name: done, zh: 完成, type: num}
  - {name: goal_id, zh: 编号, type: text, owner: id}
  - {name: row_check, zh: 校验, type: text, owner: computed}
"""
DISTRIBUTE = {
    "owner": "rep_code",
    "tables": {
        "products": {"fields": ["code", "unit", "active"]},
        "institutions": {"key": ["name", "alias"]},
        "goals": {"fields": ["goal", "level", "due"], "within": ["product"]},
    },
}
ROWS = [
    {"region": "东区", "product": "甲药", "goal": 100, "done": 5},
    {"region": "西区", "product": "甲药", "goal": 200},
]


def schema_folder(folder: Path) -> Path:
    """A schema of one table, with the shipped thresholds but for what is kept centrally."""
    folder.mkdir(parents=True)
    (folder / "goals.yaml").write_text(GOALS, "utf-8")
    shipped = yaml.safe_load((schema_dir() / "thresholds.yaml").read_text("utf-8"))
    own = {
        **shipped, "distribute": DISTRIBUTE, "rollup": {**shipped["rollup"], "shared": []},
        "summary": {"blocks": ["quality"], "limits": {}},
    }  # fmt: skip
    (folder / "thresholds.yaml").write_text(yaml.safe_dump(own, allow_unicode=True), "utf-8")
    return folder


def new_book(
    folder: Path, rep: str = "R001", rows: list[dict[str, Any]] | None = None, lang: str = "zh"
) -> bytes:
    """The bytes of a workbook of the small table."""
    products = [{"name": "甲药", "code": "P1", "active": "是"}]
    data = {"goals": ROWS if rows is None else rows, "products": products}
    settings = {"rep_code": rep, "language": lang}
    return new_workbook(load(folder), data, settings, f"{rep[1:]:0<32}", lang=lang, owner=rep)


class Rep:
    """A rep's workbook: typed into, refreshed, looked at."""

    def __init__(self, path: Path, schema: Path) -> None:
        self.path, self.schema = path, schema

    def opened(self) -> Book:
        """The workbook as it is on disk."""
        return Book(self.path, schema=self.schema, config=Config())

    def refresh(self, **options: Any) -> Report:
        """Refresh it in place."""
        return refresh(self.path, AS_OF, Config(), schema=self.schema, **options)

    def goals(self) -> dict[str, dict[str, Any]]:
        """The table by region, as typed values, ids with them."""
        frame = self.opened().session.frames["goals"]
        records: list[dict[str, Any]] = frame.reset_index().to_dict("records")  # type: ignore[assignment]
        return {r["region"]: r for r in records}

    def type(self, sheet: str, cell: str, value: Any) -> None:
        """Type into a cell."""
        book = Workbook.open(self.path)
        book.sheet(sheet).set(cell, value)
        self.path.write_bytes(book.to_bytes())

    def cell(self, region: str, field: str) -> str:
        """A1 reference of a field in the row of a region."""
        session = self.opened().session
        frame = session.frames["goals"]
        return ref(
            int(frame.index[frame["region"] == region][0]), session.places["goals"].columns[field]
        )

    def conflicts(self) -> list[list[Any]]:
        """The lines of the sheet of conflicts under its header."""
        book = Workbook.open(self.path)
        if "冲突" not in book.sheet_names:
            return []
        sheet = book.sheet("冲突")
        rows = [[sheet.get(f"{c}{n}") for c in "ABCDEFGHIJK"] for n in sheet.scan.rows if n > 5]
        return [r for r in rows if r[10]]

    def adopt(self, choice: str, other: Any = None, line: int = 6) -> None:
        """Choose on the sheet of conflicts."""
        book = Workbook.open(self.path)
        book.sheet("冲突").set(f"H{line}", choice or None)
        if other is not None:
            book.sheet("冲突").set(f"I{line}", other)
        self.path.write_bytes(book.to_bytes())


class Sender:
    """The central side of one workbook: makes its bundles and lays them into the inbox."""

    def __init__(self, rep: Rep) -> None:
        self.rep, self.said, self.number = rep, dict[Place, Known](), 0
        self.workbook = rep.opened().session.workbook_id

    def send(self, *rows: Entry, gone: tuple[Place, ...] = (), **other: Any) -> Path:
        """Lay the next bundle into the inbox."""
        self.number += 1
        facts = {
            "workbook": self.workbook, "owner": "R001", "number": self.number, "schema": "1",
            "follows": self.number - 1, "base": digest(self.said), "day": "2026-06-30", "sender": "计划",
        }  # fmt: skip
        made = Bundle(**{**facts, **other}, rows=rows, gone=gone)
        self.said = told(self.said, made)
        file = self.rep.path.parent / "tracker-inbox" / bundle_name(self.workbook, made.number)
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(encode(made))
        return file


def goal(region: str, value: Value, **other: Value) -> Entry:
    """A row of the table as a bundle has it."""
    at = {"region": region, "product": "甲药"}
    return Entry("goals", key_text([region, "甲药"]), at, {"goal": value, **other})


def product(name: str, **values: Value) -> Entry:
    """A row of the list of products as a bundle has it."""
    return Entry("products", key_text([name]), {"name": name}, values)


def codes(report: Report) -> list[str]:
    """Codes about bundles and conflicts."""
    return sorted(f.code for f in report.findings if f.code.startswith("DST"))
