"""What was promised to customers, and whether it was kept (M-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics.share import Share

if TYPE_CHECKING:
    from datetime import date

STATES = ("on_time", "late", "overdue", "not_due")


def counts(visits: pd.DataFrame) -> dict[str, int]:
    """Commitments of visits by state; those without a due date have none (`commitment_state`)."""
    found = visits["commitment_state"].value_counts()
    return {state: int(found.get(state, 0)) for state in STATES}


def kept(visits: pd.DataFrame, as_of: date) -> Share:
    """Kept in time among those due on or before D."""
    due = visits["commitment_state"].notna() & (visits["commitment_due"] <= pd.Timestamp(as_of))
    return Share(float((due & (visits["commitment_state"] == "on_time")).sum()), float(due.sum()))


def outstanding(visits: pd.DataFrame) -> pd.DataFrame:
    """Rows of what is still to be done, the oldest due date first."""
    open_ones = visits[visits["commitment_state"].isin(["overdue", "not_due"])]
    open_ones = open_ones[open_ones["commitment_done_on"].isna()]
    return open_ones.sort_values("commitment_due", kind="stable")
