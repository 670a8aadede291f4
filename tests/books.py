"""Sample workbooks for tests, and hands that edit them as a person would."""

from __future__ import annotations

import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tracker.api.book import Book
from tracker.api.config import Config
from tracker.api.run import new
from tracker.findings import Finding
from tracker.xlsx import Workbook
from tracker.xlsx.refs import ref

AS_OF = date(2026, 6, 30)
Place = tuple[str, str, str]
"""(code, module, cell)"""


def new_sample(lang: str = "zh", size: float = 1.0) -> bytes:
    """The bytes of a new sample workbook, made once a process."""
    return _new_sample(lang, size)


@cache
def _new_sample(lang: str, size: float) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.xlsx"
        new(path, lang=lang, sample=True, size=size, config=Config())
        return path.read_bytes()


def opened(data: bytes) -> Book:
    """A workbook in memory, without any configuration."""
    return Book(Path("book.xlsx"), data, config=Config())


def refreshed(data: bytes, as_of: date = AS_OF) -> bytes:
    """The bytes after a refresh in memory."""
    return opened(data).prepare(as_of)[1]


def refreshed_sample(lang: str = "zh", size: float = 1.0) -> bytes:
    """The sample workbook after its first refresh, for AS_OF, made once a process."""
    return _refreshed_sample(lang, size)


@cache
def _refreshed_sample(lang: str, size: float) -> bytes:
    return refreshed(_new_sample(lang, size))


class Hand:
    """Types into a workbook by module, field and Excel row."""

    def __init__(self, data: bytes) -> None:
        self.book = opened(data)
        self.typed = Workbook(data)

    def frame(self, module: str) -> Any:
        """The module's frame, its index the Excel row."""
        return self.book.session.frames[module]

    def cell(self, module: str, field: str, row: int) -> str:
        """A1 reference of a field in a row."""
        return ref(row, self.book.session.places[module].columns[field])

    def sheet(self, module: str) -> str:
        """Name of the module's sheet."""
        return self.book.session.places[module].sheet.name

    def type(self, module: str, field: str, row: int, value: Any) -> str:
        """Type a value; returns the cell."""
        where = self.cell(module, field, row)
        self.typed.sheet(self.sheet(module)).set(where, value)
        return where

    def read(self, module: str, field: str, row: int) -> Any:
        """What the cell holds in the workbook as it came."""
        return self.typed.sheet(self.sheet(module)).get(self.cell(module, field, row))

    def done(self) -> bytes:
        """The edited workbook."""
        return self.typed.to_bytes()


def places(findings: list[Finding] | tuple[Finding, ...]) -> set[Place]:
    """Findings as (code, module, cell)."""
    return {
        (f.code, f.module or "", ref(f.row, f.column) if f.row and f.column else "")
        for f in findings
    }


def moved(data: bytes, stage: str) -> tuple[bytes, int]:
    """The workbook with the first partner's stage typed over, and its row."""
    hand = Hand(data)
    stages = hand.frame("customers")["relationship_stage"]
    row = int(stages.index[stages == "partner"][0])
    hand.type("customers", "relationship_stage", row, stage)
    return hand.done(), row
