"""A new workbook from the schema: the module sheets, the support sheets, the hidden ones."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

from tracker.book.anchors import set_anchors
from tracker.book.lists import ROWS, YES_NO, hidden_lists, list_name, list_ranges, lists_sheet
from tracker.book.locate import locate
from tracker.book.look import HEADER_HEIGHT, QUIET, ROW_HEIGHT, TABS, Look, shown_width
from tracker.book.settings import HEADER
from tracker.book.state import OWNER, WORKBOOK, State, state_sheet
from tracker.book.tablesheet import (
    drop_down,
    growing_list,
    note,
    shown_columns,
    write_table,
    write_tint,
)
from tracker.schema.model import Column, Lookup, Schema
from tracker.schema.names import PickList, Variants
from tracker.xlsx import Workbook
from tracker.xlsx.refs import letters

Rows = Sequence[Mapping[str, object]]
_CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_STEPS = {
    "zh": (
        "先填好这几张表：{support}",
        "再逐行填写各数据表，从“{first}”开始。表头的颜色：",
        "保存并关闭工作簿，运行 tracker refresh，这里会生成汇总。",
    ),
    "en": (
        "Fill in these sheets first: {support}",
        'Then the data sheets, a row at a time, beginning with "{first}". What headers tell:',
        "Save and close the workbook and run tracker refresh: the summary appears here.",
    ),
}
_LEGEND = {
    "zh": {"required": "必填", "input": "选填", "computed": "自动填写，不用管"},
    "en": {"required": "required", "input": "if known", "computed": "filled in for you"},
}
_LATER = {
    "zh": "运行 tracker refresh 后，校验结果列在这里。",
    "en": "Run tracker refresh: what it finds is listed here.",
}


def new_workbook(
    schema: Schema, data: Mapping[str, Rows], settings: Mapping[str, str], workbook_id: str,
    *, lang: str, owner: str = "", packs: frozenset[str] = frozenset(), tinted: bool = True,
) -> bytes:  # fmt: skip
    """The bytes of a new workbook.

    Args:
        schema: gives sheets, columns, lists.
        data: rows by module or list name, values by field as a person types them.
        settings: values of the settings sheet by key; the rest are the defaults.
        workbook_id: what the workbook is known by.
        lang: "zh" or "en", the language of everything written.
        owner: whose it is; a workbook that changes hands gets another id.
        packs: optional column packs to include beside the core.
        tinted: whether faulty cells are to be tinted.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False})
    made.set_properties({"created": _CREATED})
    look = Look(made)
    _first_steps(made, schema, look, lang)
    for module in schema.modules.values():
        columns = shown_columns(module, packs)
        sheet = made.add_worksheet(module.sheet[lang])
        write_table(sheet, module, columns, data.get(module.name, ()), look, schema, lang)
        if tinted:
            write_tint(sheet, module, columns, look)
    later = _plain(made, schema.sheet_title("findings", lang))
    later.write_string(1, 1, _LATER[lang], look.format(font_color=QUIET))
    for lookup in schema.lookups.values():
        sheet = made.add_worksheet(lookup.sheet[lang])
        _write_lookup(sheet, lookup, schema, data, settings, look, lang)
    made.close()
    meta = {
        WORKBOOK: workbook_id, OWNER: owner, "schema": schema.version, "revision": "0", "lang": lang,
    }  # fmt: skip
    return _finished(buffer.getvalue(), schema, State(meta=meta), lang)


def _finished(data: bytes, schema: Schema, state: State, lang: str) -> bytes:
    """The workbook with its hidden sheets and the hidden names that follow its tables."""
    book = Workbook(data)
    variants = Variants(schema.variants)
    picks = {
        (m.name, c.name): PickList(c.picks, variants)
        for m in schema.modules.values()
        for c in m.columns
        if c.picks
    }
    lists = hidden_lists(schema.modules.values(), picks, lang)
    title = schema.sheet_title("lists", lang)
    book.put_plain(title, lists_sheet(lists))
    for name, text in {**list_ranges(lists, title), **_growing(book, schema, lang)}.items():
        book.set_name(name, text, hidden=True)
    set_anchors(book, schema)
    book.put_plain(schema.sheet_title("state", lang), state_sheet(state))
    return book.to_bytes()


def _growing(book: Workbook, schema: Schema, lang: str) -> dict[str, str]:
    """Names of the lists that grow with a table: rows of a module, entries of a support sheet."""
    found = {}
    for name, place in locate(book, schema)[0].items():
        label = place.module.label_field
        if label and label in place.columns and place.module.by_name[label].type != "ref":
            found[list_name("", name)] = growing_list(place.sheet.name, place.columns[label])
    for lookup in schema.lookups.values():
        if lookup.kind == "list":
            at = [c.name for c in lookup.columns].index(lookup.key) + 1
            found[list_name("", lookup.name)] = growing_list(lookup.sheet[lang], at)
    return found


