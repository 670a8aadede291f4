"""Relationship stages (M-30): how many customers stand where, and whom to win."""

from __future__ import annotations

from functools import partial

import pandas as pd

from tracker.metrics import relationship
from tracker.summary.blocks import Block
from tracker.summary.listing import customer, listed
from tracker.summary.source import Source, day


def context(source: Source) -> Block | None:
    """`stages` a word and a count each; `rows` of high tiers at low stages, `total`, `excluded`."""
    if not source.has("customers", "customer_name", "relationship_stage", "tier"):
        return None
    table = source.tables["customers"]
    counts = relationship.counts(table, source.settings)
    stages = [
        {"word": source.word("customers", "relationship_stage", code), "count": int(n)}
        for code, n in counts.items()
    ]
    to_win = relationship.breakthrough(table, source.settings)
    found = listed(source, "customers", to_win, "relationship", partial(_low, source))
    return found | {"stages": stages}


def _low(source: Source, values: pd.Series) -> dict[str, object]:
    return customer(source, values) | {
        "stage": source.word("customers", "relationship_stage", values["relationship_stage"]),
        "last_visit": day(values.get("last_visit")),
    }
