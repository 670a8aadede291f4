"""Growth against an earlier period, moving annual total, year to date (M-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics.arith import ratio
from tracker.metrics.period import PER_YEAR, facts
from tracker.metrics.series import KEYS, History, numbers, points

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

_LONGEST = max(PER_YEAR.values())


def growth(now: pd.Series, before: pd.Series) -> pd.Series:
    """`(now - before) / before` where both are known and `before` is above zero, else NaN."""
    return ratio(now - before, before)


def columns(df: pd.DataFrame, valid: pd.Series, as_of: date) -> pd.DataFrame:
    """Growth of each row of targets whose period is complete.

    Returns:
        On the index of `df`, float64: `growth_prev` (against the period before), `growth_yoy`
        (against the same period of last year), `mat` (sum of the year that ends with the row's
        period, blank unless all of its periods are known), `mat_growth` (against the year before).
    """
    known = facts(df["period"], as_of)
    series, ordinal = numbers(df, known), known["ordinal"]
    history = History.of(points(df, valid, as_of))
    a_year = _per_year(known["grain"])
    now = df["actual"].where(known["state"] == "complete")
    mat = _year_sum(history, series, ordinal, a_year).where(now.notna())
    year_before = _year_sum(history, series, ordinal - a_year, a_year)
    return pd.DataFrame(
        {
            "growth_prev": growth(now, history.at(series, ordinal - 1)),
            "growth_yoy": growth(now, history.at(series, ordinal - a_year)),
            "mat": mat,
            "mat_growth": growth(mat, year_before),
        }
    )


def _year_sum(
    history: History, series: pd.Series, last: pd.Series, a_year: pd.Series
) -> pd.Series:
    total = pd.Series(0.0, index=series.index).where(a_year.notna())
    for back in range(_LONGEST):
        total += history.at(series, last - back).where(back < a_year, 0.0)
    return total


def year_to_date(
    df: pd.DataFrame, valid: pd.Series, as_of: date, by: Sequence[str] = KEYS
) -> pd.DataFrame:
    """Sum of the known complete periods of D's year, and growth against the same of last year.

    Returns:
        One row a series with actuals this year: the columns of `by`, `grain`, `ytd` (float64) and
        `ytd_growth` (float64, blank unless last year's counterparts are all known).
    """
    table = points(df, valid, as_of, by)
    a_year = _per_year(table["grain"])
    before = History.of(table).at(table["series"], table["ordinal"] - a_year)
    this_year = table.assign(before=before)[table["ordinal"] >= a_year * as_of.year]
    grouped = this_year.groupby("series", sort=True)
    sums = grouped.agg({c: "first" for c in [*by, "grain"] if c in table} | {"actual": "sum"})
    last_year = grouped["before"].sum().where(grouped["before"].count() == grouped.size())
    growths = growth(sums["actual"], last_year)
    return sums.rename(columns={"actual": "ytd"}).assign(ytd_growth=growths)


def _per_year(grain: pd.Series) -> pd.Series:
    return grain.map(dict(PER_YEAR)).astype("float64")
