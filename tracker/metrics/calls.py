"""Calls: planned by tier frequency (M-14), actual (M-15), and one against the other (M-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics.arith import days_from, half, look_up, ratio
from tracker.metrics.period import bounds, holding

if TYPE_CHECKING:
    from datetime import date

    from tracker.metrics.settings import CallSettings

    Window = tuple[date, date]

_MONTH = 30  # days that a frequency counts for


def window(as_of: date) -> Window:
    """First and last day of the current period of calls: the calendar quarter that holds D."""
    return bounds(holding(as_of, "quarter"))


def attendance(visits: pd.DataFrame) -> pd.DataFrame:
    """One row a visit and attending customer, on the visit's index (a group visit has several).

    The columns of `visits` (give those that are wanted alone: each costs), and `who`: the
    customer's id. Visits without a known customer have no row.
    """
    attending = visits["customer_key"].tolist()
    counts = np.fromiter(map(len, attending), dtype=np.int64, count=len(visits))
    long = visits.iloc[np.repeat(np.arange(len(visits)), counts)]
    ids = [who for those in attending for who in those]
    return long.assign(who=pd.Series(ids, index=long.index, dtype=object))


def done(
    visits: pd.DataFrame, valid: pd.Series, as_of: date, settings: CallSettings
) -> pd.DataFrame:
    """Actual calls up to D: completed visits without errors, one row a customer and day.

    With `settings.count` "visit" repeats on one day count each. Columns: `who` (customer id),
    `date` (datetime64).
    """
    held = valid & (visits["visit_status"] == "completed")
    return _dated(visits, held & (visits["visit_date"] <= pd.Timestamp(as_of)), settings)


def scheduled(
    visits: pd.DataFrame, valid: pd.Series, as_of: date, settings: CallSettings
) -> pd.DataFrame:
    """Calls planned for days after D, in the form of `done`."""
    planned = valid & (visits["visit_status"] == "planned")
    return _dated(visits, planned & (visits["visit_date"] > pd.Timestamp(as_of)), settings)


def _dated(visits: pd.DataFrame, which: pd.Series, settings: CallSettings) -> pd.DataFrame:
    calls = attendance(visits.loc[which, ["customer_key", "visit_date"]])
    found = pd.DataFrame({"who": calls["who"], "date": calls["visit_date"]})
    return found.drop_duplicates() if settings.count == "day" else found


def count(calls: pd.DataFrame, who: pd.Series, days: Window) -> pd.Series:
    """Number of calls of each customer within days, both inside; 0 where there are none."""
    first, last = map(pd.Timestamp, days)
    sizes = calls.loc[calls["date"].between(first, last), "who"].value_counts()
    return look_up(who, sizes).astype("float64").fillna(0.0)


def recent(as_of: date, days: int) -> Window:
    """The last so many days, D itself being the last."""
    last = pd.Timestamp(as_of)
    return (last - pd.Timedelta(days=days - 1)).date(), as_of


def served(customers: pd.DataFrame, settings: CallSettings) -> pd.Series:
    """Whether a customer is still visited: neither inactive nor moved away."""
    if "status" not in customers:
        return pd.Series(True, index=customers.index)
    return ~customers["status"].isin(settings.inactive)


def frequency(customers: pd.DataFrame, tier: pd.Series, settings: CallSettings) -> pd.Series:
    """Visits in 30 days: the customer's own target frequency, else that of the tier.

    NaN for a customer without a tier or no longer served.
    """
    usual = tier.map(dict(settings.frequency)).astype("float64")
    own = customers.get("target_frequency", usual)
    return own.fillna(usual).where(tier.notna() & served(customers, settings))


def planned(per_month: pd.Series, start: pd.Series | None, days: Window) -> pd.Series:
    """Calls that a frequency asks for in a window (M-14).

    Args:
        per_month: visits in 30 days, NaN where nothing is planned.
        start: day from which the customer is visited, NaT for always; None if unknown of all.
        days: first and last day of the window.
    """
    first, last = map(pd.Timestamp, days)
    from_day = pd.Series(first, index=per_month.index)
    if start is not None:
        from_day = start.where(start > first, first)
    active = (days_from(from_day, last.date()) + 1).clip(lower=0)
    return half(per_month * active / _MONTH)


def attainment(actual: pd.Series, plan: pd.Series) -> pd.Series:
    """Actual against planned calls, NaN where none are planned (M-18)."""
    return ratio(actual, plan)


def remaining(plan: pd.Series, actual: pd.Series) -> pd.Series:
    """Calls still to make: planned less actual, never below 0, blanks as 0 (M-15)."""
    return (plan.fillna(0) - actual.fillna(0)).clip(lower=0)


def remaining_to_schedule(plan: pd.Series, future: pd.Series, actual: pd.Series) -> pd.Series:
    """Calls that are neither made nor in the diary yet, never below 0, blanks as 0 (M-15)."""
    return (plan.fillna(0) - future.fillna(0) - actual.fillna(0)).clip(lower=0)
