"""The sheet of conflicts: a line a conflict, a drop-down that says whose value is to stand."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from tracker.book.ids import ALPHABET
from tracker.book.look import QUIET, Look, text_width
from tracker.book.lookups import Context
from tracker.bundles.model import Dispute
from tracker.schema.names import plain
from tracker.summary.links import Goal, written_out
from tracker.xlsx import Sheet
from tracker.xlsx.refs import letters
from tracker.xlsx.values import number_text

_TEXTS = {
    "zh": {
        "title": "冲突", "lead": "两边都改过、改得不一样的内容。在“采用”中选择，保存后再次刷新即照办；"
        "在此之前您的内容保持不变",
        "count": "待定 {n}", "row": "（整行）", "gone": "（本表已删除）", "withdrawn": "（已撤回）",
        "stands": "（保留）", "changed": "（有更新）", "blank": "（空白）",
    },
    "en": {
        "title": "Conflicts",
        "lead": "Changed on both sides and not alike. Choose under Adopt, save, and the next refresh "
        "does it; until then yours stays",
        "count": "{n} open", "row": "(whole row)", "gone": "(deleted here)", "withdrawn": "(withdrawn)",
        "stands": "(kept)", "changed": "(changed)", "blank": "(blank)",
    },
}  # fmt: skip
SIDES: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "zh": {"mine": "我的", "theirs": "下发的", "other": "另填"},
    "en": {"mine": "Mine", "theirs": "Sent", "other": "Other"},
})  # fmt: skip
_COLUMNS = {
    "zh": ("表", "定位", "记录", "列", "我的", "下发的", "原来的", "采用", "另填值", "来自", "编号"),
    "en": ("Sheet", "Go to", "Record", "Column", "Mine", "Sent", "Before", "Adopt", "Other value", "From", "Ref"),
}  # fmt: skip
_WIDTHS = (19, 8, 30, 15, 16, 16, 16, 12, 16, 28, 12)
_GO, _RECORD, _FIELD, _MINE, _THEIRS, _BASE, _ADOPT, _OTHER, _FROM, _REF = range(1, 11)
_CENTRED = frozenset({_MINE, _THEIRS, _BASE, _ADOPT, _OTHER})
TYPED_COLUMNS = frozenset({"H", "I"})
"""Columns that belong to the person: what to adopt, and another value."""
TABLE = "tblConflicts"
_HEAD = 4
_EDGE = {"bottom": 1, "bottom_color": "#D9DEE4"}
_TYPED = {"bg_color": "#FFFBE8", "border": 1, "border_color": "#E8DFC0"}
_LINE, _LEAST = 16.5, 24.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A conflict as a person sees it.

    Attributes:
        goal: where to go, its `column` 0 where rows have no ids; None for a row that is not there.
        column: the column of the cell.
        sheet, record, header: which cell.
        mine, theirs, base: its values as cells would show them.
    """

    dispute: Dispute
    goal: Goal | None
    sheet: str
    record: str
    header: str
    mine: object
    theirs: object
    base: object
    column: int = 1


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed in the line of a conflict: the choice, another value."""

    adopt: str = ""
    other: Any = None


def token(d: Dispute) -> str:
    """What a line is known by: the cell and what was sent, so that an old choice fits no new word."""
    said = json.dumps([d.table, d.key, d.field, d.kind, d.theirs, d.bundle])
    number = int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest())
    return "".join(ALPHABET[number // 20**i % 20] for i in range(8))


def side(text: str) -> str | None:
    """The side that a choice names in either language, or None."""
    known = {plain(w): s for words in SIDES.values() for s, w in words.items()}
    return known.get(plain(text))


def read_typed(sheet: Sheet, ctx: Context) -> dict[str, Typed]:
    """What was typed on the sheet, by the token of the line; the header tells the columns."""
    known = {
        ctx.variants.plain(names[at]): at
        for names in _COLUMNS.values()
        for at in (_ADOPT, _OTHER, _REF)
    }
    found: dict[str, Typed] = {}
    columns: dict[int, int] = {}
    for row in sheet.scan.rows.values():
        cells = {c.column: sheet.value(c) for c in sheet.scan.cells(row)}
        if not columns:
            headed = {c: known.get(ctx.variants.plain(str(v))) for c, v in cells.items() if v}
            at = {c: k for c, k in headed.items() if k is not None}
            columns = at if {_ADOPT, _REF} <= set(at.values()) else {}
            continue
        line = {k: cells.get(c) for c, k in columns.items()}
        if line.get(_REF):
            adopt, other = line.get(_ADOPT), line.get(_OTHER)
            adopt = "" if adopt is None else str(adopt).strip()
            found[str(line[_REF])] = Typed(adopt, None if other == "" else other)
    return found


def conflicts_sheet(
    asked: Sequence[Asked], typed: Mapping[str, Typed], lang: str, name: str, table: str = TABLE
) -> bytes:
    """A one-sheet workbook that lists the conflicts; equal input, equal bytes.

    Args:
        asked: the conflicts in the order in which they are to stand.
        typed: what stands in the person's columns, by token.
        lang: "zh" or "en".
        name: the sheet's name.
        table: what the list is called as a table of the workbook.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
    page = _Page(book, name, lang)
    page.head(len(asked), table)
    for row, one in enumerate(asked, _HEAD + 1):
        page.line(row, one, typed.get(token(one.dispute), Typed()))
    book.close()
    return buffer.getvalue()


