"""Sales trends (M-09): the total of each product, and the series that moved most."""

from __future__ import annotations

from tracker.summary import series
from tracker.summary.blocks import Block
from tracker.summary.products import sales
from tracker.summary.source import Source


def context(source: Source) -> Block | None:
    """`totals` a row a product and unit; `movers` at most the limit of single series."""
    sold = source.once(sales)
    totals = series.product_totals(sold)
    if totals is None:
        return None
    movers = series.movers(sold, source.limit("trends"))
    return {"totals": totals, "movers": movers, "excluded": source.excluded("targets")}
