"""Whom to see first (M-38): risk, then tier, days overdue, how far behind in sales, name."""

from __future__ import annotations

from tracker.summary import warnings
from tracker.summary.blocks import Block
from tracker.summary.source import Source


def context(source: Source) -> Block | None:
    """`rows` at most the limit of `total` active customers, `excluded`."""
    if not source.has("customers", "customer_name", "tier", "risk_level", "overdue_days"):
        return None
    return warnings.first(source)
