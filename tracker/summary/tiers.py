"""The matrix of potential and support: how many customers stand where, who, and their tiers."""

from __future__ import annotations

import pandas as pd

from tracker.metrics.calls import served
from tracker.summary.source import Source, text

_INPUTS = ("potential_level", "customer_support")


def matrix(source: Source) -> dict[str, object] | None:
    """Active customers by potential (high first) and support (low first).

    `columns` holds the words of support; `rows` the word of potential with its `cells` (`count`,
    `names`, `tier`, `strategy`); `tiers` a word and count each; `unrated` how many customers lack
    an input. None without the two columns.
    """
    if not source.has("customers", "customer_name", *_INPUTS):
        return None
    table = active(source)
    high, low = (source.words("customers", column) for column in _INPUTS)
    groups = dict(iter(table.dropna(subset=list(_INPUTS)).groupby(list(_INPUTS))))
    nobody = table.iloc[:0]
    columns = dict(reversed(list(low.items())))
    rows = [
        {
            "word": word,
            "cells": [_cell(source, (p, s), groups.get((p, s), nobody)) for s in columns],
        }
        for p, word in high.items()
    ]
    chart = [
        {"word": word} | {s: len(groups.get((p, s), nobody)) for s in columns}
        for p, word in high.items()
    ]
    return {
        "chart": chart,
        "series": columns,
        "columns": list(columns.values()),
        "rows": rows,
        "tiers": _tiers(source, table),
        "total": len(table),
        "unrated": int(table[list(_INPUTS)].isna().any(axis=1).sum()),
        "excluded": source.excluded("customers"),
    }


def active(source: Source) -> pd.DataFrame:
    """Valid customers that are still served: neither inactive nor moved away."""
    table = source.tables.get("customers", pd.DataFrame())
    return table[served(table, source.settings.calls)]


def _cell(source: Source, place: tuple[str, str], group: pd.DataFrame) -> dict[str, object]:
    tier, strategy = source.settings.tier.matrix.get(place, (None, None))
    names = group["customer_name"].head(source.limit("matrix_names"))
    return {
        "count": len(group),
        "names": [text(name, 12) for name in names],
        "tier": source.word("customers", "tier", tier),
        "strategy": source.word("customers", "strategy", strategy),
    }


def _tiers(source: Source, table: pd.DataFrame) -> list[dict[str, object]]:
    if "tier" not in table:
        return []
    counts = table["tier"].value_counts()
    words = source.words("customers", "tier")
    return [{"word": word, "count": int(counts.get(code, 0))} for code, word in words.items()]
