"""How far calls reach by tier of customer in the running quarter (M-16 to M-20)."""

from __future__ import annotations

import pandas as pd

from tracker.metrics import calls as metrics
from tracker.metrics.arith import ratio
from tracker.summary.calls import made
from tracker.summary.source import Source, number
from tracker.summary.tiers import active

_SUMS = ("customers", "covered", "planned_for", "qualified", "planned", "actual", "within", "hit")
_RATES = {
    "coverage": ("covered", "customers"), "qualified_coverage": ("qualified", "planned_for"),
    "frequency": ("hit", "covered"), "capped": ("within", "planned"),
    "uncapped": ("actual", "planned"),
}  # fmt: skip


def by_tier(source: Source) -> dict[str, object] | None:
    """Coverage of the target tiers: `rows` a tier each, `total` over all of them.

    A row has counts (`customers`, `covered`, `planned`, `actual`) and rates, None where there is
    nothing to divide by: `coverage`, `qualified_coverage`, `frequency` (calls a covered customer),
    `capped` and `uncapped` attainment of the plan, `capped_adjusted` for the time gone. None
    without the columns.
    """
    if not source.has("customers", "tier", "planned_calls", "actual_calls"):
        return None
    counts = _counted(source)
    sums = counts.groupby("tier")[list(_SUMS)].sum()
    words = source.words("customers", "tier")
    gone = _gone(source)
    tiers = [code for code in source.settings.calls.target_tiers if code in sums.index]
    rows = [_row(sums.loc[code], gone) | source.tier(code) for code in tiers]
    total = _row(sums.loc[tiers].sum(), gone) | {"tier": None, "tier_tone": None}
    return {"rows": rows, "total": total} if words and rows else None


def _counted(source: Source) -> pd.DataFrame:
    """The counts of each active customer of a target tier, 0 or 1 or calls."""
    table = active(source)
    table = table[table["tier"].isin(source.settings.calls.target_tiers)]
    planned, actual = table["planned_calls"].fillna(0.0), table["actual_calls"].fillna(0.0)
    return pd.DataFrame(
        {
            "tier": table["tier"], "customers": 1.0, "covered": actual.gt(0).astype(float),
            "planned_for": planned.gt(0).astype(float),
            "qualified": (planned.gt(0) & actual.ge(planned)).astype(float),
            "planned": planned, "actual": actual, "within": actual.clip(upper=planned),
            "hit": actual,
        }
    )  # fmt: skip


def _row(sums: pd.Series, gone: float) -> dict[str, object]:
    counts = {name: number(sums[name]) for name in ("customers", "covered", "planned", "actual")}
    tops = pd.Series({name: sums[top] for name, (top, _) in _RATES.items()})
    rates = ratio(tops, pd.Series({name: sums[below] for name, (_, below) in _RATES.items()}))
    found = {str(name): number(rate) for name, rate in rates.items()}
    capped = found["capped"]
    return {**counts, **found, "capped_adjusted": None if capped is None else capped / gone}


def _gone(source: Source) -> float:
    """The share of the running quarter that has gone by."""
    first, last = metrics.window(source.as_of)
    return ((source.as_of - first).days + 1) / ((last - first).days + 1)


def others(source: Source) -> dict[str, object]:
    """`on_target`, the share of calls on target tiers (M-19), and `per_day` in the field (M-20)."""
    calls = source.once(made)
    first, last = (pd.Timestamp(day) for day in metrics.window(source.as_of))
    calls = calls[calls["date"].between(first, last)]
    if calls.empty or not source.has("customers", "tier", "customer_id"):
        return {"on_target": None, "per_day": None}
    people = source.tables["customers"]
    tiers = calls["who"].map(people.set_index("customer_id")["tier"])
    on_target = tiers.isin(source.settings.calls.target_tiers)
    return {
        "on_target": float(on_target.mean()),
        "per_day": len(calls) / int(calls["date"].nunique()),
    }
