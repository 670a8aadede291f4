"""What is done to every workbook, and how it is undone."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from tests.corpus.place import ROWS, Place
from tests.xlsx.books import written
from tracker.xlsx import Workbook
from tracker.xlsx.serial import to_serial

STEPS = ("cell", "column", "sheet", "all")
SHEET = "Grafted 图"
NUMBER = 4711.25
_CYCLE = (NUMBER, "A & B <数>", True, dt.date(2026, 6, 30), 17)
COLUMN = [_CYCLE[i % len(_CYCLE)] for i in range(ROWS)]
ON_SHEET = {"A2": "north", "B2": 3.5, "B3": 4.25}


def applied(data: bytes, step: str, place: Place) -> bytes:
    """The workbook with one step's changes, or with those of all."""
    book = Workbook(data)
    if step in ("column", "all"):
        for where, value in zip(place.cells, COLUMN, strict=True):
            book.sheet(place.sheet).set(where, value)
    if step == "cell":
        book.sheet(place.sheet).set(place.cells[0], NUMBER)
    if step in ("sheet", "all"):
        book.put_sheet(SHEET, donor())
    return book.to_bytes(break_signature=True)


def undone(data: bytes, step: str, place: Place) -> bytes:
    """The same taken away again."""
    book = Workbook(data)
    for where in place.cells if step in ("column", "all") else place.cells[:1]:
        if step != "sheet":
            book.sheet(place.sheet).set(where, None)
    if step in ("sheet", "all"):
        book.drop_sheet(SHEET)
    return book.to_bytes(break_signature=True)


def planned(step: str, place: Place) -> dict[tuple[str, str], Any]:
    """What the cells of a step must hold, by sheet and reference."""
    cells: dict[tuple[str, str], Any] = {}
    if step == "cell":
        cells[place.sheet, place.cells[0]] = NUMBER
    if step in ("column", "all"):
        cells |= {(place.sheet, c): v for c, v in zip(place.cells, COLUMN, strict=True)}
    if step in ("sheet", "all"):
        cells |= {(SHEET, c): v for c, v in ON_SHEET.items()}
    return cells


def same(found: Any, value: Any, *, date1904: bool = False) -> bool:
    """Whether a reader's value is the planned one; numbers may show as dates, and dates so."""
    if isinstance(value, str | bool) or isinstance(found, str | bool):
        return type(found) is type(value) and bool(found == value)
    return _serial(found, date1904=date1904) == _serial(value, date1904=date1904)


def _serial(value: Any, *, date1904: bool) -> float | None:
    if isinstance(value, dt.date | dt.time):
        return round(to_serial(value, date1904=date1904), 6)
    if isinstance(value, dt.timedelta):
        return round(value / dt.timedelta(days=1), 6)
    return round(float(value), 6) if isinstance(value, int | float) else None


@cache
def donor() -> bytes:
    """A generated sheet with all that ours have: formats, rules, bars, a chart, print set-up."""
    return written(_build)


def _build(book: Any) -> None:
    page = book.add_worksheet("Donor")
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page.write_row("A1", ["region", "value", "day", "line"], head)
    for i, name in enumerate(("north", "south", "east", "west")):
        page.write_row(i + 1, 0, [name, 3.5 + i * 0.75])
        page.write_datetime(i + 1, 2, dt.datetime(2026, 6, i + 1), day)  # noqa: DTZ001
        page.add_sparkline(i + 1, 3, {"range": "Donor!B2:B5"})
    page.write_formula("B6", "=SUM(B2:B5)", head, 18.5)
    page.conditional_format("B2:B5", {"type": "data_bar", "data_bar_2010": True})
    warm = book.add_format({"font_color": "#9C0006", "bg_color": "#FFC7CE"})
    page.conditional_format("B2:B5", {"type": "cell", "criteria": ">", "value": 5, "format": warm})
    page.data_validation("A2:A5", {"validate": "list", "source": ["north", "south"]})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": "=Donor!$A$2:$A$5", "values": "=Donor!$B$2:$B$5"})
    page.insert_chart("F2", chart)
    page.write_url("A8", "https://example.org/", string="out")
    page.write_url("A9", "internal:'Donor'!A1", string="up")
    page.repeat_rows(0)
    page.print_area("A1:F20")
    page.freeze_panes(1, 0)
    page.set_column("A:A", 14, day)
