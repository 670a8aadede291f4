"""When the next visit to a customer is due, and how long it is overdue (M-13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics.arith import days_from, half, look_up
from tracker.metrics.calls import attendance

if TYPE_CHECKING:
    from datetime import date

_MONTH = 30


def interval(per_month: pd.Series) -> pd.Series:
    """Days between visits at so many visits in 30 days; NaN for none."""
    return half(_MONTH / per_month.where(per_month > 0))


def last_visit(calls: pd.DataFrame, who: pd.Series) -> pd.Series:
    """Day of each customer's latest call (`calls` as `tracker.metrics.calls.done` gives them)."""
    latest = calls.groupby("who")["date"].max()
    return look_up(who, latest).astype("datetime64[s]")


def promised(visits: pd.DataFrame, valid: pd.Series, who: pd.Series, as_of: date) -> pd.Series:
    """The next visit date after D that the rep typed at each customer's latest visit up to D."""
    day = pd.Timestamp(as_of)
    which = valid & (visits["visit_date"] <= day) & (visits["next_visit_date"] > day)
    typed = visits.loc[which, ["customer_key", "visit_date", "next_visit_date"]]
    latest = attendance(typed).sort_values("visit_date", kind="stable")
    by_customer = latest.drop_duplicates("who", keep="last").set_index("who")["next_visit_date"]
    return look_up(who, by_customer).astype("datetime64[s]")


def next_due(
    last: pd.Series, first_contact: pd.Series | None, days: pd.Series, as_of: date
) -> pd.Series:
    """Day on which the next visit is due, by the customer's interval.

    Args:
        last: latest visit, NaT for a customer never visited.
        first_contact: day from which the interval runs for such a customer; without it D is due.
        days: interval in days, NaN where no visits are due.
        as_of: the day D.
    """
    since = last if first_contact is None else last.fillna(first_contact)
    due = since + pd.to_timedelta(days, unit="D")
    due = due.where(since.notna(), pd.Timestamp(as_of))
    return due.where(days.notna()).astype("datetime64[s]")


def overdue_days(due: pd.Series, as_of: date) -> pd.Series:
    """Days since the visit was due, 0 if it is not overdue, NaN if none is due (float64)."""
    return days_from(due, as_of).clip(lower=0)
