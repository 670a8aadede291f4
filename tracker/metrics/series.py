"""Series of actual sales: which rows of targets belong together, and what they were when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics.period import facts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

KEYS = ("subject_level", "customer_key", "department", "product_key", "unit")
_SPAN = 1 << 20  # above every ordinal, so that series and ordinal fit into one integer


def numbers(df: pd.DataFrame, known: pd.DataFrame, by: Sequence[str] = KEYS) -> pd.Series:
    """Number of the series of each row of targets, -1 where its period is unreadable.

    A series is one value of each column of `by` that the workbook has, at one grain.

    Args:
        df: targets rows.
        known: what `period.facts` says of their periods.
        by: columns that keep series apart.
    """
    columns = [df[name] for name in by if name in df] + [known["grain"]]
    keys = pd.concat(columns, axis=1)[known["grain"].notna()]
    found = keys.groupby(list(keys.columns), dropna=False, sort=False).ngroup()
    return found.reindex(df.index, fill_value=-1).astype("int64")


def points(
    df: pd.DataFrame, valid: pd.Series, as_of: date, by: Sequence[str] = KEYS
) -> pd.DataFrame:
    """Known actuals of complete periods, the material of growth and trend.

    Rows with errors, blank actuals and unfinished periods are left out. Where `by` does not keep
    subjects apart their actuals are added up, without those of the whole territory (rep), which
    would count twice.

    Returns:
        One row a series and period in order of time: `series` (int64), the columns of `by` that
        exist, `grain`, `period`, `ordinal` (int64), `actual` (float64).
    """
    known = facts(df["period"], as_of)
    material = df.assign(grain=known["grain"], ordinal=known["ordinal"])
    material["series"] = numbers(df, known, by)
    counted = valid & (known["state"] == "complete") & df["actual"].notna()
    if "subject_level" not in by and "subject_level" in df:
        counted &= df["subject_level"] != "rep"
    columns = ["series", *(name for name in by if name in df), "grain", "period", "ordinal"]
    grouped = material[counted].groupby(["series", "ordinal"], as_index=False, sort=True)
    table = grouped.agg({name: "first" for name in columns if name not in ("series", "ordinal")})
    table["actual"] = grouped["actual"].sum()["actual"]
    return table.astype({"ordinal": "int64"})[[*columns, "actual"]]


@dataclass(frozen=True)
class History:
    """Actuals by series and ordinal, looked up for many rows at once."""

    keys: NDArray[np.int64]
    actual: NDArray[np.float64]

    @classmethod
    def of(cls, table: pd.DataFrame) -> History:
        """From a table as `points` gives it."""
        keys = table["series"].to_numpy() * _SPAN + table["ordinal"].to_numpy()
        return cls(keys.astype(np.int64), table["actual"].to_numpy(dtype=np.float64))

    def at(self, series: pd.Series, ordinal: pd.Series) -> pd.Series:
        """Actual of each series at each ordinal, NaN where it is not known."""
        if not len(self.keys):
            return pd.Series(np.nan, index=series.index)
        wanted = (series * _SPAN + ordinal).fillna(-1).to_numpy(dtype=np.int64)
        place = np.searchsorted(self.keys, wanted).clip(max=len(self.keys) - 1)
        found = np.where(self.keys[place] == wanted, self.actual[place], np.nan)
        return pd.Series(found, index=series.index)
