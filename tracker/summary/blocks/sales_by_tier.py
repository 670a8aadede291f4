"""Attainment by customer tier in the running period (M-02)."""

from __future__ import annotations

from tracker.summary import places
from tracker.summary.blocks import Block
from tracker.summary.products import sales
from tracker.summary.source import Source


def context(source: Source) -> Block | None:
    """`rows` a unit and tier in the order of tiers; an institution has the tier of its best customer."""
    sold = source.once(sales)
    if not sold.known or not source.has("customers", "tier", "institution"):
        return None
    rank = source.rank("customers", "tier")
    rows = sold.by(places.tiers(source))
    rows.sort(key=lambda r: (str(r["unit"]), rank.get(str(r["key"]), len(rank))))
    shown = [r | source.tier(r["key"]) for r in rows]
    return {"rows": shown, "period": sold.period, "excluded": source.excluded("targets")}