def _plain(made: Any, title: str) -> Any:
    """An empty sheet with a margin, to write sentences on."""
    sheet = made.add_worksheet(title)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 3)
    sheet.set_default_row(22)
    return sheet


def _first_steps(made: Any, schema: Schema, look: Look, lang: str) -> None:
    """What to do with a new workbook, and what the colours of its headers mean."""
    sheet = _plain(made, schema.sheet_title("summary", lang))
    support = [k.sheet[lang] for k in schema.lookups.values() if k.kind != "picks"]
    names = {
        "support": ("、" if lang == "zh" else ", ").join(support),
        "first": next(iter(schema.modules.values())).sheet[lang],
    }
    sheet.set_row(1, 30)
    title = look.format(bold=True, font_size=16, font_color="#1F4E79")
    sheet.write_string(1, 1, schema.sheet_title("summary", lang), title)
    number, text = look.format(bold=True, align="center"), look.format()
    for r, (n, said) in zip((3, 4, 6), enumerate(_STEPS[lang], 1), strict=True):
        sheet.write_number(r, 1, n, number)
        sheet.write_string(r, 2, said.format_map(names), text)
    for c, (kind, said) in enumerate(_LEGEND[lang].items(), 2):
        sheet.write_string(5, c, said, look.legend(kind))
    sheet.set_column(1, 1, 5)
    sheet.set_column(2, 4, 20)


def _write_lookup(
    sheet: Any, lookup: Lookup, schema: Schema, data: Mapping[str, Rows],
    settings: Mapping[str, str], look: Look, lang: str,
) -> None:  # fmt: skip
    sheet.set_default_row(ROW_HEIGHT)
    sheet.set_tab_color(TABS["support"])
    sheet.freeze_panes(1, 0)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    if lookup.kind == "settings":
        _write_settings(sheet, lookup, settings, look, lang)
        return
    rows = _dictionary(schema, lang) if lookup.kind == "picks" else data.get(lookup.name, ())
    sheet.set_row(0, HEADER_HEIGHT)
    for i, column in enumerate(lookup.columns):
        sheet.write_string(0, i, column.label(lang), look.header(column))
        sheet.set_column(i, i, shown_width(column, lang), look.code(column))
        drop_down(sheet, i, column, _labels(column, lang), lang)
        note(sheet, i, column, lang)
        for r, row in enumerate(rows, 1):
            if row.get(column.name) is not None:
                sheet.write_string(r, i, str(row[column.name]), look.code(column))
    sheet.autofilter(0, 0, max(len(rows), 1), len(lookup.columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A2:{letters(len(lookup.columns))}{ROWS}"})


def _labels(column: Column, lang: str) -> list[str] | None:
    """The few values of a support sheet's column, to choose from."""
    picks = YES_NO if column.type == "bool" else column.picks
    return [p.label(lang) for p in picks] or None


def _dictionary(schema: Schema, lang: str) -> list[dict[str, object]]:
    """One row a value of every pick-list; people add rows for values of their own."""
    return [
        {
            "module": m.sheet[lang], "field": c.label(lang), "value": p.zh,
            "english": p.en, "code": p.code,
        }
        for m in schema.modules.values()
        for c in m.owned("input")
        for p in c.picks
    ]  # fmt: skip


def _write_settings(
    sheet: Any, lookup: Lookup, settings: Mapping[str, str], look: Look, lang: str
) -> None:
    for i, (text, width) in enumerate(zip(HEADER[lang], (24, 24, 64), strict=True)):
        sheet.write_string(0, i, text, look.legend("input"))
        sheet.set_column(i, i, width)
    typed = look.format(bg_color="#FFFBE8", num_format="@", border=1, border_color="#E8DFC0")
    for r, setting in enumerate(lookup.rows, 1):
        value = settings.get(setting.key, setting.default)
        label = next((p.label(lang) for p in setting.picks if p.code == value), value)
        sheet.write_string(r, 0, setting.label(lang), look.format())
        sheet.write_string(r, 1, label, typed)
        sheet.write_string(r, 2, setting.help.get(lang, ""), look.format(font_color=QUIET))
        if setting.picks:
            labels = [p.label(lang) for p in setting.picks]
            sheet.data_validation(r, 1, r, 1, {"validate": "list", "source": labels})
    sheet.ignore_errors({"number_stored_as_text": f"B2:B{len(lookup.rows) + 1}"})
