"""Attainment of a sales target (M-02): row by row, and summed over rows of one unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics.arith import ratio, words
from tracker.metrics.period import facts, progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tracker.metrics.workdays import Workdays


def attainment(df: pd.DataFrame) -> pd.Series:
    """`actual / target` where both are known and the target is above zero, else NaN (float64)."""
    return ratio(df["actual"], df["target"])


def status(df: pd.DataFrame, state: pd.Series) -> pd.Series:
    """Why there is no attainment, None where there is one.

    Args:
        df: `target` and `actual`, float64.
        state: complete, running or future, as `period.facts` gives it.
    """
    target, blank = df["target"], df["actual"].isna()
    return words(
        df.index,
        [
            (target.isna(), "no_target"),
            ((target == 0) & (df["actual"] > 0), "zero_target_with_sales"),
            (target == 0, "zero_target"),
            (blank & (state == "future"), "not_started"),
            (blank & (state == "running"), "pending"),
            (blank & (state == "complete"), "missing_actual"),
        ],
    )


def aggregate(
    df: pd.DataFrame, valid: pd.Series, as_of: date, by: Sequence[str] = (),
    workdays: Workdays | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Σactual / Σtarget by unit and the columns of `by`: `rates` of `sums`, which see."""
    return rates(sums(df, valid, as_of, by, workdays))


def sums(
    df: pd.DataFrame, valid: pd.Series, as_of: date, by: Sequence[str] = (),
    workdays: Workdays | None = None,
) -> pd.DataFrame:  # fmt: skip
    """What an attainment is made of, by unit and the columns of `by`; sums of groups add up.

    Counted are rows without errors, of started periods, with a target above zero; a blank actual
    counts 0 there, and `known` says how many were filled in. Rows of the whole territory
    (subject level rep) are left out unless `by` keeps them apart. Periods of several lengths must
    be kept apart by the caller (choose rows of one period, or name `period` in `by`).

    Args:
        df: rows of targets, or some of them.
        valid: whether a row is free of errors, on an index that holds that of `df`.
        as_of: the day D.
        by: columns that make groups, beside `unit`.
        workdays: what time progress counts, None for calendar days.

    Returns:
        Index: the groups (the columns of `by`, then `unit`), sorted. Columns, float64: `target`
        and `actual` (of the counted rows), `rows` (counted), `known` (counted, with an actual),
        `excluded` (rows with errors), `total_sales` (actuals of all rows without errors, with or
        without target), `to_date` (Σ target × time progress).
    """
    keys = list(dict.fromkeys([*by, "unit"]))
    if "subject_level" in df and "subject_level" not in by:
        df = df[df["subject_level"] != "rep"]
    parts = _summands(df, valid.reindex(df.index), as_of, workdays)
    return parts.groupby([df[key] for key in keys], dropna=False, sort=True).sum()


def rates(total: pd.DataFrame) -> pd.DataFrame:
    """Attainment of sums, never a mean of percentages (M-02).

    Returns:
        The sums without `known`, and `attainment`, `actual_coverage` (share of counted rows with an
        actual), `time_progress` (weighted by target), `time_adj_attainment` (actual / to_date).
    """
    found = total.drop(columns="known")
    found["attainment"] = ratio(total["actual"], total["target"])
    found["actual_coverage"] = ratio(total["known"], total["rows"])
    found["time_progress"] = ratio(total["to_date"], total["target"])
    found["time_adj_attainment"] = ratio(total["actual"], total["to_date"])
    return found


def _summands(
    df: pd.DataFrame, valid: pd.Series, as_of: date, workdays: Workdays | None
) -> pd.DataFrame:
    known = facts(df["period"], as_of)
    sound, state = valid.to_numpy(dtype=bool), known["state"].to_numpy()
    target, actual = (df[name].to_numpy(dtype=np.float64) for name in ("target", "actual"))
    started = sound & ((state == "running") | (state == "complete"))
    counted = started & (target > 0)
    gone = progress(known, as_of, df.get("actual_as_of"), workdays).to_numpy()
    sold = np.where(np.isnan(actual), 0.0, actual)
    return pd.DataFrame(
        {
            "target": np.where(counted, target, 0.0),
            "actual": np.where(counted, sold, 0.0),
            "rows": counted.astype(np.float64),
            "known": (counted & ~np.isnan(actual)).astype(np.float64),
            "excluded": (~sound).astype(np.float64),
            "total_sales": np.where(started, sold, 0.0),
            "to_date": np.where(counted, target * gone, 0.0),
        },
        index=df.index,
    )
