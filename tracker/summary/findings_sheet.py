"""The sheet of findings: counts on top, one filterable line a finding, links that survive sorting."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tracker.checks.catalogue import cell, hint, message
from tracker.findings import Finding
from tracker.schema.model import Schema
from tracker.xlsx.refs import letters, quoted

_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
_TEXTS = {
    "zh": {
        "title": "校验结果", "as_of": "统计日", "none": "没有发现问题。",
        "error": "错误", "warning": "警告", "info": "提示",
        "columns": ("级别", "代码", "表", "行编号", "记录", "列", "当前值", "问题", "怎么改", "定位"),
    },
    "en": {
        "title": "Findings", "as_of": "As of", "none": "Nothing found.",
        "error": "Error", "warning": "Warning", "info": "Note",
        "columns": ("Severity", "Code", "Sheet", "Row id", "Record", "Column", "Value", "Problem",
                    "What to do", "Go to"),
    },
}  # fmt: skip
_WIDTHS = (8, 9, 20, 13, 18, 18, 22, 52, 52, 9)
_TONES = {
    "error": {"font_color": "#A3201D", "bg_color": "#FBE3E1"},
    "warning": {"font_color": "#8A5A00", "bg_color": "#FFF3D6"},
    "info": {"font_color": "#5F6B7A", "bg_color": "#EEF0F3"},
}
_HEAD = 4
_MAX_LINKS = 60_000


class Places:
    """What the sheet needs to know of the tables: row ids, names of records, id columns."""

    def __init__(
        self, row_ids: Mapping[str, Mapping[int, str]], records: Mapping[str, Mapping[int, str]],
        id_columns: Mapping[str, int],
    ) -> None:  # fmt: skip
        self.row_ids, self.records, self.id_columns = row_ids, records, id_columns

    def row_id(self, f: Finding) -> str:
        """Id of the row that a finding is about, "" where it is about none."""
        return self.row_ids.get(f.module or "", {}).get(f.row or 0, "")

    def record(self, f: Finding) -> str:
        """What names the row to a person."""
        return self.records.get(f.module or "", {}).get(f.row or 0, "") or ""


def findings_sheet(
    findings: Sequence[Finding], places: Places, schema: Schema, lang: str, name: str, as_of: str
) -> bytes:
    """A one-sheet workbook that lists the findings, errors first; equal input, equal bytes."""
    import xlsxwriter

    buffer, texts = io.BytesIO(), _TEXTS[lang]
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - a fixed day for equal bytes
    sheet = book.add_worksheet(name)
    make = _formats(book)
    ordered = sorted(findings, key=lambda f: ("error", "warning", "info").index(f.severity))
    _head(sheet, make, ordered, texts, as_of)
    for r, f in enumerate(ordered, _HEAD + 1):
        _line(sheet, make, r, f, places, schema, lang)
    if not ordered:
        sheet.write_string(_HEAD + 1, 0, str(texts["none"]), make())
    _layout(sheet, len(ordered))
    book.close()
    return buffer.getvalue()


def _formats(book: Any) -> Callable[..., Any]:
    made: dict[tuple[tuple[str, object], ...], Any] = {}

    def make(**how: object) -> Any:
        key = tuple(sorted(how.items()))
        if key not in made:
            made[key] = book.add_format({**_FONT, **how})
        return made[key]

    return make


def _head(
    sheet: Any, make: Callable[..., Any], findings: Sequence[Finding], texts: Mapping[str, Any], as_of: str
) -> None:
    sheet.write_string(0, 0, texts["title"], make(bold=True, font_size=16, font_color="#1F4E79"))
    sheet.write_string(1, 0, f"{texts['as_of']} {as_of}", make(font_color="#5F6B7A"))
    counts = Counter(f.severity for f in findings)
    for i, severity in enumerate(_TONES):
        said = f"{texts[severity]} {counts[severity]}"
        sheet.write_string(2, i, said, make(bold=True, align="center", **_TONES[severity]))
    for c, text in enumerate(texts["columns"]):
        style = make(bold=True, font_color="#FFFFFF", bg_color="#1F4E79")
        sheet.write_string(_HEAD, c, text, style)


def _line(
    sheet: Any, make: Callable[..., Any], r: int, f: Finding, places: Places, schema: Schema, lang: str
) -> None:
    tone, wrap = make(align="center", **_TONES[f.severity]), make(text_wrap=True)
    sheet.write_string(r, 0, str(_TEXTS[lang][f.severity]), tone)
    value = "" if f.value is None else str(f.value)
    texts = (f.code, f.sheet, places.row_id(f), places.record(f), f.header or "", value)
    for c, text in enumerate(texts, 1):
        sheet.write_string(r, c, text[:1000], make())
    sheet.write_string(r, 7, message(f, schema, lang), wrap)
    sheet.write_string(r, 8, hint(f, schema, lang), wrap)
    where = cell(f)
    if r < _MAX_LINKS:
        link = make(font_color="#0563C1", underline=1)
        sheet.write_formula(r, 9, _link(f, places, where), link, where or "A1")


def _link(f: Finding, places: Places, where: str | None) -> str:
    """A link to the cell; by row id where there is one, so that it still holds after sorting."""
    target, key = quoted(f.sheet), places.row_id(f)
    label = (where or "A1").replace('"', "")
    at = places.id_columns.get(f.module or "")
    start = "#" + target.replace('"', '""') + "!"
    if not key or not at or f.column is None:
        return f'=HYPERLINK("{start}{where or "A1"}","{label}")'
    ids = f"{target}!${letters(at)}:${letters(at)}"
    row = f'IFERROR(MATCH("{key}",{ids},0),{f.row})'
    return f'=HYPERLINK("{start}{letters(f.column)}"&{row},"{label}")'


def _layout(sheet: Any, count: int) -> None:
    for i, width in enumerate(_WIDTHS):
        sheet.set_column(i, i, width)
    sheet.set_row(0, 28)
    sheet.freeze_panes(_HEAD + 1, 0)
    sheet.autofilter(_HEAD, 0, _HEAD + max(count, 1), len(_WIDTHS) - 1)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD)
