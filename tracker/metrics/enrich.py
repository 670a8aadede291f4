"""All computed columns of a workbook at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics import ageing, customers, targets, visits
from tracker.metrics.arith import has
from tracker.metrics.series import Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tracker.metrics.settings import Settings


def enrich(
    frames: Mapping[str, pd.DataFrame],
    valid: Mapping[str, pd.Series],
    as_of: date,
    settings: Settings,
) -> dict[str, pd.DataFrame]:
    """Compute what the workbook's own columns allow.

    Args:
        frames: module -> its rows, index Excel row, as `tracker.book` reads them.
        valid: module -> whether each row is free of errors (bool, same index). Only such rows
            enter what is computed from several rows; a module not named has no faulty rows.
        as_of: the day D everything is computed for.
        settings: thresholds.

    Returns:
        For each module of `frames` a frame on the same index with its computed columns: words as
        pick codes (object, None where blank), numbers float64, dates datetime64[s], text object.
        A column whose inputs the workbook lacks is left out.
    """
    clean = {name: _flags(df, valid.get(name)) for name, df in frames.items()}
    found: dict[str, dict[str, pd.Series]] = {name: {} for name in frames}
    ledger = _ledger(frames.get("targets"), clean.get("targets"), as_of)
    if "customers" in frames:
        found["customers"] = customers.columns(frames, clean, ledger, as_of, settings)
    if "visits" in frames:
        link_days = settings.calls.link_days
        found["visits"] = visits.columns(frames["visits"], clean["visits"], as_of, link_days)
    if "targets" in frames:
        found["targets"] = targets.columns(frames["targets"], ledger, as_of, settings)
    if "issues" in frames:
        found["issues"] = ageing.columns(frames["issues"], as_of, settings.due_soon_days)
    return {name: pd.DataFrame(found[name], index=df.index) for name, df in frames.items()}


def _ledger(df: pd.DataFrame | None, valid: pd.Series | None, as_of: date) -> Ledger | None:
    if df is None or valid is None or not has(df, "period", "actual"):
        return None
    return Ledger.of(df, valid, as_of)


def _flags(df: pd.DataFrame, valid: pd.Series | None) -> pd.Series:
    if valid is None:
        return pd.Series(True, index=df.index)
    return valid.reindex(df.index, fill_value=False).astype(bool)
