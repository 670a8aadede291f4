"""Attainment by institution in the running period (M-02), those farthest behind the pace first."""

from __future__ import annotations

from tracker.summary import places
from tracker.summary.blocks import Block
from tracker.summary.products import sales
from tracker.summary.source import Source


def context(source: Source) -> Block | None:
    """`rows` an institution and unit, at most the limit of `total`."""
    sold = source.once(sales)
    if not sold.known or not source.has("targets", "customer_key"):
        return None
    rows = sold.by(places.institutions(source))
    shown = rows[: source.limit("institutions")]
    excluded = source.excluded("targets")
    return {"rows": shown, "total": len(rows), "period": sold.period, "excluded": excluded}
