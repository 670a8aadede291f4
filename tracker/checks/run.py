"""All checks of a workbook's tables, in the order in which one silences the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from tracker.book.lookups import Context
from tracker.book.read import Table
from tracker.checks.columns import check_columns
from tracker.checks.rules import World, run_rules
from tracker.findings import Finding

if TYPE_CHECKING:
    import pandas as pd


def check_tables(tables: Mapping[str, Table], ctx: Context, as_of: date) -> list[Finding]:
    """Findings of pandera and of the rules, for tables whose references are resolved.

    A cell that failed its type or its list silences the rules that depend on it.
    """
    found: list[Finding] = []
    for table in tables.values():
        found += check_columns(table, ctx)
    world = World(tables, ctx, as_of)
    for table in tables.values():
        found += run_rules(table, world)
    return found


def valid_rows(tables: Mapping[str, Table], findings: list[Finding]) -> dict[str, pd.Series[bool]]:
    """By module, which rows carry no finding at error level; index = Excel row."""
    import pandas as pd

    faulty: dict[str, set[int]] = {}
    for f in findings:
        if f.severity == "error" and f.module and f.row:
            faulty.setdefault(f.module, set()).add(f.row)
    return {
        name: pd.Series(~t.frame.index.isin(list(faulty.get(name, ()))), index=t.frame.index)
        for name, t in tables.items()
    }
