"""Series of actual sales: which rows of targets belong together, and what they were when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics.period import PER_YEAR, facts, progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from tracker.metrics.workdays import Workdays

KEYS = ("subject_level", "customer_key", "department", "product_key", "unit")
_SPAN = 1 << 20  # above every ordinal, so that series and ordinal fit into one integer


@dataclass(frozen=True)
class Ledger:
    """Rows of targets as of a day, sorted into series.

    A series is one value of each column of `by` that the workbook has, at one grain.

    Attributes:
        rows: the rows as read, with `grain`, `ordinal` and `state` of `period.facts`,
            `time_progress` (M-03), and `series`, the number of the row's series (int64, from 0;
            -1 where its period is unreadable).
        keys: index series number; the columns of `by` that exist, `grain`, and `per_year`, how
            many periods of the grain a year has (float64).
        points: known actuals of complete periods, one row a series and period in order of time:
            `series`, `ordinal` (int64), `period`, `actual` (float64), `per_year`.
    """

    rows: pd.DataFrame
    keys: pd.DataFrame
    points: pd.DataFrame

    @classmethod
    def of(
        cls, df: pd.DataFrame, valid: pd.Series, as_of: date, by: Sequence[str] = KEYS,
        workdays: Workdays | None = None,
    ) -> Ledger:  # fmt: skip
        """From rows of targets with `period` and `actual`.

        `workdays` are what time progress counts. Points leave out rows with errors. Where `by`
        does not keep subjects apart their actuals are added up, without those of the whole
        territory (rep), which would count twice.
        """
        known = facts(df["period"], as_of)
        rows = df.assign(**{name: known[name] for name in ("grain", "ordinal", "state")})
        rows["time_progress"] = progress(known, as_of, df.get("actual_as_of"), workdays)
        names = [*(name for name in by if name in df), "grain"]
        grouped = rows[known["grain"].notna()].groupby(names, dropna=False, sort=False)
        rows["series"] = grouped.ngroup().reindex(df.index, fill_value=-1).astype("int64")
        first = rows[rows["series"] >= 0].drop_duplicates("series").set_index("series")
        keys = first[names].assign(per_year=first["grain"].map(dict(PER_YEAR)).astype("float64"))
        return cls(rows, keys, _points(rows, valid, keys["per_year"], apart="subject_level" in by))


def _points(
    rows: pd.DataFrame, valid: pd.Series, per_year: pd.Series, *, apart: bool
) -> pd.DataFrame:
    counted = valid.reindex(rows.index) & (rows["state"] == "complete") & rows["actual"].notna()
    if "subject_level" in rows and not apart:
        counted &= rows["subject_level"] != "rep"
    grouped = rows[counted].groupby(["series", "ordinal"], sort=True)
    table = grouped.agg(period=("period", "first"), actual=("actual", "sum")).reset_index()
    table["per_year"] = table["series"].map(per_year)
    return table.astype({"ordinal": "int64"})


@dataclass(frozen=True)
class History:
    """Actuals by series and ordinal, looked up for many rows at once."""

    keys: NDArray[np.int64]
    actual: NDArray[np.float64]

    @classmethod
    def of(cls, points: pd.DataFrame) -> History:
        """From points sorted by `series` and `ordinal`, as a ledger has them."""
        keys = points["series"].to_numpy() * _SPAN + points["ordinal"].to_numpy()
        return cls(keys.astype(np.int64), points["actual"].to_numpy(dtype=np.float64))

    def at(self, series: pd.Series, ordinal: pd.Series) -> pd.Series:
        """Actual of each series at each ordinal, NaN where it is not known."""
        if not len(self.keys):
            return pd.Series(np.nan, index=series.index)
        wanted = (series * _SPAN + ordinal).fillna(-1).to_numpy(dtype=np.int64)
        place = np.searchsorted(self.keys, wanted).clip(max=len(self.keys) - 1)
        found = np.where(self.keys[place] == wanted, self.actual[place], np.nan)
        return pd.Series(found, index=series.index)
