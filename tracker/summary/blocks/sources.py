"""What became of customers, by where they came from (M-32)."""

from __future__ import annotations

from tracker.metrics import sources
from tracker.summary.blocks import Block
from tracker.summary.source import Source, number


def context(source: Source) -> Block | None:
    """`rows` a source each in the order of the pick-list; `tone` greys those with few customers."""
    found = sources.by_source(source.tables, source.as_of, source.settings)
    if found is None:
        return None
    rank = source.rank("customers", "source")
    rows = [
        {
            "word": source.word("customers", "source", code),
            "customers": int(row["customers"]),
            **{n: number(row[n]) for n in ("cooperating", "adopting", "days", "actual")},
            "tone": "grey" if row["few"] else None,
        }
        for code, row in sorted(found.iterrows(), key=lambda r: rank.get(str(r[0]), len(rank)))
    ]
    return {"rows": rows, "excluded": source.excluded("customers")}
