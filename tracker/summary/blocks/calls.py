"""Calls: by month, against the plan of the running quarter, and how far they reach by tier."""

from __future__ import annotations

from tracker.summary import calls, reach
from tracker.summary.blocks import Block
from tracker.summary.source import Source


def context(source: Source) -> Block | None:
    """`by_month` for six months, `by_tier` of the quarter, `reach`, `on_target`, `per_day`."""
    by_tier = calls.by_tier(source)
    if not source.has("visits") and not by_tier:
        return None
    return {
        "by_month": calls.by_month(source),
        "by_tier": by_tier,
        "reach": reach.by_tier(source),
        **reach.sums(source),
        "excluded": source.excluded("visits"),
    }
