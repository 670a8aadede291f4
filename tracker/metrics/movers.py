"""Customers whose tier changed, and those whose assessment is out of date (M-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics.arith import days_from, inside

if TYPE_CHECKING:
    from datetime import date

    from tracker.metrics.calls import Window


def movers(customers: pd.DataFrame, days: Window) -> pd.DataFrame:
    """Customers whose tier changed in a window, as the refreshes saw it.

    Args:
        customers: `tier`, `tier_was`, `tier_since`.
        days: first and last day of the window.

    Returns:
        Index: their rows. `was`, `now` (codes), `since`, `up` (bool: to a higher tier); the highest
        tier first.
    """
    since = customers["tier_since"]
    moved = customers["tier_was"].notna() & customers["tier"].notna()
    moved &= (customers["tier_was"] != customers["tier"]) & inside(since, days)
    mine = customers[moved]
    found = pd.DataFrame(
        {
            "was": mine["tier_was"], "now": mine["tier"], "since": mine["tier_since"],
            "up": mine["tier"] < mine["tier_was"],
        }
    )  # fmt: skip
    return found.sort_values(["now", "was"], kind="stable")


def stale(customers: pd.DataFrame, as_of: date, most: int) -> pd.DataFrame:
    """Rows of customers that were assessed more than so many days ago, the oldest first."""
    age = days_from(customers["assessed_on"], as_of)
    return customers[age > most].sort_values("assessed_on", kind="stable")
