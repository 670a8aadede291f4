"""Checks of single cells and columns by pandera, their failures at their cells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracker.book.lookups import Context
from tracker.book.read import Table
from tracker.findings import Finding
from tracker.schema.frames import MISSING, frame_schema, is_clean
from tracker.schema.model import Column, bounds
from tracker.schema.names import PickList


def check_columns(table: Table, ctx: Context) -> list[Finding]:
    """Validate a table's frame; returns one finding a faulty cell.

    Values outside their pick-list are taken out of the frame, and every cell with an error joins
    `table.bad`, so that rules about it stay silent.
    """
    name = table.module.name
    codes = {field: list(picks.by_code) for (m, field), picks in ctx.picks.items() if m == name}
    if is_clean(table.frame, table.module, codes):
        return []
    import pandera.errors

    present = [n for n in table.frame.columns if n in table.module.by_name]
    schema = frame_schema(table.module, present, codes)
    if not schema.columns or not table.rows:
        return []
    try:
        schema.validate(table.frame[list(schema.columns)], lazy=True, inplace=True)
    except pandera.errors.SchemaErrors as e:
        return _findings(table, e.failure_cases, ctx)
    return []


def _findings(table: Table, cases: Any, ctx: Context) -> list[Finding]:
    found: list[Finding] = []
    failed = sorted(set(zip(cases["column"], cases["index"], cases["check"], strict=True)))
    known = {(row, name) for row, names in table.bad.items() for name in names}
    for name, row, check in failed:
        if (row, name) in known:
            continue
        known.add((row, name))
        code = "GEN001" if check == MISSING else check
        if ctx.schema.codes[code].severity == "error":
            table.bad.setdefault(int(row), set()).add(name)
        found.append(_finding(table, table.module.by_name[name], int(row), code, ctx))
    return found


def _finding(table: Table, column: Column, row: int, code: str, ctx: Context) -> Finding:
    if code == "GEN001":
        return table.finding(code, column.name, row)
    if code != "GEN003":
        return table.finding(code, column.name, row, {"expected": expected(column, ctx.lang)})
    picks = ctx.picks[table.module.name, column.name]
    cells: Any = table.frame.at
    value = cells[row, column.name]
    said = value if column.type == "multi" else (value,)
    left = tuple(v for v in said if v in picks.by_code)
    cells[row, column.name] = left or None
    near = (picks.nearest(v, ctx.lang) for v in said if v not in picks.by_code)
    known = tuple(dict.fromkeys(n for n in near if n is not None))
    facts = {"nearest": known} if known else {"listed": picks.some(ctx.lang)}
    return table.finding(code, column.name, row, facts, fix=_respelt(said, picks, ctx.lang))


def _respelt(said: Iterable[str], picks: PickList, lang: str) -> str | None:
    """The cell with its misspelt values put right; None where one could be several, or none."""
    right = [
        picks.by_code[v].label(lang) if v in picks.by_code else picks.meant(v, lang) for v in said
    ]
    between = "、" if lang == "zh" else ", "
    return between.join(dict.fromkeys(map(str, right))) if all(right) else None


def expected(column: Column, lang: str) -> str:
    """What a cell of the column may hold, for a message."""
    if column.minimum is not None or column.maximum is not None:
        return bounds(column.minimum, column.maximum)
    if column.earliest is not None:
        return f"≥ {column.earliest.isoformat()}"
    if column.max_length is not None:
        size = column.max_length
        return f"不超过 {size} 个字" if lang == "zh" else f"at most {size} characters"
    return column.help.get(lang, "")
