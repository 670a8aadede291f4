"""Growth against an earlier period, moving annual total, year to date (M-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics.arith import ratio
from tracker.metrics.period import PER_YEAR
from tracker.metrics.series import History

if TYPE_CHECKING:
    from tracker.metrics.series import Ledger

_LONGEST = max(PER_YEAR.values())


def growth(now: pd.Series, before: pd.Series) -> pd.Series:
    """`(now - before) / before` where both are known and `before` is above zero, else NaN."""
    return ratio(now - before, before)


def columns(ledger: Ledger) -> dict[str, pd.Series]:
    """Growth of each row of targets whose period is complete, float64.

    `growth_prev` (against the period before), `growth_yoy` (against the same period of last year),
    `mat` (sum of the year that ends with the row's period, blank unless all of its periods are
    known), `mat_growth` (against the year before that).
    """
    rows, history = ledger.rows, History.of(ledger.points)
    series, ordinal = rows["series"], rows["ordinal"]
    a_year = series.map(ledger.keys["per_year"])
    now = rows["actual"].where(rows["state"] == "complete")
    mat = _year_sum(history, series, ordinal, a_year).where(now.notna())
    year_before = _year_sum(history, series, ordinal - a_year, a_year)
    return {
        "growth_prev": growth(now, history.at(series, ordinal - 1)),
        "growth_yoy": growth(now, history.at(series, ordinal - a_year)),
        "mat": mat,
        "mat_growth": growth(mat, year_before),
    }


def _year_sum(history: History, series: pd.Series, last: pd.Series, a_year: pd.Series) -> pd.Series:
    numbers, newest, length = series.to_numpy(), last.to_numpy(), a_year.to_numpy()
    total = np.where(np.isnan(length), np.nan, 0.0)
    for back in range(_LONGEST):
        asked = back < length
        if asked.any():
            total += np.where(asked, history.found(numbers, newest - back), 0.0)
    return pd.Series(total, index=series.index)


def year_to_date(ledger: Ledger, year: int) -> pd.DataFrame:
    """Sum of the known complete periods of a year, and growth against the same of the year before.

    Returns:
        One row a series with actuals in that year: the columns of `ledger.keys`, `ytd` and
        `ytd_growth` (float64, blank unless last year's counterparts are all known).
    """
    points, a_year = ledger.points, ledger.points["per_year"]
    before = History.of(points).at(points["series"], points["ordinal"] - a_year)
    inside = points["ordinal"] // a_year == year
    grouped = points.assign(before=before)[inside].groupby("series", sort=True)
    now = grouped["actual"].sum()
    last_year = grouped["before"].sum().where(grouped["before"].count() == grouped.size())
    return ledger.keys.loc[now.index].assign(ytd=now, ytd_growth=growth(now, last_year))
