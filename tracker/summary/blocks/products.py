"""Attainment by product in the running period, and target against actual period by period."""

from __future__ import annotations

from tracker.summary.blocks import Block
from tracker.summary.products import sales
from tracker.summary.source import Source


def context(source: Source) -> Block | None:
    """`rows` a row a product and unit, at most the limit of `total`; `periods` over time.

    `excluded` counts rows with errors where no row is left.
    """
    sold = source.once(sales)
    rows = sold.by_product()
    if rows is None:
        return None
    shown = rows[: source.limit("products")]
    return {
        "rows": shown, "total": len(rows), "period": sold.period, "periods": sold.by_period(),
        "excluded": 0 if rows else source.excluded("targets"),  # each row tells its own
    }  # fmt: skip