class _Page:
    """The worksheet while it is filled."""

    def __init__(self, book: Any, name: str, lang: str) -> None:
        self.lang, self.texts = lang, _TEXTS[lang]
        self.form = Look(book).format
        self.sheet = book.add_worksheet(name)
        for i, width in enumerate(_WIDTHS):
            self.sheet.set_column(i, i, width)
        self.sheet.hide_gridlines(2)
        self.sheet.set_tab_color("#B7472A")
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.ignore_errors({"number_stored_as_text": "A1:K1048576"})

    def head(self, count: int, table: str) -> None:
        """Title, what to do, how many there are, and the list's headers, which stay in sight."""
        said = self.texts
        self.sheet.set_row(0, 30)
        title = self.form(bold=True, font_size=16, font_color="#1F4E79")
        self.sheet.write_string(0, 0, said["title"], title)
        self.sheet.set_row(1, 20)
        self.sheet.write_string(1, 0, said["lead"], self.form(font_color=QUIET))
        self.sheet.set_row(2, 24)
        chip = self.form(bold=True, align="center", font_color="#8A5A00", bg_color="#FFF3D6")
        self.sheet.write_string(2, 0, said["count"].format(n=count), chip)
        style = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79"}
        centred = self.form(align="center", **style)
        self.sheet.set_row(_HEAD, 24)
        headers = [
            {"header": t, "header_format": centred if i in _CENTRED else self.form(**style)}
            for i, t in enumerate(_COLUMNS[self.lang])
        ]
        self.sheet.add_table(_HEAD, 0, _HEAD + count, len(_WIDTHS) - 1, {
            "name": table, "style": "Table Style Light 1", "banded_rows": False,
            "columns": headers,
        })  # fmt: skip
        self.sheet.data_validation(_HEAD + 1, _ADOPT, _HEAD + count, _ADOPT, {
            "validate": "list", "source": list(SIDES[self.lang].values()),
            "error_type": "warning",
        })  # fmt: skip
        self.sheet.freeze_panes(_HEAD + 1, 0)
        self.sheet.repeat_rows(_HEAD)

    def line(self, row: int, one: Asked, typed: Typed) -> None:
        """One conflict."""
        d, plain_form = one.dispute, self.form(text_wrap=True, **_EDGE)
        source = f"{d.sender} · {d.day} · {d.bundle}" if d.sender else f"{d.day} · {d.bundle}"
        texts = {
            0: one.sheet,
            _RECORD: one.record,
            _FIELD: one.header or self.texts["row"],
            _FROM: source,
            _REF: token(d),
        }
        lines = max(_lines(text, _WIDTHS[c]) for c, text in texts.items())
        for c, text in texts.items():
            self.sheet.write_string(row, c, text, plain_form)
        self._link(row, one)
        for c, value in zip((_MINE, _THEIRS, _BASE), self._values(one), strict=True):
            lines = max(lines, self._value(row, c, value))
        entry = self.form(text_wrap=True, align="center", **_TYPED)
        if typed.adopt:
            self.sheet.write_string(row, _ADOPT, typed.adopt, entry)
        else:
            self.sheet.write_blank(row, _ADOPT, None, entry)
        self._other(row, typed.other)
        self.sheet.set_row(row, max(lines * _LINE + 6, _LEAST))

    def _values(self, one: Asked) -> Iterator[object]:
        said = self.texts
        if one.dispute.kind == "deleted_mine":
            yield from (said["gone"], said["changed"], None)
        elif one.dispute.kind == "deleted_theirs":
            yield from (said["stands"], said["withdrawn"], None)
        else:
            for value in (one.mine, one.theirs, one.base):
                yield said["blank"] if value is None else value

    def _value(self, row: int, column: int, value: object) -> int:
        """Write a value; returns the lines that it takes."""
        weight = {"bold": True} if column != _BASE else {"font_color": QUIET}
        if isinstance(value, int | float) and not isinstance(value, bool):
            shown_as = "#,##0" if float(value).is_integer() else "#,##0.00##"
            number = self.form(align="center", num_format=shown_as, **weight, **_EDGE)
            self.sheet.write_number(row, column, value, number)
            return 1
        text = "" if value is None else str(value)
        form = self.form(text_wrap=True, align="center", **weight, **_EDGE)
        if text:
            self.sheet.write_string(row, column, text, form)
        else:
            self.sheet.write_blank(row, column, None, form)
        return _lines(text, _WIDTHS[column])

    def _other(self, row: int, value: Any) -> None:
        form = self.form(text_wrap=True, **_TYPED)
        if isinstance(value, float):
            self.sheet.write_number(row, _OTHER, value, form)
        elif value is None:
            self.sheet.write_blank(row, _OTHER, None, form)
        else:
            self.sheet.write_string(row, _OTHER, str(value), form)

    def _link(self, row: int, one: Asked) -> None:
        """A link to the cell; by row id where there is one, so that it still holds after sorting."""
        link = self.form(font_color="#2F6690", underline=1, **_EDGE)
        if one.goal is None:
            self.sheet.write_blank(row, _GO, None, link)
            return
        target = f"{letters(one.column)}{one.goal.row}"
        formula = written_out(one.goal, one.column)
        self.sheet.write_formula(row, _GO, formula, link, target)


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of that width."""
    return max(1, -(-int(text_width(text)) // max(1, int(width - 1))))


def shown(value: object) -> str:
    """A value as messages name it."""
    return "" if value is None else number_text(value) if isinstance(value, float) else str(value)
