"""Nothing grows from refresh to refresh."""

from __future__ import annotations

import datetime as dt
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.books import AS_OF, new_sample
from tests.xlsx.books import written
from tracker.api.config import Config
from tracker.api.run import refresh
from tracker.xlsx import Workbook
from tracker.xlsx.uses import sheet_parts, uses

FIXED = (b"numFmts", b"fonts", b"fills", b"borders", b"cellStyleXfs", b"cellStyles", b"dxfs")
SPARE = 20
"""Entries of earlier days that the tool's own cells have left; 9 were seen in 50 days."""


def live_strings(book: Workbook) -> set[int]:
    """Shared strings that a cell refers to."""
    parts = sheet_parts(book.package, book.part)
    return {int(i) for part in parts for i in uses(book.package.read(part))}


def sizes(data: bytes) -> tuple[dict[bytes, int], int, int, int]:
    """Items of the style sheet, cell formats, shared strings, shared strings that are in use."""
    book = Workbook(data)
    fixed = {c: len(book.styles.items(c)) for c in FIXED}
    formats = len(book.styles.items(b"cellXfs"))
    return fixed, formats, len(book.strings), len(live_strings(book))


def through(path: Path, days: list[date]) -> list[bytes]:
    """The workbook after a refresh for each of the days."""
    out = []
    for day in days:
        refresh(path, day, Config())
        out.append(path.read_bytes())
    return out


@pytest.mark.parametrize("rounds", [3, pytest.param(25, marks=pytest.mark.slow)])
def test_refreshes_for_other_days_add_no_formats_and_leave_no_strings(
    tmp_path: Path, rounds: int
) -> None:
    """A day may show what no day before showed (a first arrow down); a day come again may not."""
    path, days = tmp_path / "b.xlsx", [AS_OF + timedelta(days=n) for n in range(rounds)]
    path.write_bytes(new_sample(size=0.1))
    first, again = through(path, days), through(path, days)
    fixed, formats, _, _ = sizes(first[0])
    for data in [*first, *again]:
        now, cell_formats, strings, live = sizes(data)
        assert now == fixed
        assert cell_formats <= formats + 3
        assert strings <= live + SPARE
    styles = [Workbook(d).package.read("xl/styles.xml") for d in (first[-1], *again)]
    assert len(set(styles)) == 1


def test_a_growing_table_and_a_sheet_made_anew_leave_nothing_behind() -> None:
    def host(book: Any) -> None:
        page = book.add_worksheet("S")
        page.add_table("A1:B3", {"name": "T", "columns": [{"header": "a"}, {"header": "b"}]})
        page.write_row("A2", ["x", 1])
        page.write_row("A3", ["y", 2])

    def donor(n: int, book: Any) -> None:
        page = book.add_worksheet()
        page.write("A1", f"day {n}", book.add_format({"bold": True, "num_format": "0.0%"}))
        page.write_column("A2", [f"text {n % 3 + i}" for i in range(n % 4)])

    data, seen = written(host), set()
    for n in range(50):
        book = Workbook(data)
        page = book.sheet("S")
        page.append("T", [["x", dt.date(2026, 1, 1) + timedelta(days=n)]])
        page.add_column("T", "added")
        book.put_sheet("G", written(partial(donor, n)))
        data = book.to_bytes()
        after = Workbook(data)
        spare = len(after.strings) - len(live_strings(after))
        assert spare <= 3, "at most what the longest sheet has more than the shortest"
        seen.add(after.package.read("xl/styles.xml"))
    assert len(seen) == 1
    assert Workbook(data).sheet("S").tables[0].area.bottom == 53
