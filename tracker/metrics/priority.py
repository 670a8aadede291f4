"""Whom to turn to first (M-38): in the order of plain criteria, no opaque score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics.calls import served
from tracker.metrics.series import Ledger
from tracker.metrics.share import holds, sound
from tracker.metrics.subjects import running

if TYPE_CHECKING:
    from datetime import date

    from tracker.metrics.settings import Settings
    from tracker.metrics.share import Tables

_SOLD = tuple(
    f"targets.{name}"
    for name in ("subject_level", "customer_key", "period", "actual", "target", "unit")
)


def order(tables: Tables, as_of: date, settings: Settings) -> pd.DataFrame:
    """Customers served, the most urgent first.

    By risk level, tier (A first), days overdue (most first), what is missing to the pace of the
    sales (largest first, within a unit), name. A criterion whose column is absent decides nothing; a blank comes
    last.

    Returns:
        The rows of customers in that order, with `pace_gap` (float64, M-07) and its `pace_unit`.
    """
    customers = tables["customers"]
    mine = customers[served(customers, settings.calls)]
    mine = mine.assign(pace_gap=float("nan"), pace_unit=None)
    if holds(tables, *_SOLD):
        rows = tables["targets"]
        sales = running(
            mine, Ledger.of(rows, sound(rows), as_of, workdays=settings.workdays), sound(rows)
        )
        mine = mine.assign(pace_gap=sales["behind"], pace_unit=sales["unit"])
    levels = {name: place for place, (name, _) in enumerate(settings.risk.levels)}
    keys = pd.DataFrame(
        {
            "risk": mine["risk_level"].map(levels) if "risk_level" in mine else 0.0,
            "tier": mine.get("tier", ""),
            "overdue": -mine["overdue_days"].fillna(0.0) if "overdue_days" in mine else 0.0,
            "unit": mine["pace_unit"],
            "gap": -mine["pace_gap"],
            "name": mine.get("customer_name", ""),
        },
        index=mine.index,
    )  # fmt: skip
    return mine.loc[
        keys.sort_values([str(k) for k in keys], kind="stable", na_position="last").index
    ]
