"""Arithmetic that all metrics share: blank stays blank, thresholds forgive rounding errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

TOLERANCE = 1e-9
NEVER = -(1 << 63)
"""What `seconds` gives for a blank day."""


def half(values: pd.Series) -> pd.Series:
    """Whole numbers, halves rounded up; blanks stay."""
    lifted = values.to_numpy(dtype=np.float64) + 0.5 + TOLERANCE
    return pd.Series(np.floor(lifted), index=values.index)


def ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """`part / whole` where both are known and `whole` is above zero, else NaN; of one index."""
    above, below = part.to_numpy(dtype=np.float64), whole.to_numpy(dtype=np.float64)
    with np.errstate(all="ignore"):
        found = above / np.where(below > 0, below, np.nan)
    return pd.Series(found, index=part.index)


def at_least(values: pd.Series, bound: float) -> pd.Series:
    """Where a value reaches the bound; False where it is blank."""
    return values >= bound - TOLERANCE


def days_from(start: pd.Series, end: pd.Series | date) -> pd.Series:
    """Calendar days from `start` to `end`, below 0 if that is earlier, NaN if blank (float64).

    A series of ends has the index of the starts.
    """
    last: Any = end.to_numpy() if isinstance(end, pd.Series) else np.datetime64(end, "s")
    gone = (last - start.to_numpy()) / np.timedelta64(1, "D")
    return pd.Series(np.floor(gone), index=start.index)


def seconds(days: pd.Series) -> list[int]:
    """Days as seconds since 1970, for loops that compare many of them."""
    return days.to_numpy("datetime64[s]").astype(np.int64).tolist()


def words(index: pd.Index, cases: Sequence[tuple[pd.Series, str]]) -> pd.Series:
    """The code of the first case that holds in each row, None where none does (object)."""
    codes = np.full(len(index), None, dtype=object)
    for holds, code in reversed(cases):
        codes[holds.to_numpy(dtype=bool)] = code
    return pd.Series(codes, index=index, dtype=object)


def no_words(index: pd.Index) -> pd.Series:
    """None in every row (object); what a text column that the workbook lacks would hold."""
    return words(index, [])


def as_words(found: pd.Series) -> pd.Series:
    """The same texts with None where there is none (object)."""
    texts = found.astype(object)
    return texts.where(texts.notna(), None)


def look_up(keys: pd.Series, table: pd.Series) -> pd.Series:
    """What `table` holds for each key, blank where it has no such key; its index is unique."""
    return table.reindex(pd.Index(keys, dtype=table.index.dtype)).set_axis(keys.index)


def group_numbers(columns: Iterable[pd.Series], count: int) -> Ints:
    """Numbers for `count` rows from 0 in order of appearance, equal where all columns agree.

    Blanks agree with each other.
    """
    found = np.zeros(count, dtype=np.int64)
    for column in columns:
        codes = pd.factorize(column.to_numpy())[0] + 1
        found = pd.factorize(found * (codes.max(initial=0) + 1) + codes)[0].astype(np.int64)
    return found


def has(df: pd.DataFrame, *fields: str) -> bool:
    """Whether the workbook has all these columns."""
    return all(field in df for field in fields)


def inside(dates: pd.Series, days: tuple[date, date]) -> pd.Series:
    """Which dates lie in a window, both ends inside; a blank does not (bool)."""
    return dates.between(pd.Timestamp(days[0]), pd.Timestamp(days[1]))
