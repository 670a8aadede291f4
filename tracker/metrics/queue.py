"""The queue of issues as a whole (M-26): how old, how punctual, what awaits an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics.ageing import closed
from tracker.metrics.arith import inside
from tracker.metrics.share import Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.metrics.calls import Window


def buckets(issues: pd.DataFrame, last_days: Sequence[int]) -> pd.DataFrame:
    """Open issues by class of age.

    Args:
        issues: `issue_status` and `age_days`.
        last_days: the last day of each class but the last, ascending: 7, 14, 30.

    Returns:
        A row a class in order: `first` and `last` day (float64, NaN for no end), `issues` (int64).
    """
    ages = issues.loc[~closed(issues), "age_days"].dropna().clip(lower=0)
    place = np.searchsorted(np.asarray(last_days, dtype="float64"), ages.to_numpy(), side="left")
    sizes = np.bincount(place, minlength=len(last_days) + 1)
    firsts = [0.0, *(day + 1.0 for day in last_days)]
    return pd.DataFrame(
        {"first": firsts, "last": [*map(float, last_days), np.nan], "issues": sizes}
    )


def on_time(issues: pd.DataFrame) -> Share:
    """Issues closed in time among those closed with a deadline (`sla_state`)."""
    early, late = ((issues["sla_state"] == s).sum() for s in ("closed_on_time", "closed_late"))
    return Share(float(early), float(early + late))


def median_age(issues: pd.DataFrame) -> float | None:
    """Median age of the open issues in days, None without any."""
    middle = issues.loc[~closed(issues), "age_days"].median()
    return None if pd.isna(middle) else float(middle)


def to_feed_back(issues: pd.DataFrame) -> pd.DataFrame:
    """Closed issues whose customer has not been told yet (`feedback_state`)."""
    return issues[issues["feedback_state"] == "pending"]


def satisfaction(issues: pd.DataFrame, days: Window) -> tuple[float | None, int]:
    """Mean and number of the scores given in a window (M-36).

    A score counts on the day its issue was closed, or was raised where that is blank.
    """
    day = issues["raised_date"]
    if "closed_date" in issues:
        day = issues["closed_date"].fillna(day)
    scores = issues.loc[inside(day, days), "satisfaction"].dropna()
    return (float(scores.mean()) if len(scores) else None), len(scores)
