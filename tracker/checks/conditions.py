"""The `when` of a rule: which rows it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tracker.book.read import Table
from tracker.schema.model import Column

if TYPE_CHECKING:
    import pandas as pd


def filled(table: Table, name: str) -> pd.Series[bool]:
    """Whether a field holds anything; False throughout where the workbook lacks the column."""
    import pandas as pd

    if name not in table.frame:
        return pd.Series(data=False, index=table.frame.index)
    return table.frame[name].notna()


def mask(table: Table, when: Mapping[str, Any]) -> pd.Series[bool]:
    """Rows for which every entry holds: `filled`, `blank`, or one of a list of values.

    A blank counts as the column's default, and a row whose cell could not be read never holds.
    """
    import pandas as pd

    holds = pd.Series(data=True, index=table.frame.index)
    for name, want in when.items():
        if want in ("filled", "blank"):
            holds &= filled(table, name) == (want == "filled")
        else:
            holds &= _one_of(table, table.module.by_name[name], want)
    return holds & ~unreadable(table, when)


def _one_of(table: Table, column: Column, values: list[Any]) -> pd.Series[bool]:
    import pandas as pd

    if column.name not in table.frame:
        return pd.Series(data=column.default in values, index=table.frame.index)
    series = table.frame[column.name]
    if column.default is not None:
        series = series.where(series.notna(), column.default)
    if column.type == "multi":
        return series.map(lambda v: bool(v) and not set(v).isdisjoint(values)).astype(bool)
    return series.isin(values)


def unreadable(table: Table, fields: Any) -> pd.Series[bool]:
    """Rows in which one of the fields failed its own check."""
    import pandas as pd

    names = set(fields)
    rows = [r for r, bad in table.bad.items() if not names.isdisjoint(bad)] if names else []
    if not rows:
        return pd.Series(data=False, index=table.frame.index)
    return pd.Series(table.frame.index.isin(rows), index=table.frame.index)


def words(table: Table, when: Mapping[str, Any], lang: str) -> str:
    """A condition as people read it: 状态=已完成."""
    parts = []
    for name, want in when.items():
        column = table.module.by_name[name]
        label = column.label(lang)
        if want in ("filled", "blank"):
            said = {"filled": ("已填", "filled"), "blank": ("空白", "blank")}[want]
            parts.append(f"{label}={said[lang != 'zh']}")
        else:
            labels = {p.code: p.label(lang) for p in column.picks}
            parts.append(f"{label}={'/'.join(str(labels.get(w, w)) for w in want)}")
    return "，".join(parts) if lang == "zh" else ", ".join(parts)
