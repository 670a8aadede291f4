"""A module's YAML compiled into a pandera schema for typed frames (no coercion)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tracker.schema.model import Column, Module

if TYPE_CHECKING:
    import pandas as pd
    from pandera.pandas import Check, DataFrameSchema

MISSING = "not_nullable"
_KINDS = {"date": "M", "num": "iuf", "int": "iuf", "time": "iuf"}
_CLASSES: Mapping[str, type | tuple[type, ...]] = {
    "text": str,
    "pick": str,
    "ref": (str, tuple),
    "period": str,
    "multi": (tuple, list),
    "bool": bool,
}


def frame_schema(
    module: Module, present: Iterable[str], codes: Mapping[str, Iterable[str]]
) -> DataFrameSchema:
    """The pandera schema of the columns present in a frame as `tracker.book.read` makes it.

    Every check carries its finding code as its error text. Nullability stands for GEN001. Columns
    that may hold anything are left out. `codes` are those of the pick-lists, by field.
    """
    import pandera.pandas as pa

    columns = {}
    for column in (module.by_name[name] for name in present):
        if column.owner == "input":
            checks = _checks(column, codes.get(column.name))
            if checks or column.need == "required":
                nullable = column.need != "required"
                columns[column.name] = pa.Column(None, checks, nullable=nullable)
    return pa.DataFrameSchema(columns, name=module.name)


def public_schema(module: Module) -> DataFrameSchema:
    """The pandera schema of any frame with a module's field names; see `tracker.schema.pandera`."""
    import pandera.pandas as pa

    columns = {}
    for c in module.owned("input"):
        codes = [p.code for p in c.picks] or None
        columns[c.name] = pa.Column(
            None, [*_types(c), *_checks(c, codes)], nullable=c.need != "required",
            required=c.need == "required", title=c.zh, description=c.help.get("en"),
        )  # fmt: skip
    return pa.DataFrameSchema(columns, name=module.name, title=module.sheet["zh"])


def _types(column: Column) -> list[Check]:
    """What a filled cell of a column is: by the array for dates and numbers, else one by one."""
    import pandera.pandas as pa

    kinds, classes = _KINDS.get(column.type), _CLASSES.get(column.type)
    if kinds:
        return [pa.Check(lambda s: s.empty or s.dtype.kind in kinds, error=column.type_code)]
    if classes is None:
        return []
    return [pa.Check(lambda s: s.map(lambda v: isinstance(v, classes)), error=column.type_code)]


def _checks(column: Column, codes: Iterable[str] | None) -> list[Check]:
    import pandera.pandas as pa

    found = []
    if codes is not None and column.type == "pick":
        found.append(pa.Check.isin(list(codes), error="GEN003"))
    if codes is not None and column.type == "multi":
        found.append(pa.Check(_all_in(frozenset(codes)), error="GEN003"))
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
