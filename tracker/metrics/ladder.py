"""The adoption ladder as a whole (M-25): who stands where, who went up and who came down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.metrics import adoption
from tracker.metrics.share import Share, holds, sound

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from tracker.metrics.calls import Window
    from tracker.metrics.share import Tables


def _records(tables: Tables, as_of: date) -> pd.DataFrame | None:
    if not holds(tables, *adoption.FIELDS):
        return None
    return adoption.records(tables["messaging"], sound(tables["messaging"]), as_of)


def counts(tables: Tables, as_of: date) -> pd.DataFrame | None:
    """Customers on each rung: `product`, `stage` (float64), `customers` (int64), sorted.

    None where the workbook lacks the columns.
    """
    found = _records(tables, as_of)
    if found is None:
        return None
    last = adoption.current(found)
    return last.groupby(["product", "stage"]).size().reset_index(name="customers")


def moves(tables: Tables, as_of: date, days: Window) -> pd.DataFrame | None:
    """How each customer moved over a window, see `adoption.moves`; None without the columns."""
    found = _records(tables, as_of)
    return None if found is None else adoption.moves(found, days)


def progression(moved: pd.DataFrame) -> Share:
    """Customers and products that went up among those with both values."""
    return Share(float((moved["delta"] > 0).sum()), float(moved["delta"].notna().sum()))


def regressions(moved: pd.DataFrame) -> pd.DataFrame:
    """Those that came down, the deepest fall first."""
    down = moved[moved["delta"] < 0]
    return down.sort_values(["delta", "product", "who"], kind="stable").reset_index(drop=True)
