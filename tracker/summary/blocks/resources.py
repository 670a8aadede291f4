"""Where the time goes and where the sales come from, by tier of customer (M-28)."""

from __future__ import annotations

from tracker.metrics import shares
from tracker.metrics.calls import window
from tracker.summary.blocks import Block
from tracker.summary.source import Source, number

_FIELDS = ("calls", "minutes", "calls_share", "minutes_share", "value_share", "potential_share",
           "index")  # fmt: skip


def context(source: Source) -> Block | None:
    """`rows` a tier each: calls, minutes, their shares, that of sales and potential, `index`."""
    limits = source.settings.calls
    found = shares.by_tier(source.tables, window(source.as_of), source.as_of, limits)
    if found is None or found.empty:
        return None
    rows = [
        {name: number(row[name]) for name in _FIELDS} | source.tier(code)
        for code, row in found.iterrows()
    ]
    return {"rows": rows, "excluded": source.excluded("visits") + source.excluded("targets")}
