"""The adoption ladder (M-25): how many customers stand on each rung, and who moved in 90 days."""

from __future__ import annotations

import pandas as pd

from tracker.metrics import ladder
from tracker.metrics.calls import recent
from tracker.summary.blocks import Block
from tracker.summary.source import Source, text


def context(source: Source) -> Block | None:
    """`stages` a word and a count for each of `products` (field: name), `rate` of those who rose.

    `rows` are customers who came down, the deepest fall first, at most the limit of `total`;
    `risen` and `known` are the parts of the rate, pairs of a customer and a product.
    """
    counts = ladder.counts(source.tables, source.as_of)
    moved = ladder.moves(
        source.tables, source.as_of, recent(source.as_of, source.settings.longer_days)
    )
    if counts is None or moved is None:
        return None
    rose, fell = ladder.progression(moved), ladder.regressions(moved)
    products = {f"p{i}": text(name, 12) for i, name in enumerate(sorted(set(counts["product"])))}
    return {
        "products": products, "stages": _stages(source, counts),
        "rate": rose.rate, "risen": rose.part, "known": rose.whole,
        "rows": [_fall(source, row) for _, row in fell.head(source.limit("adoption")).iterrows()],
        "total": len(fell), "excluded": source.excluded("messaging"),
    }  # fmt: skip


def _stages(source: Source, counts: pd.DataFrame) -> list[dict[str, object]]:
    names = sorted(set(counts["product"]))
    sizes = counts.set_index(["product", "stage"])["customers"]
    return [
        {"word": word} | {f"p{i}": int(sizes.get((n, float(code)), 0)) for i, n in enumerate(names)}
        for code, word in source.words("messaging", "adoption_stage").items()
    ]


def _fall(source: Source, row: pd.Series) -> dict[str, object]:
    person = source.people.get(str(row["who"]), {})
    stages = (f"{row[at]:.0f}" for at in ("start", "end"))
    start, end = (source.word("messaging", "adoption_stage", code) for code in stages)
    return {
        "name": text(person.get("name"), 24), "institution": text(person.get("institution"), 28),
        "product": text(row["product"], 24), "start": start, "end": end,
        "link": source.customer_link(str(row["who"])),
    }  # fmt: skip
