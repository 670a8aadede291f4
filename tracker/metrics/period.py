"""Periods as of a day (M-01), and the share of a period that has gone by (M-03)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tracker.book.period import PER_YEAR, Period, bounds, holding, name, parse, split
from tracker.metrics.arith import days_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from tracker.book.period import Grain
    from tracker.metrics.workdays import Workdays

__all__ = ["PER_YEAR", "Period", "bounds", "facts", "holding", "name", "parse", "progress", "split"]

_BLANK = (None, np.nan, None, None, None)
_TYPES: Mapping[str, Any] = {
    "grain": object, "ordinal": np.float64, "start": "datetime64[s]", "end": "datetime64[s]",
    "state": object,
}  # fmt: skip


def facts(periods: pd.Series, as_of: date) -> pd.DataFrame:
    """What is known of each period as of a day.

    Args:
        periods: canonical texts, None where unreadable.
        as_of: the day D.

    Returns:
        On the same index: `grain` (object), `ordinal` (float64), `start` and `end`
        (datetime64[s], both inside the period), `state` (object: complete if D is past the end,
        running if D is inside, future). All blank where the period is None.
    """
    codes, distinct = pd.factorize(periods.to_numpy(dtype=object))
    table = _table(tuple(distinct), as_of)
    return pd.DataFrame({name: cells[codes] for name, cells in table.items()}, periods.index)


@lru_cache(maxsize=16)
def _table(texts: tuple[str, ...], as_of: date) -> Mapping[str, NDArray[Any]]:
    """Facts of some periods by column, and at the end those of a blank one."""
    rows = [*(_fact(text, as_of) for text in texts), _BLANK]
    columns = zip(_TYPES.items(), zip(*rows, strict=True), strict=True)
    return {name: np.array(cells, dtype) for (name, dtype), cells in columns}


def _fact(text: str, as_of: date) -> tuple[Grain, float, date, date, str]:
    grain, ordinal = split(text)
    start, end = bounds(text)
    state = "complete" if as_of > end else "running" if as_of >= start else "future"
    return grain, ordinal, start, end, state


def progress(
    known: pd.DataFrame, as_of: date, data_until: pd.Series | None = None,
    workdays: Workdays | None = None,
) -> pd.Series:  # fmt: skip
    """Time progress, M-03: the share of days gone by, 0 before the period, 1 from its end.

    Args:
        known: `start` and `end` as `facts` gives them.
        as_of: the day D.
        data_until: where it holds an earlier day than D, that day counts instead of D.
        workdays: counts working days instead of calendar days.
    """
    start, end = known["start"], known["end"]
    days: Any = np.full(len(known), np.datetime64(as_of, "s"))
    if data_until is not None:
        until = data_until.to_numpy()
        days = np.where(until < days, until, days)  # a blank one is not earlier
    day = pd.Series(days, index=known.index)
    if workdays is not None:
        inside = day.where(day < end, end)
        gone = workdays.counted(start, inside.where(day >= start, start - pd.Timedelta(days=1)))
        return gone / workdays.counted(start, end)
    passed, length = (days_from(start, last).to_numpy() + 1 for last in (day, end))
    return pd.Series(np.clip(passed / length, 0.0, 1.0), index=known.index)
