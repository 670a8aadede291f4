from __future__ import annotations

from collections.abc import Sequence

from tracker.book.generated import changed_cells, sheet_marks
from tracker.xlsx.plain import plain_sheet
from tracker.xlsx.scan import scan
from tracker.xlsx.strings import SharedStrings

NONE = SharedStrings(None)
Rows = Sequence[Sequence[str | float | None]]
WRITTEN: Rows = [
    ["错误", "D4", 1.5],
    ["警告", "D9", None],
    ["警告", "D9", None],
    ["提示", "E2", 3.0],
]


def changed(now: Rows) -> list[str]:
    marks = sheet_marks(scan(plain_sheet(WRITTEN)), NONE)
    return changed_cells(marks, scan(plain_sheet(now)), NONE)


def test_what_was_typed_is_named() -> None:
    assert changed(WRITTEN) == []
    assert changed([*WRITTEN[:3], ["提示", "E2", 4.0]]) == ["C4"]
    assert changed([*WRITTEN, [None, "我的"]]) == ["B5"]
    assert changed(WRITTEN[:3]) == ["A4", "B4", "C4"]


def test_rows_that_were_only_sorted_hold_what_was_written() -> None:
    assert changed(WRITTEN[::-1]) == []
    assert changed([WRITTEN[1], [], WRITTEN[0], WRITTEN[3], WRITTEN[2]]) == []


def test_what_was_typed_is_seen_in_a_sorted_sheet_too() -> None:
    assert "C1" in changed([["提示", "E2", 4.0], *WRITTEN[:3]])
