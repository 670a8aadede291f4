"""Whether sales keep pace with time: M-04 to M-07, row by row.

All take and give float64 Series on one index, blank (NaN) where something needed is blank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.metrics.arith import at_least, days_from, ratio, words

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from tracker.metrics.settings import Bands


def time_adjusted(attainment: pd.Series, progress: pd.Series) -> pd.Series:
    """Attainment against the share of time gone by (M-04)."""
    return ratio(attainment, progress)


def status(attainment: pd.Series, adjusted: pd.Series, state: pd.Series, bands: Bands) -> pd.Series:
    """Pace word (M-05): by time-adjusted attainment while running, by attainment once complete."""
    running, complete = state == "running", state == "complete"
    return words(
        state.index,
        [
            (running & at_least(adjusted, bands.ahead), "ahead"),
            (running & at_least(adjusted, bands.on_track), "on_track"),
            (running & at_least(adjusted, bands.slightly_behind), "slightly_behind"),
            (running & adjusted.notna(), "behind"),
            (complete & at_least(attainment, bands.achieved), "achieved"),
            (complete & at_least(attainment, bands.near), "near"),
            (complete & attainment.notna(), "missed"),
        ],
    )


def forecast(
    actual: pd.Series, progress: pd.Series, state: pd.Series, min_progress: float
) -> pd.Series:
    """What the period will end with at the pace so far (M-06).

    Blank before `min_progress` of the time has gone by (too little to go on) and once complete.
    """
    usable = at_least(progress, min_progress) & (state != "complete")
    return ratio(actual, progress).where(usable)


def gap(target: pd.Series, actual: pd.Series) -> pd.Series:
    """What is missing to the target, negative for a surplus (M-07)."""
    return target - actual


def gap_to_pace(target: pd.Series, actual: pd.Series, progress: pd.Series) -> pd.Series:
    """What is missing to the part of the target that time asks for by now (M-07)."""
    return target * progress - actual


def required_per_day(missing: pd.Series, end: pd.Series, as_of: date) -> pd.Series:
    """Daily amount that closes the gap from tomorrow to the period's end (M-07).

    Blank from the last day on.
    """
    return ratio(missing.clip(lower=0), -days_from(end, as_of))
