"""The worked book: a representative's workbook as XlsxWriter can draw it, with a real pivot table."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from sample_workbooks import pivot, sheets
from sample_workbooks.diary import Row, story_until
from sample_workbooks.tables import (
    VISITS,
    Formats,
    ModuleSheet,
    decorate_targets,
    decorate_visits,
    modules,
    write_module,
)
from tracker.schema.load import load
from tracker.schema.model import Lookup
from tracker.xlsx import Workbook

REP, REP_NAME = "R001", "林可欣"
PIVOT = "透视"
_UNTIL = dt.date(2026, 5, 31)
_SIZE = 0.4
_PIVOTED = ("customer", "visit_date", "visit_status", "visit_method")
_CREATED = dt.datetime(2026, 1, 5, 8, 0, tzinfo=dt.UTC)


def worked_layout() -> bytes:
    """The book as its owner laid it out by the end of May, before any refresh."""
    rows = story_until(_UNTIL, REP, REP_NAME, _SIZE)
    made = {n: ModuleSheet(m, rows[n]) for n, m in modules().items()}
    source = _pivot_source(made["visits"])
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False})
    book.set_properties({"created": _CREATED, "author": REP_NAME})
    formats = Formats(book)
    sheets.write_board(book, rows["visits"], formats)
    for name, module in made.items():
        sheet = book.add_worksheet(module.name)
        write_module(sheet, module, formats)
        if name == "visits":
            decorate_visits(sheet, module, formats)
        if name == "targets":
            decorate_targets(book, sheet, module)
    sheets.write_costs(book, formats)
    _write_pivot_cells(book.add_worksheet(PIVOT), source, formats)
    sheets.write_notes(book, formats)
    _write_support(book, rows, formats)
    book.close()
    data = buffer.getvalue()
    return pivot.add_pivot(data, Workbook(data).sheet(PIVOT).part, source)


def _pivot_source(visits: ModuleSheet) -> pivot.Source:
    """The first four columns of the visits, as the cache sees them."""
    first, last = (visits.letter(f) for f in ("visit_status", "customer"))
    fields = sorted(_PIVOTED, key=visits.place)
    headers = {f: visits.header(visits.columns[visits.place(f)]) for f in fields}
    return pivot.Source(
        VISITS, f"{first}1:{last}{len(visits.rows) + 1}",
        {headers[f]: [row[f] for row in visits.rows] for f in fields},
        down=headers["visit_method"], across=headers["visit_status"],
    )  # fmt: skip


def _write_pivot_cells(sheet: Any, source: pivot.Source, formats: Formats) -> None:
    for n, line in enumerate(pivot.grid(source), pivot.TOP - 1):
        for at, value in enumerate(line):
            if value is not None:
                sheet.write(n, at, value, formats(bold=not at))
    sheet.set_column(0, 0, 18)


def _write_support(book: Any, rows: Mapping[str, Sequence[Row]], formats: Formats) -> None:
    """The lists of products and institutions and the settings; the dictionary was deleted."""
    lookups = load().lookups
    for name in ("products", "institutions"):
        _write_list(book, lookups[name], rows[name], formats)
    settings = lookups["settings"]
    values = {"rep_code": REP, "rep_name": REP_NAME, "language": "中文"}
    sheet = book.add_worksheet(settings.sheet["zh"])
    sheet.write_row(0, 0, ["项目", "值"], formats(bold=True))
    for n, setting in enumerate(settings.rows, 1):
        sheet.write_string(n, 0, setting.zh, formats())
        sheet.write_string(n, 1, values.get(setting.key, setting.default), formats())
    sheet.set_column(0, 1, 16)


def _write_list(book: Any, lookup: Lookup, rows: Sequence[Row], formats: Formats) -> None:
    sheet = book.add_worksheet(lookup.sheet["zh"])
    for at, column in enumerate(lookup.columns):
        sheet.write_string(0, at, column.label("zh"), formats(bold=True))
        sheet.set_column(at, at, column.width)
        for n, row in enumerate(rows, 1):
            if row.get(column.name) is not None:
                sheet.write_string(n, at, str(row[column.name]), formats())
