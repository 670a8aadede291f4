"""A module's YAML compiled into a pandera schema for typed frames (no coercion)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tracker.schema.model import Column, Module

if TYPE_CHECKING:
    import pandas as pd
    from pandera.pandas import Check, DataFrameSchema

MISSING = "not_nullable"
_Tested = tuple[Callable[..., Any], str | None]
"""A test of a series without blanks, which gives a series of truths, and the code of what fails."""
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

    columns = {
        column.name: pa.Column(None, _checks(tests), nullable=column.need != "required")
        for column, tests in _tested(module, present, codes)
    }
    return pa.DataFrameSchema(columns, name=module.name)


def is_clean(frame: pd.DataFrame, module: Module, codes: Mapping[str, Iterable[str]]) -> bool:
    """Whether `frame_schema` of a frame's columns finds nothing in it.

    The same tests without pandera, which takes 0.3 s to import and is needed to say what fails
    where; most tables have nothing to say.
    """
    present = [name for name in frame.columns if name in module.by_name]
    for column, tests in _tested(module, present, codes):
        filled, has_blank = _distinct(frame[column.name])
        if column.need == "required" and has_blank:
            return False
        if not all(bool(test(filled).all()) for test, _ in tests if len(filled)):
            return False
    return True


def _distinct(values: pd.Series[Any]) -> tuple[pd.Series[Any], bool]:
    """What a column holds, equal texts once, and whether a cell of it is blank."""
    import pandas as pd

    if values.dtype != object:
        filled = values[values.notna()]
        return filled, len(filled) < len(values)
    known = set(values.tolist())
    filled = pd.Series([v for v in known if v is not None and v == v], dtype=object)
    return filled, len(filled) < len(known)


def _tested(
    module: Module, present: Iterable[str], codes: Mapping[str, Iterable[str]]
) -> Iterator[tuple[Column, list[_Tested]]]:
    """The input columns that may not hold anything, each with what is asked of it."""
    for column in (module.by_name[name] for name in present):
        if column.owner == "input":
            tests = _tests(column, codes.get(column.name))
            if tests or column.need == "required":
                yield column, tests


def public_schema(module: Module) -> DataFrameSchema:
    """The pandera schema of any frame with a module's field names; see `tracker.schema.pandera`."""
    import pandera.pandas as pa

    columns = {}
    for c in module.owned("input"):
        codes = [p.code for p in c.picks] or None
        columns[c.name] = pa.Column(
            None, [*_types(c), *_checks(_tests(c, codes))], nullable=c.need != "required",
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


def _checks(tests: Iterable[_Tested]) -> list[Check]:
    import pandera.pandas as pa

    return [pa.Check(test, error=code) for test, code in tests]


def _tests(column: Column, codes: Iterable[str] | None) -> list[_Tested]:
    """What is asked of the filled cells of a column: tests of a series, each with its code."""
    found: list[_Tested] = []
    if codes is not None and column.type == "pick":
        found.append((_one_of(list(codes)), "GEN003"))
    if codes is not None and column.type == "multi":
        found.append((_all_in(frozenset(codes)), "GEN003"))
    if column.minimum is not None or column.maximum is not None:
        found.append((_between(column), column.range_code))
    if column.earliest is not None:
        found.append((_from(column.earliest), column.type_code))
    if column.max_length is not None:
        found.append((_shorter(column.max_length), column.range_code))
    if column.patterns:
        pattern = re.compile("|".join(f"(?:{p})" for p in column.patterns))
        found.append((_matches(pattern), column.pattern_code))
    return found


def _one_of(codes: list[str]) -> Any:
    def check(s: pd.Series[Any]) -> pd.Series[bool]:
        return s.isin(codes)

    return check


def _from(day: Any) -> Any:
    def check(s: pd.Series[Any]) -> pd.Series[bool]:
        import pandas as pd

        return s.ge(pd.Timestamp(day))

    return check


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
