"""One module's sheet of a new workbook: header, table, drop-downs, notes, colours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from tracker.book.lists import ROWS, YES_NO_KEY, list_name
from tracker.book.look import (
    HEADER_HEIGHT,
    ROW_HEIGHT,
    TABS,
    Look,
    number_format,
    shown_width,
    text_width,
)
from tracker.book.tint import FILL, tint
from tracker.schema.model import Column, Module, Schema
from tracker.xlsx.refs import Range, letters, quoted

CHECK = "row_check"
"""The field that says what is wrong with a row."""
_NOTE = 200
_MAX_FROZEN = 3
_PRINTED = 60  # percent: four pages side by side rather than one that nobody can read


def shown_columns(module: Module, packs: frozenset[str]) -> list[Column]:
    """Columns of a new workbook: core and the packs asked for, in the order of the schema."""
    return [c for c in module.columns if c.pack == "core" or c.pack in packs]


def write_table(
    sheet: Any, module: Module, columns: Sequence[Column], rows: Sequence[Mapping[str, object]],
    look: Look, schema: Schema, lang: str,
) -> None:  # fmt: skip
    """Write a module's sheet; `rows` hold values by field, as a person would type them."""
    last = max(len(rows), 1)
    sheet.add_table(0, 0, last, len(columns) - 1, {
        "name": module.table, "style": "Table Style Light 1", "banded_rows": False,
        "columns": [{"header": c.label(lang), "header_format": look.header(c)} for c in columns],
    })  # fmt: skip
    sheet.set_default_row(ROW_HEIGHT)
    sheet.set_row(0, HEADER_HEIGHT)
    sheet.set_tab_color(TABS["table"])
    for i, column in enumerate(columns):
        _write_column(sheet, i, column, rows, look)
        drop_down(sheet, i, column, pick_source(module, column, schema), lang)
        _colours(sheet, i, column, look, lang)
        note(sheet, i, column, lang)
    _outline(sheet, columns, look, lang)
    allow_text(sheet, columns)
    frozen = _frozen(module, columns)
    sheet.freeze_panes(1, frozen)
    _print_setup(sheet, frozen)


def note(sheet: Any, i: int, column: Column, lang: str) -> None:
    """Say on the header what the column is for, in a box that is large enough for it."""
    said = column.help.get(lang, "")[:_NOTE]
    if said:
        lines = 1 + text_width(said) // 30
        sheet.write_comment(0, i, said, {"width": 210, "height": 14 + 18 * lines, "font_size": 9})


def allow_text(sheet: Any, columns: Sequence[Column]) -> None:
    """No green corners on digits that are text on purpose: phones, codes."""
    kept = [i for i, c in enumerate(columns, 1) if number_format(c) == "@"]
    if kept:
        areas = (str(Range(2, i, ROWS + 1, i)) for i in kept)
        sheet.ignore_errors({"number_stored_as_text": " ".join(areas)})


