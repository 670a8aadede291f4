"""A module's YAML compiled into a pandera schema for typed frames (no coercion)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tracker.book.lookups import Context
from tracker.schema.model import Column, Module

if TYPE_CHECKING:
    import pandas as pd
    from pandera.pandas import Check, DataFrameSchema

MISSING = "not_nullable"


def frame_schema(module: Module, present: Iterable[str], ctx: Context) -> DataFrameSchema:
    """The pandera schema of the columns present in a frame as `tracker.book.read` makes it.

    Every check carries its finding code as its error text. Nullability stands for GEN001. Columns
    that may hold anything are left out.
    """
    import pandera.pandas as pa

    columns = {}
    for column in (module.by_name[name] for name in present):
        checks = _checks(column, module, ctx) if column.owner == "input" else []
        required = column.need == "required" and column.owner == "input"
        if checks or required:
            columns[column.name] = pa.Column(None, checks, nullable=not required)
    return pa.DataFrameSchema(columns, name=module.name)


def _checks(column: Column, module: Module, ctx: Context) -> list[Check]:
    import pandera.pandas as pa

    found = []
    picks = ctx.picks.get((module.name, column.name))
    if picks is not None and column.type == "pick":
        found.append(pa.Check.isin(list(picks.by_code), error="GEN003"))
    if picks is not None and column.type == "multi":
        found.append(pa.Check(_all_in(frozenset(picks.by_code)), error="GEN003"))
    if column.minimum is not None or column.maximum is not None:
        found.append(pa.Check(_between(column), error=column.range_code))
    if column.earliest is not None:
        found.append(pa.Check.ge(_stamp(column.earliest), error=column.type_code))
    if column.max_length is not None:
        found.append(pa.Check(_shorter(column.max_length), error=column.range_code))
    if column.patterns:
        pattern = re.compile("|".join(f"(?:{p})" for p in column.patterns))
        found.append(pa.Check(_matches(pattern), error=column.pattern_code))
    return found


def _stamp(day: Any) -> Any:
    import pandas as pd

    return pd.Timestamp(day)


def _all_in(codes: frozenset[str]) -> Any:
    def check(s: pd.Series[Any]) -> pd.Series[bool]:
        return s.map(codes.issuperset).astype(bool)

    return check


def _between(column: Column) -> Any:
    low = float("-inf") if column.minimum is None else column.minimum
    high = float("inf") if column.maximum is None else column.maximum

    def check(s: pd.Series[Any]) -> pd.Series[bool]:
        return s.between(low, high)

    return check


def _shorter(limit: int) -> Any:
    def check(s: pd.Series[Any]) -> pd.Series[bool]:
        return s.map(len).le(limit)

    return check


def _matches(pattern: re.Pattern[str]) -> Any:
    def check(s: pd.Series[Any]) -> pd.Series[bool]:
        return s.map(lambda text: pattern.fullmatch(text) is not None).astype(bool)

    return check
