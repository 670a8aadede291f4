"""A new workbook from the schema: the module sheets, the support sheets, the hidden ones."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

from tracker.book.anchors import set_anchors
from tracker.book.lists import list_ranges, lists_sheet, pick_lists
from tracker.book.look import Look
from tracker.book.state import State, state_sheet
from tracker.book.tablesheet import growing_list, shown_columns, write_table
from tracker.schema.model import Lookup, Schema
from tracker.schema.names import PickList, Variants
from tracker.xlsx import Workbook

Rows = Sequence[Mapping[str, object]]
_CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_LATER = {
    "summary": {
        "zh": "保存并关闭工作簿后运行 tracker refresh，这里会生成汇总。",
        "en": "Save and close the workbook, then run tracker refresh: the summary appears here.",
    },
    "findings": {
        "zh": "运行 tracker refresh 后，校验结果列在这里。",
        "en": "Run tracker refresh: what it finds is listed here.",
    },
}
_SETTINGS_HEADER = {"zh": ("项目", "值", "说明"), "en": ("Setting", "Value", "Note")}


def new_workbook(
    schema: Schema, data: Mapping[str, Rows], settings: Mapping[str, str], workbook_id: str,
    *, lang: str, packs: frozenset[str] = frozenset(),
) -> bytes:  # fmt: skip
    """The bytes of a new workbook.

    Args:
        schema: gives sheets, columns, lists.
        data: rows by module or list name, values by field as a person types them.
        settings: values of the settings sheet by key; the rest are the defaults.
        workbook_id: what the workbook is known by.
        lang: "zh" or "en", the language of everything written.
        packs: optional column packs to include beside the core.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False})
    made.set_properties({"created": _CREATED})
    look = Look(made)
    _placeholder(made, schema, "summary", look, lang)
    for module in schema.modules.values():
        columns = shown_columns(module, packs)
        sheet = made.add_worksheet(module.sheet[lang])
        write_table(sheet, module, columns, data.get(module.name, ()), look, schema, lang)
    _placeholder(made, schema, "findings", look, lang)
    for lookup in schema.lookups.values():
        sheet = made.add_worksheet(lookup.sheet[lang])
        _write_lookup(sheet, lookup, schema, data, settings, look, lang)
    made.close()
    meta = {"workbook": workbook_id, "schema": schema.version, "revision": "0", "lang": lang}
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
    lists = pick_lists(schema.modules.values(), picks)
    title = schema.sheet_title("lists", lang)
    book.put_plain(title, lists_sheet(lists, lang))
    for name, text in {**list_ranges(lists, title), **_growing(book, schema, lang)}.items():
        book.set_name(name, text, hidden=True)
    set_anchors(book, schema)
    book.put_plain(schema.sheet_title("state", lang), state_sheet(state))
    return book.to_bytes()


def _growing(book: Workbook, schema: Schema, lang: str) -> dict[str, str]:
    """Names of the lists that grow with a table: rows of a module, entries of a support sheet."""
    from tracker.book.lists import list_name
    from tracker.book.locate import locate

    found = {}
    for name, place in locate(book, schema)[0].items():
        label = place.module.label_field
        if label in place.columns and place.module.by_name[label].type != "ref":
            found[list_name("", name)] = growing_list(place.sheet.name, place.columns[label])
    for lookup in schema.lookups.values():
        if lookup.kind == "list":
            at = [c.name for c in lookup.columns].index(lookup.key) + 1
            found[list_name("", lookup.name)] = growing_list(lookup.sheet[lang], at)
    return found


def _placeholder(made: Any, schema: Schema, key: str, look: Look, lang: str) -> None:
    sheet = made.add_worksheet(schema.sheet_title(key, lang))
    sheet.hide_gridlines(2)
    sheet.write_string(1, 1, _LATER[key][lang], look.format(font_color="#5F6B7A"))


def _write_lookup(
    sheet: Any, lookup: Lookup, schema: Schema, data: Mapping[str, Rows],
    settings: Mapping[str, str], look: Look, lang: str,
) -> None:  # fmt: skip
    if lookup.kind == "settings":
        _write_settings(sheet, lookup, settings, look, lang)
        return
    rows = _dictionary(schema, lang) if lookup.kind == "picks" else data.get(lookup.name, ())
    for i, column in enumerate(lookup.columns):
        sheet.write_string(0, i, column.label(lang), look.header(column))
        sheet.set_column(i, i, column.width, look.cell(column))
        for r, row in enumerate(rows, 1):
            value = row.get(column.name)
            if value is not None:
                sheet.write_string(r, i, str(value), look.cell(column))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(lookup.columns) - 1)


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
    head = look.format(bold=True, font_color="#1F4E79", bg_color="#DCE8F4")
    for i, text in enumerate(_SETTINGS_HEADER[lang]):
        sheet.write_string(0, i, text, head)
    for r, setting in enumerate(lookup.rows, 1):
        value = settings.get(setting.key, setting.default)
        label = next((p.label(lang) for p in setting.picks if p.code == value), value)
        sheet.write_string(r, 0, setting.label(lang), look.format())
        sheet.write_string(r, 1, label, look.format(bg_color="#FFFBE8", num_format="@"))
        sheet.write_string(r, 2, setting.help.get(lang, ""), look.format(font_color="#5F6B7A"))
        if setting.picks:
            labels = [p.label(lang) for p in setting.picks]
            sheet.data_validation(r, 1, r, 1, {"validate": "list", "source": labels})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 2, 60)
