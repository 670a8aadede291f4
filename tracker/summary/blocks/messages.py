"""Which message went to whom: types of message by department and by tier of customer."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tracker.summary.blocks import Block
from tracker.summary.source import Source, text

_SHADES = 4


def context(source: Source) -> Block | None:
    """`tables`: for departments and tiers the heads of columns and `rows` of counts by type.

    Each count has a `tone` from h0 to h4, its part of the largest count. A message of several types
    counts for each of them.
    """
    if not source.has("messaging", "customer_key", "message_type"):
        return None
    rows = source.tables["messaging"].explode("message_type").dropna(subset=["message_type"])
    limit = source.limit("messages")
    tables = {name: _cross(source, rows, keys, limit) for name, keys in _keys(source).items()}
    found = {name: table for name, table in tables.items() if table is not None}
    return {"tables": found, "excluded": source.excluded("messaging")}


def _keys(source: Source) -> dict[str, pd.Series]:
    """Department and tier of each customer, by id."""
    if not source.has("customers", "customer_id"):
        return {}
    people = source.tables["customers"].set_index("customer_id")
    return {name: people[name] for name in ("department", "tier") if name in people}


def _cross(
    source: Source, rows: pd.DataFrame, keys: pd.Series, limit: int
) -> dict[str, object] | None:
    counts = pd.crosstab(rows["message_type"], rows["customer_key"].map(keys))
    if counts.empty:
        return None
    rank: Mapping[str, int] = source.rank("customers", str(keys.name))
    sizes = counts.sum().sort_values(ascending=False, kind="stable")
    shown = sorted(sizes.index[:limit], key=lambda k: rank.get(str(k), 0))
    words = source.words("messaging", "message_type")
    most = max(int(counts[shown].to_numpy().max()), 1)
    numbers = dict(zip(map(str, counts.index), counts[shown].to_numpy().tolist(), strict=True))
    table = [
        {"word": word, "cells": [_cell(n, most) for n in numbers[code]]}
        for code, word in words.items()
        if code in numbers
    ]
    return {"heads": [text(k, 12) for k in shown], "rows": table, "left": len(sizes) - len(shown)}


def _cell(count: int, most: int) -> dict[str, object]:
    return {"count": count, "tone": f"h{-(-_SHADES * count // most)}"}
