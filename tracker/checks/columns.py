"""Checks of single cells and columns by pandera, their failures at their cells."""

from __future__ import annotations

from typing import Any

from tracker.book.lookups import Context
from tracker.book.read import Table
from tracker.checks.schemas import MISSING, frame_schema
from tracker.findings import Finding
from tracker.schema.model import Column


def check_columns(table: Table, ctx: Context) -> list[Finding]:
    """Validate a table's frame; returns one finding a faulty cell.

    Values outside their pick-list are taken out of the frame, and every faulty cell joins
    `table.bad`, so that rules about it stay silent.
    """
    import pandera.errors

    present = [n for n in table.frame.columns if n in table.module.by_name]
    schema = frame_schema(table.module, present, ctx)
    try:
        schema.validate(table.frame[present], lazy=True, inplace=True)
    except pandera.errors.SchemaErrors as e:
        return _findings(table, e.failure_cases, ctx)
    return []


def _findings(table: Table, cases: Any, ctx: Context) -> list[Finding]:
    found: list[Finding] = []
    failed = sorted(set(zip(cases["column"], cases["index"], cases["check"], strict=True)))
    for name, row, check in failed:
        column = table.module.by_name[name]
        bad = table.bad.setdefault(int(row), set())
        if name in bad:
            continue
        bad.add(name)
        if check == MISSING:
            found.append(table.finding("GEN001", name, int(row)))
        else:
            found.append(_finding(table, column, int(row), check, ctx))
    return found


def _finding(table: Table, column: Column, row: int, code: str, ctx: Context) -> Finding:
    if code != "GEN003":
        return table.finding(code, column.name, row, {"expected": expected(column, ctx.lang)})
    picks = ctx.picks[table.module.name, column.name]
    value = table.frame.at[row, column.name]
    if column.type == "multi":
        unknown = [v for v in value if v not in picks.by_code]
        left = tuple(v for v in value if v in picks.by_code)
        table.frame.at[row, column.name] = left or None
    else:
        unknown = [value]
        table.frame.at[row, column.name] = None
    near = "、".join(dict.fromkeys(picks.nearest(u, ctx.lang) for u in unknown))
    return table.finding(code, column.name, row, {"nearest": near})


def expected(column: Column, lang: str) -> str:
    """What a cell of the column may hold, for a message."""
    if column.minimum is not None or column.maximum is not None:
        low = "" if column.minimum is None else f"{column.minimum:g}"
        high = "" if column.maximum is None else f"{column.maximum:g}"
        return f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}"
    if column.earliest is not None:
        return f"≥ {column.earliest.isoformat()}"
    if column.max_length is not None:
        return f"≤ {column.max_length}"
    return column.help.get(lang, "")
