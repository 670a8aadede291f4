"""Relationship stages (M-30): who stands where, who moved, whom to win."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics.arith import days_from, inside
from tracker.metrics.calls import served

if TYPE_CHECKING:
    from datetime import date

    from tracker.metrics.calls import Window
    from tracker.metrics.settings import CallSettings, Settings


def counts(customers: pd.DataFrame, settings: Settings) -> pd.Series:
    """Customers served at each stage, in the order of the stages (int64); blank ones left out."""
    mine = customers[served(customers, settings.calls)]
    sizes = mine["relationship_stage"].value_counts()
    return sizes.reindex(list(settings.relation.stages), fill_value=0)


def moves(customers: pd.DataFrame, settings: Settings, days: Window, as_of: date) -> pd.DataFrame:
    """Customers whose stage changed in a window, as the refreshes saw it.

    Args:
        customers: `relationship_stage`, `relationship_stage_was`, `relationship_stage_since`.
        settings: the order of the stages.
        days: first and last day of the window.
        as_of: the day D.

    Returns:
        Index: their rows. `was` and `now` (codes), `steps` (float64, below 0 for a fall), `since`
        (datetime64) and `days` in the stage (float64).
    """
    name = "relationship_stage"
    place = {code: n for n, code in enumerate(settings.relation.stages)}
    was, now, since = customers[f"{name}_was"], customers[name], customers[f"{name}_since"]
    found = pd.DataFrame(
        {
            "was": was, "now": now, "steps": now.map(place) - was.map(place), "since": since,
            "days": days_from(since, as_of),
        }
    )  # fmt: skip
    moved = was.notna() & now.notna() & inside(since, days)
    return found[moved & (found["steps"] != 0)]


def breakthrough(customers: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Rows of customers to win: a high tier at a low stage, by tier, stage and name."""
    limits: CallSettings = settings.calls
    low = customers["relationship_stage"].isin(settings.relation.break_stages)
    mine = customers[served(customers, limits) & low]
    mine = mine[mine["tier"].isin(settings.relation.break_tiers)]
    place = {code: n for n, code in enumerate(settings.relation.stages)}
    order = mine.assign(stage_place=mine["relationship_stage"].map(place))
    keys = [k for k in ("tier", "stage_place", "customer_name") if k in order]
    return mine.loc[order.sort_values(keys, kind="stable").index]
