"""How old an issue is, and whether it keeps its deadline (M-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics.arith import days_from, has, words

if TYPE_CHECKING:
    from datetime import date

_CLOSED = ("resolved", "closed")


def closed(issues: pd.DataFrame) -> pd.Series:
    """Whether an issue is resolved or closed; one on hold is still open."""
    return issues["issue_status"].isin(_CLOSED)


def age_days(raised: pd.Series, closed_on: pd.Series | None, as_of: date) -> pd.Series:
    """Days from the day it was raised to the day it was closed, or to D (float64)."""
    today = pd.Series(pd.Timestamp(as_of), index=raised.index, dtype="datetime64[s]")
    return days_from(raised, today if closed_on is None else closed_on.fillna(today))


def overdue_days(issues: pd.DataFrame, as_of: date) -> pd.Series:
    """Days that an open issue is past its deadline, NaN for any other (float64)."""
    late = days_from(issues["due_date"], as_of)
    return late.where(~closed(issues) & (late > 0))


def sla_state(issues: pd.DataFrame, as_of: date, due_soon_days: int) -> pd.Series:
    """closed_on_time, closed_late, overdue, due_soon, in_progress or no_deadline.

    None for a closed issue whose closing day is unknown.
    """
    over, left = closed(issues), -days_from(issues["due_date"], as_of)
    unknown = pd.Series(pd.NaT, index=issues.index, dtype="datetime64[s]")
    closed_on, due = issues.get("closed_date", unknown), issues["due_date"]
    return words(
        issues.index,
        [
            (due.isna(), "no_deadline"),
            (over & (closed_on <= due), "closed_on_time"),
            (over & (closed_on > due), "closed_late"),
            (~over & (left < 0), "overdue"),
            (~over & (left <= due_soon_days), "due_soon"),
            (~over, "in_progress"),
        ],
    )


def feedback_state(issues: pd.DataFrame) -> pd.Series:
    """Word for a closed issue: pending until the customer was told, then done; else None."""
    told = issues["fed_back_on"].notna()
    return words(issues.index, [(told, "done"), (closed(issues), "pending")])


def columns(issues: pd.DataFrame, as_of: date, due_soon_days: int) -> dict[str, pd.Series]:
    """The computed columns of issues whose inputs the workbook has."""
    found: dict[str, pd.Series] = {}
    if has(issues, "raised_date"):
        found["age_days"] = age_days(issues["raised_date"], issues.get("closed_date"), as_of)
    if has(issues, "issue_status", "due_date"):
        found["overdue_days"] = overdue_days(issues, as_of)
        found["sla_state"] = sla_state(issues, as_of, due_soon_days)
    if has(issues, "issue_status", "fed_back_on"):
        found["feedback_state"] = feedback_state(issues)
    return found
