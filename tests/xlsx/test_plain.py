from __future__ import annotations

from tests.xlsx.books import made, sheet
from tracker.xlsx import Workbook
from tracker.xlsx.plain import plain_sheet


def test_rows_come_back() -> None:
    book = Workbook(made({"S": sheet()}))
    book.put_plain("P", plain_sheet([["a<", None, 1.5], [], [" b\n", 2]]))
    page = Workbook(book.to_bytes()).sheet("P")
    assert [page.get(r) for r in ("A1", "B1", "C1", "A3", "B3")] == ["a<", None, 1.5, " b\n", 2]
    assert next(e.state for e in Workbook(book.to_bytes()).entries if e.name == "P") == "hidden"
