"""Computed columns of targets: attainment, pace, growth and trend of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.metrics import attainment, growth, pace, trend
from tracker.metrics.arith import has, ratio
from tracker.metrics.period import facts, progress

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from tracker.metrics.series import Ledger
    from tracker.metrics.settings import Settings


def _paced(df: pd.DataFrame, as_of: date, settings: Settings) -> dict[str, pd.Series]:
    known = facts(df["period"], as_of)
    gone = progress(known, as_of, df.get("actual_as_of"), settings.workdays)
    found = {"time_progress": gone}
    if not has(df, "target", "actual"):
        return found
    share, state = attainment.attainment(df), known["state"]
    adjusted = pace.time_adjusted(share, gone)
    missing = pace.gap(df["target"], df["actual"])
    expected = pace.forecast(df["actual"], gone, state, settings.forecast_min_progress)
    return found | {
        "attainment_status": attainment.status(df, state),
        "time_adj_attainment": adjusted,
        "pace_status": pace.status(share, adjusted, state, settings.bands),
        "required_per_day": pace.required_per_day(missing, known["end"], as_of),
        "forecast": expected,
        "forecast_attainment": ratio(expected, df["target"]),
    }


def columns(
    df: pd.DataFrame, ledger: Ledger | None, as_of: date, settings: Settings
) -> dict[str, pd.Series]:
    """The computed columns of targets whose inputs the workbook has.

    `ledger` holds the same rows sorted into series; None if they lack period or actual.
    """
    found: dict[str, pd.Series] = {}
    if has(df, "target", "actual"):
        found["attainment"] = attainment.attainment(df)
        found["gap"] = pace.gap(df["target"], df["actual"])
    if has(df, "period"):
        found |= _paced(df, as_of, settings)
    if ledger is not None:
        found |= growth.columns(ledger) | trend.columns(ledger, settings.trend)
    return found
