"""What came of the visits: plan (M-21), objectives (M-22), responses (M-23), timeliness (M-35)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics.arith import days_from
from tracker.metrics.calls import attendance
from tracker.metrics.share import Share

if TYPE_CHECKING:
    from datetime import date

    from tracker.metrics.calls import Window

OBJECTIVE_RESULTS = ("met", "partial", "not_met")
RESPONSES = ("agree", "refuse", "ambiguous")


def rows_in(visits: pd.DataFrame, days: Window, as_of: date) -> pd.DataFrame:
    """Rows whose date lies in a window and not after D."""
    first, last = map(pd.Timestamp, days)
    return visits[visits["visit_date"].between(first, min(last, pd.Timestamp(as_of)))]


def execution(rows: pd.DataFrame, as_of: date) -> dict[str, int]:
    """How many plans of `rows_in` were `completed`, `missed`, `cancelled` (M-21).

    Missed is a plan before D that nobody closed; rescheduled rows are left out, the new row counts.
    """
    missed = (rows["visit_status"] == "planned") & (rows["visit_date"] < pd.Timestamp(as_of))
    status = rows["visit_status"]
    return {
        "completed": int((status == "completed").sum()),
        "missed": int(missed.sum()),
        "cancelled": int((status == "cancelled").sum()),
    }


def executed(rows: pd.DataFrame, as_of: date) -> Share:
    """Completed among completed, missed and cancelled (M-21)."""
    counts = execution(rows, as_of)
    return Share(counts["completed"], sum(counts.values()))


def joint(rows: pd.DataFrame) -> Share:
    """Completed visits with somebody along among all completed ones."""
    held = rows[rows["visit_status"] == "completed"]
    return Share(float(held["accompanied_by"].notna().sum()), float(len(held)))


def objectives(rows: pd.DataFrame) -> dict[str, int]:
    """Results of completed visits with an objective, by code; unassessed ones are left out (M-22)."""
    held = (rows["visit_status"] == "completed") & rows["objective"].notna()
    return _counts(rows.loc[held, "objective_result"], OBJECTIVE_RESULTS)


def attained(rows: pd.DataFrame, partial: float = 0.0) -> Share:
    """Objectives met among those assessed; `partial` is what a partly met one counts (M-22)."""
    counts = objectives(rows)
    return Share(counts["met"] + partial * counts["partial"], sum(counts.values()))


def responses(rows: pd.DataFrame) -> dict[str, int]:
    """Responses at completed visits by code (M-23)."""
    return _counts(rows.loc[rows["visit_status"] == "completed", "customer_response"], RESPONSES)


def commitment_rate(rows: pd.DataFrame) -> Share:
    """Customers who agreed among all who responded (M-23)."""
    counts = responses(rows)
    return Share(counts["agree"], sum(counts.values()))


def _counts(codes: pd.Series, known: tuple[str, ...]) -> dict[str, int]:
    found = codes.value_counts()
    return {code: int(found.get(code, 0)) for code in known}


def to_probe(visits: pd.DataFrame, as_of: date) -> pd.Series:
    """Customers whose last two completed visits with a response were ambiguous (M-23).

    Index: customer ids; values: the day of the last one.
    """
    held = (visits["visit_status"] == "completed") & visits["customer_response"].notna()
    held &= visits["visit_date"] <= pd.Timestamp(as_of)
    order = [name for name in ("visit_date", "start_time") if name in visits]
    rows = visits.loc[held, ["customer_key", "customer_response", *order]]
    last = attendance(rows.sort_values(order, kind="stable")).groupby("who").tail(2)
    unclear = last["customer_response"].eq("ambiguous").groupby(last["who"]).agg(["sum", "size"])
    twice = unclear.index[(unclear["sum"] == 2) & (unclear["size"] == 2)]
    days = last.groupby("who")["visit_date"].max()
    return days[days.index.isin(twice)]


def timely(rows: pd.DataFrame, most: int) -> Share:
    """Completed visits written up at most so many days later, among those with a day (M-35)."""
    held = rows[(rows["visit_status"] == "completed") & rows["logged_on"].notna()]
    late = days_from(held["visit_date"], held["logged_on"])
    return Share(float((late <= most).sum()), float(len(held)))


def completeness(share: pd.Series) -> float | None:
    """Mean of the rows' shares of cells that are filled in (M-35)."""
    mean = share.mean()
    return None if pd.isna(mean) else float(mean)
