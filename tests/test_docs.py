"""The pieces of Python on the pages of docs run, in their order, as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.xlsx.books import written
from tracker.xlsx import Workbook

ROOT = Path(__file__).resolve().parent.parent


def blocks(page: str) -> Iterator[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    yield from re.findall(r"^```python\n(.*?)^```", text, re.S | re.M)


def any_book() -> bytes:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("Sheet1")
        columns = [
            {"header": "no", "total_string": "all"},
            {"header": "pieces", "total_function": "sum"},
        ]
        sheet.add_table("E1:F4", {"name": "Orders", "columns": columns, "total_row": True})
        sheet.write_row("E2", ["X-1", 3])
        sheet.write_row("E3", ["X-2", 5])
        sheet.write_row("A2", ["old", 1])

    return written(build)


def test_the_pieces_of_python_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("any.xlsx").write_bytes(any_book())
    scope: dict[str, Any] = {}
    found = list(blocks("docs/lossless.md"))
    assert len(found) >= 6
    for i, block in enumerate(found, 1):
        exec(compile(block, f"docs/lossless.md, piece {i}", "exec"), scope)
    after = Workbook.open("any.xlsx")
    assert after.sheet("Sheet1").get("B2") == 3.5
    assert after.sheet_names == ["Sheet1"]
    assert after.names["rate"] == "Sheet1!$B$2"
    assert after.properties == {"reviewed": True}
    assert str(after.sheet("Sheet1").tables[0].area) == "E1:G8"
    assert after.sheet("Sheet1").get("E8") == "all"
