"""Attainment by customer tier in the running period (M-02)."""

from __future__ import annotations

from tracker.metrics import shares
from tracker.summary.blocks import Block
from tracker.summary.products import sales
from tracker.summary.source import Source


def context(source: Source) -> Block | None:
    """`rows` a unit and tier in the order of tiers; an institution has the tier of its best customer."""
    sold = source.once(sales)
    known = source.has("targets", "subject_level", "customer_key")
    if not sold.known or not known or not source.has("customers", "tier", "customer_id"):
        return None
    rank = source.rank("customers", "tier")
    rows = sold.by(shares.tiers_of(source.tables["customers"], source.frames["targets"]))
    rows.sort(key=lambda r: (str(r["unit"]), rank.get(str(r["key"]), len(rank))))
    shown = [r | source.tier(r["key"]) for r in rows]
    return {"rows": shown, "period": sold.period, "excluded": source.excluded("targets")}
