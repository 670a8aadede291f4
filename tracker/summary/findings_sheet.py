"""The sheet of findings: counts on top, a filterable line a finding, links that survive sorting."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tracker.book.look import QUIET, TONES, Look, text_width
from tracker.checks.catalogue import hint, is_private, message
from tracker.findings import RANK, Finding
from tracker.schema.model import Schema
from tracker.summary.links import UNFIT, Goal, written_out
from tracker.xlsx.refs import letters
from tracker.xlsx.values import number_text

_TEXTS = {
    "zh": {
        "title": "校验结果", "as_of": "统计日", "none": "√ 没有发现问题",
        "error": "错误", "warning": "警告", "info": "提示",
        "lead": "有错误的行改正前不计入汇总；点“定位”跳到单元格，改好后再次刷新",
        "more": "另有 {n} 条未列出，先改正以上各条再刷新",
    },
    "en": {
        "title": "Findings", "as_of": "As of", "none": "√ Nothing found",
        "error": "Error", "warning": "Warning", "info": "Note",
        "lead": "Rows with an error stay out of the totals until corrected; "
                "click Go to for the cell, then refresh again",
        "more": "{n} more are not listed; correct those above and refresh",
    },
}  # fmt: skip
_COLUMNS = {
    "zh": ("级别", "定位", "表", "记录", "列", "当前值", "问题", "怎么改", "代码", "行编号"),
    "en": ("Severity", "Go to", "Sheet", "Record", "Column", "Value", "Problem", "What to do",
           "Code", "Row id"),
}  # fmt: skip
_WIDTHS = (10, 10, 20, 16, 17, 22, 48, 48, 10, 14)
_LINK, _FIRST_TEXT = 1, 2
_CHIPS = ((0, 1), (2, 2), (3, 3))
_TONE_OF = {"error": TONES["bad"], "warning": TONES["warn"],
            "info": {"font_color": QUIET, "bg_color": "#EEF0F3"}}  # fmt: skip
_EDGE = {"bottom": 1, "bottom_color": "#D9DEE4"}
_HEAD = 4
TABLE = "tblFindings"
_LISTED, _LINKED = 20_000, 10_000  # every link looks its row up when the workbook is calculated
_SHOWN = 120  # characters of a value; the cell itself holds the rest
_LINE, _LEAST, _MOST = 16.5, 21.0, 400.0  # row heights in points


class Places:
    """What the sheet needs to know of the tables: row ids, names of records, id columns."""

    def __init__(
        self, row_ids: Mapping[str, Mapping[int, str]], records: Mapping[str, Mapping[int, str]],
        id_columns: Mapping[str, int],
    ) -> None:  # fmt: skip
        self.row_ids, self.records, self.id_columns = row_ids, records, id_columns
        self._shared = {
            m: {i for i, n in Counter(ids.values()).items() if n > 1} for m, ids in row_ids.items()
        }

    def row_id(self, f: Finding) -> str:
        """Id of the row that a finding is about, "" where it is about none."""
        return self.row_ids.get(f.module or "", {}).get(f.row or 0, "")

    def link_id(self, f: Finding) -> str:
        """Id by which a link finds the row; "" where several rows have it."""
        row_id = self.row_id(f)
        return "" if row_id in self._shared.get(f.module or "", ()) else row_id

    def record(self, f: Finding) -> str:
        """What names the row to a person."""
        return self.records.get(f.module or "", {}).get(f.row or 0, "") or ""


def findings_sheet(
    findings: Sequence[Finding], places: Places, schema: Schema, lang: str, name: str, as_of: str,
    table: str = TABLE,
) -> bytes:  # fmt: skip
    """A one-sheet workbook that lists the findings, errors first; equal input, equal bytes.

    Args:
        findings: with their severities, in the order in which equals are to stand.
        places: ids, names and id columns of the rows they are about.
        schema: gives messages and hints, and which values are personal: those stay in their cells.
        lang: "zh" or "en".
        name: the sheet's name.
        as_of: the day they were found for, as text.
        table: what the list is called as a table of the workbook.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
    page = _Page(book, name, lang, table)
    ordered = sorted(findings, key=lambda f: RANK[f.severity])
    page.head(ordered, as_of)
    if ordered:
        page.list_header(min(len(ordered), _LISTED))
        for row, f in enumerate(ordered[:_LISTED], _HEAD + 1):
            page.line(row, f, places, schema)
    if len(ordered) > _LISTED:
        page.sentence(_HEAD + 1 + _LISTED, "more", n=len(ordered) - _LISTED)
    book.close()
    return buffer.getvalue()


