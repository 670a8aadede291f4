"""How far calls of the running quarter reach, by tier of customer (M-16 to M-20)."""

from __future__ import annotations

import pandas as pd

from tracker.metrics import coverage
from tracker.metrics.calls import window
from tracker.summary.calls import made
from tracker.summary.source import Source, number

_COUNTS = ("customers", "covered", "planned", "actual")
_RATES = ("coverage", "qualified", "frequency", "capped", "uncapped")


def by_tier(source: Source) -> dict[str, object] | None:
    """`rows` for each target tier and `total` over them; None without the columns.

    A row has counts (`customers`, `covered`, `planned`, `actual`) and rates, None where there is
    nothing to divide by: `coverage`, `qualified`, `frequency` (calls a covered customer), `capped`
    and `uncapped` attainment of the plan, and `adjusted`, the capped one for the time gone.
    """
    limits = source.settings.calls
    found = coverage.targeted(source.tables, window(source.as_of), source.as_of, limits)
    if found is None or found.empty:
        return None
    rows = [
        _row(source, values) | source.tier(code)
        for code, values in coverage.rates(found, ["tier"]).iterrows()
    ]
    total = _row(source, coverage.rates(found).iloc[0])
    return {"rows": rows, "total": total | {"tier": None, "tier_tone": None}}


def _row(source: Source, values: pd.Series) -> dict[str, object]:
    first, last = window(source.as_of)
    gone = ((source.as_of - first).days + 1) / ((last - first).days + 1)
    capped = number(values["capped"])
    adjusted = None if capped is None else capped / gone
    found: dict[str, object] = {name: number(values[name]) for name in (*_COUNTS, *_RATES)}
    return found | {"adjusted": adjusted}


def sums(source: Source) -> dict[str, object]:
    """`on_target`, the share of calls on target tiers (M-19), and `per_day` in the field (M-20)."""
    days, limits = window(source.as_of), source.settings.calls
    share = coverage.on_target(source.tables, days, source.as_of, limits)
    if share is None:
        return {"on_target": None, "per_day": None}
    per_day = coverage.per_field_day(source.once(made), days)
    return {"on_target": share.rate, "per_day": per_day.rate}
