"""Whether a series of actuals rises or falls (M-09).

Theil-Sen: P. K. Sen, JASA 63 (1968) 1379-1389, for the size of the change; Kendall's S, exact for
short series (M. G. Kendall, Rank Correlation Methods), for how consistent it is. Both judge a
window of few points better than comparing the last value with the one before.
"""

from __future__ import annotations

from functools import lru_cache
from math import factorial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from tracker.metrics.arith import as_words
from tracker.metrics.series import KEYS, Ledger
from tracker.metrics.trend_rules import RULES, SHORT, TrendSettings, Windows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from tracker.metrics.arith import Flags

_FEWEST = 2  # points that a trend needs
_RARE = 20  # one order in so many on either side: 10 % on both


class TrendResult(NamedTuple):
    """Trend of one series.

    `label`: up, down, flat or insufficient. `change`: relative change over the window, NaN where
    it is undefined. `n`: points used. `confidence`: high, medium, low, or None without a trend.
    `s`: Kendall's S.
    """

    label: str
    change: float
    n: int
    confidence: str | None
    s: int


def trend(
    values: Sequence[float | None], settings: TrendSettings, per_year: int = 12
) -> TrendResult:
    """Trend of one series of consecutive complete periods, oldest first; None or NaN is a gap.

    `per_year` is the number of such periods in a year; only the rule `yoy` asks for it.
    """
    actual = pd.Series(list(values), dtype="float64")
    table = pd.DataFrame({"series": 0, "ordinal": range(len(actual)), "actual": actual})
    row = trends(table[actual.notna()].assign(per_year=per_year), settings, count=1).iloc[0]
    return TrendResult(
        str(row["label"]), float(row["change"]), int(row["n"]), row["confidence"], int(row["s"])
    )


def series(
    df: pd.DataFrame, valid: pd.Series, as_of: date, by: Sequence[str] = KEYS
) -> pd.DataFrame:
    """The points that trends are made of.

    Args:
        df: rows of targets.
        valid: rows without errors; others are left out.
        as_of: the day D; only periods complete by then have points.
        by: columns that keep series apart, see `tracker.metrics.series.Ledger`.

    Returns:
        One row a series and period in order of time: `series` (its number), the columns of `by`
        that exist, `grain`, `per_year`, `period`, `ordinal`, `actual`.
    """
    ledger = Ledger.of(df, valid, as_of, by)
    return ledger.points.drop(columns="per_year").join(ledger.keys, on="series")


def of_ledger(ledger: Ledger, settings: TrendSettings) -> pd.DataFrame:
    """Trend of every series: the columns of `ledger.keys` and those of `trends`, same index."""
    return ledger.keys.join(trends(ledger.points, settings, len(ledger.keys)))


def columns(ledger: Ledger, settings: TrendSettings) -> dict[str, pd.Series]:
    """`trend`, `trend_change`, `trend_n`, `trend_confidence`: alike on all rows of a series."""
    number = ledger.rows["series"]
    found = trends(ledger.points, settings, len(ledger.keys)).reindex(number)
    found = found.set_axis(number.index)
    return {
        "trend": as_words(found["label"]),
        "trend_change": found["change"],
        "trend_n": found["n"].astype("float64"),
        "trend_confidence": as_words(found["confidence"]),
    }


def trends(table: pd.DataFrame, settings: TrendSettings, count: int) -> pd.DataFrame:
    """Trend of many series at once.

    Args:
        table: points as a ledger has them: `series` (0 to count - 1), `ordinal`, `actual`,
            `per_year`, without blanks, sorted by series and ordinal.
        settings: rule, window and thresholds.
        count: number of series; some may have no points.

    Returns:
        Index 0 to count - 1. `label` and `confidence` (object), `change` (float64), `n` and `s`
        (int64), `total` (float64, sum of the window).
    """
    windows = Windows.of(table, settings.window, count)
    change, up, down = RULES[settings.rule](windows, settings)
    few = (windows.n < _FEWEST) | (np.isnan(change) & (windows.level != 0))
    label = np.select([few, up, down], ["insufficient", "up", "down"], "flat")
    return pd.DataFrame(
        {
            "label": label.astype(object),
            "change": np.where(few, np.nan, change),
            "n": windows.n,
            "confidence": _confidence(windows, few),
            "s": windows.kendall_s,
            "total": windows.total,
        }
    )


def _confidence(windows: Windows, few: Flags) -> NDArray[np.object_]:
    critical = np.array([critical_s(n) if n >= SHORT else n for n in range(windows.x.shape[1] + 1)])
    known = [
        few,
        windows.n < SHORT,
        np.abs(windows.kendall_s) >= critical[windows.n],
    ]
    words = np.select(known, ["", "low", "high"], "medium").astype(object)
    words[few] = None
    return words


@lru_cache(maxsize=64)
def critical_s(n: int) -> int:
    """Smallest |S| that chance reaches in at most 10 % of random orders of n distinct values.

    Counted exactly: the orders by number of inversions k, where S = n(n-1)/2 - 2k.
    """
    orders = [1]
    for size in range(2, n + 1):
        width = len(orders) + size - 1
        orders = [sum(orders[max(0, k - size + 1) : k + 1]) for k in range(width)]
    tail, inversions = 0, 0
    while (tail + orders[inversions]) * _RARE <= factorial(n):
        tail += orders[inversions]
        inversions += 1
    return n * (n - 1) // 2 - 2 * (inversions - 1)
