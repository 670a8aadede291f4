"""Calls of the Summary: by window, by month, and against the plan of the running quarter."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from tracker.metrics import period
from tracker.summary.source import Source, number

Calls = pd.DataFrame
_MONTHS = 6


def made(source: Source) -> Calls:
    """Actual calls (M-15): distinct `customer` and `date` of completed visits up to the day."""
    if not source.has("visits", "customer_key", "visit_date", "visit_status"):
        return pd.DataFrame({"customer": [], "date": pd.Series([], dtype="datetime64[s]")})
    visits = source.tables["visits"]
    done = visits["visit_status"].eq("completed") & visits["visit_date"].le(
        pd.Timestamp(source.as_of)
    )
    pairs = visits.loc[done, ["customer_key", "visit_date"]].explode("customer_key").dropna()
    pairs.columns = pd.Index(["customer", "date"])
    return pairs.drop_duplicates()


def in_window(calls: Calls, as_of: dt.date, days: int) -> int:
    """Calls of the last `days` days, the day itself included."""
    return int(calls["date"].gt(pd.Timestamp(as_of) - pd.Timedelta(days=days)).sum())


def by_month(calls: Calls, as_of: dt.date) -> list[dict[str, object]]:
    """Calls of the running month and the five before it: `month`, `calls`; empty without calls."""
    grain, last = period.split(period.holding(as_of, "month"))
    months = [period.name(period.Period(grain, last - back)) for back in range(_MONTHS)][::-1]
    counts = calls["date"].dt.strftime("%Y-%m").value_counts()
    rows: list[dict[str, object]] = [{"month": m, "calls": int(counts.get(m, 0))} for m in months]
    return rows if any(row["calls"] for row in rows) else []


def plan(source: Source) -> dict[str, object] | None:
    """Call-plan attainment of the running quarter (M-18), over customers with a plan.

    `capped` counts no customer above its plan, `uncapped` does; None without a plan.
    """
    if not source.has("customers", "planned_calls", "actual_calls"):
        return None
    table = source.tables["customers"]
    planned, actual = table["planned_calls"].fillna(0), table["actual_calls"].fillna(0)
    total = float(planned.sum())
    if total == 0:
        return None
    return {
        "planned": total,
        "actual": float(actual.sum()),
        "capped": float(actual.clip(upper=planned).sum()) / total,
        "uncapped": float(actual.sum()) / total,
        "excluded": source.excluded("customers"),
    }


def by_tier(source: Source) -> list[dict[str, object]]:
    """Planned and actual calls of the running quarter by tier, tiers without a plan left out."""
    if not source.has("customers", "tier", "planned_calls", "actual_calls"):
        return []
    table = source.tables["customers"]
    sums = table.groupby("tier")[["planned_calls", "actual_calls"]].sum()
    return [
        {
            "tier": word,
            "planned": number(sums.loc[code, "planned_calls"]),
            "actual": number(sums.loc[code, "actual_calls"]),
        }
        for code, word in source.words("customers", "tier").items()
        if code in sums.index and sums.loc[code, "planned_calls"] > 0
    ]