def _print_setup(sheet: Any, frozen: int) -> None:
    """Readable pages: the columns that name a row stand on each, pages go across first."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&8&A&C&8&P / &N")
    sheet.set_print_scale(_PRINTED)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, frozen - 1)
    sheet.print_across()


def _frozen(module: Module, columns: Sequence[Column]) -> int:
    """Columns that stay in sight: up to the one that names a row, if it stands near the edge."""
    names = [c.name for c in columns]
    at = names.index(module.label_field) + 1 if module.label_field in names else 1
    return at if at <= _MAX_FROZEN else 1


def _write_column(
    sheet: Any, i: int, column: Column, rows: Sequence[Mapping[str, object]], look: Look
) -> None:
    cell = look.cell(column)
    for r, row in enumerate(rows, 1):
        value = row.get(column.name)
        if value is None:
            continue
        if isinstance(value, dt.date) and column.format is None:
            sheet.write_datetime(r, i, value, look.format(num_format="yyyy-mm-dd", align="center"))
        elif isinstance(value, dt.date | dt.time):
            sheet.write_datetime(r, i, value, cell)
        elif isinstance(value, bool):
            sheet.write_boolean(r, i, value, cell)
        elif isinstance(value, int | float):
            sheet.write_number(r, i, value, cell)
        else:
            sheet.write_string(r, i, str(value), cell)
    if not rows:
        sheet.write_blank(1, i, None, cell)


def _outline(sheet: Any, columns: Sequence[Column], look: Look, lang: str) -> None:
    """Widths, column formats, and the folded group of the less used columns."""
    for i, column in enumerate(columns):
        folded = column.folded
        after = i > 0 and columns[i - 1].folded and not folded
        options = {"level": 1, "hidden": True} if folded else {"collapsed": True} if after else {}
        sheet.set_column(i, i, shown_width(column, lang), look.cell(column), options)
    if columns and columns[-1].folded:
        sheet.set_column(len(columns), len(columns), 4, None, {"collapsed": True})


def drop_down(sheet: Any, i: int, column: Column, source: object, lang: str) -> None:
    """A list to choose from: "=name" or labels; None for none.

    Nothing is forbidden: one choice of a list warns, several values and references let pass.
    """
    if source is None:
        return
    options: dict[str, object] = {"validate": "list", "source": source, "ignore_blank": True}
    if column.type in ("bool", "pick"):
        options |= {"error_type": "warning", **_error_text(column, lang)}
    else:
        options |= {"show_error": False}
    sheet.data_validation(1, i, ROWS, i, options)


def pick_source(module: Module, column: Column, schema: Schema) -> str | None:
    """The drop-down's source for an input column, as a formula; None where it has no list."""
    if column.owner != "input":
        return None
    if column.type == "bool":
        return "=" + list_name(*YES_NO_KEY)
    if column.picks:
        return "=" + list_name(module.name, column.name)
    named = reference_source(column, schema) if column.ref is not None else None
    return named and "=" + named


def _error_text(column: Column, lang: str) -> dict[str, object]:
    label = column.label(lang)
    if lang == "zh":
        said = f"“{label}”请从列表中选择。仍要填写其他内容，刷新时会提示。"
        return {"error_title": "不在列表中", "error_message": said}
    said = f'Please choose "{label}" from the list. Other values are reported by the next refresh.'
    return {"error_title": "Not in the list", "error_message": said}


def reference_source(column: Column, schema: Schema) -> str | None:
    """Defined name that lists the rows a reference may name, or None where there is none."""
    assert column.ref is not None
    to = column.ref.to
    module, look = schema.modules.get(to), schema.lookups.get(to)
    labelled = module.label_field if module else look.key if look else None
    own = labelled and not (module and module.by_name[labelled].type == "ref")
    return list_name("", to) if own else None


def growing_list(sheet: str, column: int) -> str:
    """Formula of a list that ends at the last filled cell of a column."""
    where = f"{quoted(sheet)}!${letters(column)}"
    return f"OFFSET({where}$2,0,0,MAX(1,COUNTA({where}$2:${letters(column)}${ROWS + 1})),1)"


def _colours(sheet: Any, i: int, column: Column, look: Look, lang: str) -> None:
    for pick in column.picks if column.owner == "computed" else ():
        if pick.tone:
            word = '"' + pick.label(lang).replace('"', '""') + '"'
            rule: dict[str, object] = {"type": "cell", "criteria": "==", "value": word}
            _rule(sheet, i, rule, look, pick.tone)
    if column.alert_above is not None:
        _rule(sheet, i, {"type": "cell", "criteria": ">", "value": column.alert_above}, look, "bad")
    if column.name == CHECK:
        for sign, tone in (("×", "bad"), ("▲", "warn")):
            _rule(sheet, i, {"type": "text", "criteria": "begins with", "value": sign}, look, tone)


def _rule(sheet: Any, i: int, options: dict[str, object], look: Look, tone: str) -> None:
    sheet.conditional_format(1, i, ROWS, i, {**options, "format": look.tone(tone)})


def write_tint(sheet: Any, module: Module, columns: Sequence[Column], look: Look) -> None:
    """Let the cells that the hidden list of faults names be tinted; behind all other colours."""
    at = {c.name: i for i, c in enumerate(columns, 1)}
    if module.id_field in at:
        rule = tint(1, Range(2, 1, 2, len(columns)), at[module.id_field], at.get(CHECK))
        how = {"type": "formula", "criteria": "=" + rule.formula, "format": look.fill(FILL)}
        sheet.conditional_format(str(rule.where), how)
