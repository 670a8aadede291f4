"""Calls of the Summary: by window, by month, and against the plan of the running quarter."""

from __future__ import annotations

import pandas as pd

from tracker.metrics import calls as metrics
from tracker.metrics import period
from tracker.summary.source import Source, number

_MONTHS = 6


def made(source: Source) -> pd.DataFrame:
    """Actual calls (M-15) of valid visits up to the day: `who` and `date`, a row each."""
    if not source.has("visits", "customer_key", "visit_date", "visit_status"):
        return pd.DataFrame({"who": [], "date": pd.Series([], dtype="datetime64[s]")})
    visits = source.frames["visits"]
    valid = source.validity("visits")
    return metrics.done(visits, valid, source.as_of, source.settings.calls)


def in_window(source: Source, days: int) -> int | None:
    """Calls of the last `days` days, the day itself included; None without the visits module."""
    if not source.has("visits"):
        return None
    first, last = metrics.recent(source.as_of, days)
    return int(source.once(made)["date"].between(pd.Timestamp(first), pd.Timestamp(last)).sum())


def by_month(source: Source) -> list[dict[str, object]]:
    """Calls of the running month and the five before it: `month`, `calls`; empty without calls."""
    calls = source.once(made)
    grain, last = period.split(period.holding(source.as_of, "month"))
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
    sums = sums[sums["planned_calls"] > 0]
    rows = {
        str(code): {"planned": number(planned), "actual": number(actual)}
        for code, planned, actual in sums.itertuples()
    }
    words = source.words("customers", "tier")
    return [{"tier": word, **rows[code]} for code, word in words.items() if code in rows]
