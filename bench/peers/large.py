"""The large sheet and what is done with it: python large.py make|columns|cell|openpyxl|calamine BOOK OUT."""

from __future__ import annotations

import datetime as dt
import sys

ROWS = 100_000
SHEET = "Visits"
COLUMNS = {
    "Id": "General", "Date": "yyyy-mm-dd", "Rep": "General", "Doctor": "@", "Hospital": "@", "City": "General",
    "Start": "hh:mm", "Minutes": "0", "Amount": "#,##0.00", "Share": "0.0%", "Stage": "@", "Note": "General",
}  # fmt: skip


def make(_: str, out: str) -> None:
    import xlsxwriter

    day = dt.date(2025, 1, 1)
    with xlsxwriter.Workbook(out) as book:
        codes = COLUMNS.values()
        formats = [book.add_format({"num_format": c, "valign": "top"}) for c in codes]
        sheet = book.add_worksheet(SHEET)
        sheet.write_row(0, 0, COLUMNS)
        for n in range(1, ROWS + 1):
            cells = (
                f"V{n:06d}", day + dt.timedelta(days=n % 500), f"R{n % 40:03d}", f"Doctor {n % 2000}",
                f"Hospital {n % 300}", f"City {n % 30}", dt.time(8 + n % 10, n % 60), 5 + n % 55, n * 7 % 99991 / 100,
                n % 1000 / 1000, f"Stage {n % 6}", f"What was said, {n % 9000}" if n % 3 else None,
            )  # fmt: skip
            for column, (value, style) in enumerate(zip(cells, formats, strict=True)):
                sheet.write(n, column, value, style)


def columns(book: str, out: str) -> None:
    from tracker.xlsx import Workbook

    workbook = Workbook.open(book)
    sheet = workbook.sheet(SHEET)
    for row in range(2, ROWS + 2):
        sheet.set(f"H{row}", row * 3 % 1001 / 8)
        sheet.set(f"K{row}", f"State {row % 50}")
    workbook.save(out)


def cell(book: str, out: str) -> None:
    from tracker.xlsx import Workbook

    workbook = Workbook.open(book)
    workbook.sheet(SHEET).set("H50000", 3.5)
    workbook.save(out)


def openpyxl(book: str, out: str) -> None:
    from openpyxl import load_workbook

    load_workbook(book).save(out)


def calamine(book: str, _: str) -> None:
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(book).get_sheet_by_name(SHEET).to_python()
    assert len(rows) == ROWS + 1


if __name__ == "__main__":
    {f.__name__: f for f in (make, columns, cell, openpyxl, calamine)}[sys.argv[1]](*sys.argv[2:])
