"""Positive towards a product but under target with it, and the likely cause (M-33)."""

from __future__ import annotations

import pandas as pd

from tracker.metrics import positives
from tracker.summary.blocks import Block
from tracker.summary.source import Source, day, number, text


def context(source: Source) -> Block | None:
    """`rows` the farthest behind first, at most the limit of `total`; `cause` is a code."""
    found = positives.rows(source.tables, source.as_of, source.settings)
    if found is None:
        return None
    shown = found.head(source.limit("positives"))
    return {
        "rows": [_row(source, row) for _, row in shown.iterrows()],
        "total": len(found),
        "excluded": source.excluded("messaging") + source.excluded("targets"),
    }


def _row(source: Source, row: pd.Series) -> dict[str, object]:
    who = str(row["customer_key"])
    person = source.people.get(who, {})
    return {
        "name": text(person.get("name"), 24), "institution": text(person.get("institution"), 28),
        "link": source.customer_link(who), "product": text(row["product_key"], 24),
        "date": day(row["date"]), "cause": str(row["cause"]),
        **{n: number(row[n]) for n in ("adjusted", "actual", "planned", "types", "issues")},
    }  # fmt: skip
