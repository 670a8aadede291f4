"""Series of actual sales: which rows of targets belong together, and what they were when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics.arith import group_numbers
from tracker.metrics.period import PER_YEAR, facts, progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from tracker.metrics.arith import Floats
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
        names = [name for name in by if name in df]
        at = np.flatnonzero(known["grain"].notna())
        numbers = group_numbers(
            [*(df[n].iloc[at] for n in names), known["grain"].iloc[at]], len(at)
        )
        series = np.full(len(df), -1, dtype=np.int64)
        series[at] = numbers
        rows = df.assign(
            grain=known["grain"], ordinal=known["ordinal"], state=known["state"],
            time_progress=progress(known, as_of, df.get("actual_as_of"), workdays), series=series,
        )  # fmt: skip
        first = at[np.unique(numbers, return_index=True)[1]]
        keys = rows[[*names, "grain"]].take(first)
        keys = keys.set_axis(pd.RangeIndex(len(first), name="series"))
        keys["per_year"] = keys["grain"].map(dict(PER_YEAR)).astype("float64")
        per_year = keys["per_year"].to_numpy()
        return cls(rows, keys, _points(rows, valid, per_year, apart="subject_level" in by))


def _points(rows: pd.DataFrame, valid: pd.Series, per_year: Floats, *, apart: bool) -> pd.DataFrame:
    counted = valid.reindex(rows.index) & (rows["state"] == "complete") & rows["actual"].notna()
    if "subject_level" in rows and not apart:
        counted &= rows["subject_level"] != "rep"
    at = np.flatnonzero(counted)
    series = rows["series"].to_numpy()[at]
    when = rows["ordinal"].to_numpy()[at].astype(np.int64)
    _, first, group = np.unique(series * _SPAN + when, return_index=True, return_inverse=True)
    return pd.DataFrame(
        {
            "series": series[first],
            "ordinal": when[first],
            "period": rows["period"].to_numpy()[at[first]],
            "actual": rows["actual"].iloc[at].groupby(group).sum().to_numpy(),
            "per_year": per_year[series[first]],
        }
    )


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
        found = self.found(series.to_numpy(), ordinal.to_numpy(dtype=np.float64))
        return pd.Series(found, index=series.index)

    def found(self, series: NDArray[np.int64], ordinal: Floats) -> Floats:
        """As `at`, over arrays."""
        if not len(self.keys):
            return np.full(len(series), np.nan)
        wanted = series * _SPAN + ordinal
        wanted = np.where(np.isnan(wanted), -1, wanted).astype(np.int64)
        place = np.searchsorted(self.keys, wanted).clip(max=len(self.keys) - 1)
        return np.where(self.keys[place] == wanted, self.actual[place], np.nan)
