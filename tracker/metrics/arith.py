"""Arithmetic that all metrics share: blank stays blank, thresholds forgive rounding errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

TOLERANCE = 1e-9


def half(values: pd.Series) -> pd.Series:
    """Whole numbers, halves rounded up; blanks stay."""
    return np.floor(values + 0.5 + TOLERANCE)


def ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """`part / whole` where both are known and `whole` is above zero, else NaN."""
    return part / whole.where(whole > 0)


def at_least(values: pd.Series, bound: float) -> pd.Series:
    """Where a value reaches the bound; False where it is blank."""
    return values >= bound - TOLERANCE


def days_from(start: pd.Series, end: pd.Series | date) -> pd.Series:
    """Calendar days from `start` to `end` as float64, negative if `end` is earlier, NaN if blank."""
    last = end if isinstance(end, pd.Series) else pd.Timestamp(end)
    return ((last - start) / pd.Timedelta(days=1)).astype("float64")


def words(index: pd.Index, cases: Sequence[tuple[pd.Series, str]]) -> pd.Series:
    """The code of the first case that holds in each row, None where none does (object)."""
    codes = np.full(len(index), None, dtype=object)
    for holds, code in reversed(cases):
        codes[holds.to_numpy(dtype=bool)] = code
    return pd.Series(codes, index=index, dtype=object)


def has(df: pd.DataFrame, *fields: str) -> bool:
    """Whether the workbook has all these columns."""
    return all(field in df for field in fields)