class _Page:
    """The worksheet while it is filled."""

    def __init__(self, book: Any, name: str, lang: str, table: str) -> None:
        self.lang, self.texts, self.table = lang, _TEXTS[lang], table
        self.form = Look(book).format
        self.sheet = book.add_worksheet(name)
        self.tones = {s: self.form(align="center", **_TONE_OF[s], **_EDGE) for s in RANK}
        self.plain = self.form(text_wrap=True, **_EDGE)
        self.link = self.form(font_color="#2F6690", underline=1, **_EDGE)
        for i, width in enumerate(_WIDTHS):
            self.sheet.set_column(i, i, width)
        self._print_setup()

    def head(self, findings: Sequence[Finding], as_of: str) -> None:
        """Title, day, and how many there are of each severity, or that there are none."""
        self.sheet.set_row(0, 30)
        title = self.form(bold=True, font_size=16, font_color="#1F4E79")
        self.sheet.write_string(0, 0, self.texts["title"], title)
        self.sheet.set_row(1, 20)
        said = f"{self.texts['as_of']} {as_of}" + (f" · {self.texts['lead']}" if findings else "")
        self.sheet.write_string(1, 0, said, self.form(font_color=QUIET))
        self.sheet.set_row(2, 24)
        if not findings:
            good = self.form(bold=True, align="center", **TONES["good"])
            self.sheet.merge_range(2, 0, 2, _FIRST_TEXT, self.texts["none"], good)
            return
        counts = Counter(f.severity for f in findings)
        for severity, (first, last) in zip(RANK, _CHIPS, strict=True):
            chip = self.form(bold=True, align="center", **_TONE_OF[severity])
            said = f"{self.texts[severity]} {counts[severity]}"
            if first < last:
                self.sheet.merge_range(2, first, 2, last, said, chip)
            else:
                self.sheet.write_string(2, first, said, chip)

    def list_header(self, count: int) -> None:
        """Headers of the list that stay in sight; it is a table, to filter and to sort."""
        style = self.form(bold=True, font_color="#FFFFFF", bg_color="#1F4E79")
        self.sheet.set_row(_HEAD, 24)
        columns = [{"header": text, "header_format": style} for text in _COLUMNS[self.lang]]
        self.sheet.add_table(_HEAD, 0, _HEAD + count, len(_WIDTHS) - 1, {
            "name": self.table, "style": "Table Style Light 1", "banded_rows": False,
            "columns": columns,
        })  # fmt: skip
        self.sheet.freeze_panes(_HEAD + 1, 0)
        self.sheet.repeat_rows(_HEAD)

    def line(self, row: int, f: Finding, places: Places, schema: Schema) -> None:
        """One finding."""
        self.sheet.write_string(row, 0, self.texts[f.severity], self.tones[f.severity])
        self._go_to(row, f, places)
        said = (tell(f, schema, self.lang, show=False) for tell in (message, hint))
        value = "" if is_private(f, schema) else _value(f.value)
        about = (f.sheet, places.record(f), f.header or "", value)
        cells = (*map(_short, about), *said, f.code, places.row_id(f))
        lines = 1
        for c, text in enumerate(cells, _FIRST_TEXT):
            if not text:
                self.sheet.write_blank(row, c, None, self.plain)
                continue
            lines = max(lines, _lines(text, _WIDTHS[c]))
            fit = text if text.isprintable() else UNFIT.sub("\ufffd", text)
            self.sheet.write_string(row, c, fit, self.plain)
        self.sheet.set_row(row, min(max(lines * _LINE + 4, _LEAST), _MOST))

    def _go_to(self, row: int, f: Finding, places: Places) -> None:
        target = _target(f)
        if row - _HEAD > _LINKED:
            self.sheet.write_string(row, _LINK, target, self.plain)
            return
        ids = places.id_columns.get(f.module or "", 0)
        goal = Goal(f.sheet, f.row or 1, places.link_id(f), ids)
        formula = written_out(goal, f.column or 1)
        self.sheet.write_formula(row, _LINK, formula, self.link, target)

    def sentence(self, row: int, key: str, **facts: object) -> None:
        """A sentence of its own below the list."""
        self.sheet.write_string(row, 0, self.texts[key].format(**facts), self.form(bold=True))

    def _print_setup(self) -> None:
        self.sheet.hide_gridlines(2)
        self.sheet.set_tab_color("#2F6690")
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.set_footer("&C&8&P / &N")
        self.sheet.fit_to_pages(1, 0)
        self.sheet.ignore_errors({"number_stored_as_text": "A1:J1048576"})


def _value(value: object) -> str:
    if value is None:
        return ""
    return number_text(value) if isinstance(value, float) else str(value)


def _short(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a column, by the width of its letters at 10 points in pixels."""
    room = (width * 7 - 4) / (6.8 * 1.08)
    return 1 if 2 * len(text) <= room else math.ceil(text_width(text) / room)


def _target(f: Finding) -> str:
    """A1 reference of the cell to go to: the finding's, else the start of its row or sheet."""
    return f"{letters(f.column or 1)}{f.row or 1}"
