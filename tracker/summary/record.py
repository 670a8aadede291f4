"""Cells as a person reads them: labels and values of one row in one language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tracker.schema.model import Column
from tracker.summary.agenda.item import clock
from tracker.summary.marks import shown
from tracker.summary.source import Source, day, number, text

Fact = dict[str, object]
_LONGEST = 300


def facts(
    source: Source, module: str, row: Mapping[str, Any], wanted: Callable[[Column], bool]
) -> list[Fact]:
    """`label`, `value` and `field` of the columns of a row that are wanted and not blank."""
    found: list[Fact] = []
    for column in source.schema.modules[module].columns:
        if column.name in row and wanted(column):
            said = value(source, module, column, row[column.name])
            if said:
                label = column.zh if source.lang == "zh" else column.label("en")
                label = label.removesuffix(" (auto)")
                found.append({"field": column.name, "label": label, "value": said})
    return found


def value(source: Source, module: str, column: Column, cell: object) -> str:
    """One cell as text; blank for nothing."""
    if column.phrases:
        return source.remarks(module, column.name, cell) or ""
    if isinstance(cell, tuple | list):
        words = (source.word(module, column.name, c) for c in cell)
        return ("、" if source.lang == "zh" else ", ").join(text(w, 60) for w in words)
    if cell is None or cell != cell:  # NaN and NaT are unequal to themselves
        return ""
    if column.picks:
        return source.word(module, column.name, cell) or ""
    if column.type == "date":
        when = day(cell)
        return f"{when:%Y-%m-%d}" if when else ""
    if column.type == "time":
        return clock(number(cell))
    if column.type == "bool":
        return {"zh": ("否", "是"), "en": ("no", "yes")}[source.lang][bool(cell)]
    if column.type in ("num", "int"):
        return _number(number(cell), column.format)
    return text(cell, _LONGEST)


def _number(figure: float | None, fmt: str | None) -> str:
    if figure is None:
        return ""
    if fmt and "%" in fmt:
        return shown(figure, "0.0%")
    return shown(figure, "#,##0" if figure.is_integer() else "#,##0.0")
