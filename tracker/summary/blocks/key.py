"""Key figures: customers, calls and sales against the time gone, and what is late."""

from __future__ import annotations

from tracker.summary import calls, faults, tiers, worklists
from tracker.summary.blocks import Block
from tracker.summary.products import sales
from tracker.summary.source import Source


def context(source: Source) -> Block:
    """Each figure, None where its columns are missing; `faults` counts findings by severity."""
    known = source.has("customers")
    sold, late = source.once(sales), source.once(worklists.late)
    return {
        "customers": len(tiers.active(source)) if known else None,
        "customers_all": len(source.frames["customers"]) if known else None,
        "calls_30": calls.in_window(source, source.settings.recent_days),
        "calls_90": calls.in_window(source, source.settings.longer_days),
        "plan": calls.plan(source),
        "period": sold.period,
        "sales": sold.leading,
        "open_issues": len(worklists.open_issues(source)) if source.has("issues") else None,
        "overdue_visits": late.get("customers"),
        "overdue_issues": late.get("issues"),
        "faults": source.once(faults.totals),
    }
