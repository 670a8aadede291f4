"""The decision chain of each institution (M-29): which roles are known, which were visited."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from tracker.metrics import chain
from tracker.summary.blocks import Block
from tracker.summary.source import Source, number, text


def context(source: Source) -> Block | None:
    """`rows` the institutions with most customers among the least covered first, cut at the limit.

    `full` counts those with every role covered, `single` those that hang on one customer.
    """
    found = chain.coverage(source.tables, source.as_of, source.settings)
    if found is None:
        return None
    order = found.sort_values(["coverage", "customers"], ascending=[True, False], kind="stable")
    shown = order.head(source.limit("chain"))
    return {
        "rows": [_row(source, str(name), row) for name, row in shown.iterrows()],
        "total": len(found),
        "full": int(found["coverage"].ge(1).sum()),
        "single": int(found["single_thread"].sum()),
        "roles": _words(source, source.settings.chain.roles),
        "excluded": source.excluded("customers"),
    }


def _row(source: Source, name: str, row: pd.Series) -> dict[str, object]:
    return {
        "institution": text(name, 28),
        "customers": int(row["customers"]),
        "identified": _words(source, row["identified"]),
        "covered": _words(source, row["covered"]),
        "identification": number(row["identification"]),
        "coverage": number(row["coverage"]),
        "single": bool(row["single_thread"]),
    }


def _words(source: Source, codes: Iterable[str]) -> str:
    between = "、" if source.lang == "zh" else ", "
    return between.join(str(source.word("customers", "decision_role", c)) for c in codes)
