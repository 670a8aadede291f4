"""Lists of the Summary: the first rows of a frame, who they are about, and where they stand."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from tracker.summary.source import Source, text

Entry = Callable[[pd.Series], dict[str, object]]


def listed(
    source: Source, module: str, rows: pd.DataFrame, block: str, entry: Entry
) -> dict[str, object]:
    """The first of `rows` as the block's limit allows.

    Returns:
        `rows` (what `entry` makes of each, with its `link`), `total`, and `excluded`, the rows of
        the module that stay out because of errors.
    """
    shown = [
        entry(values) | {"link": source.link(module, int(str(row)))}
        for row, values in rows.head(source.limit(block)).iterrows()
    ]
    return {"rows": shown, "total": len(rows), "excluded": source.excluded(module)}


def customer(source: Source, values: pd.Series) -> dict[str, object]:
    """Who a row of customers is: `name`, `institution`, `department`, `tier`, `tier_tone`."""
    return {
        "name": text(values["customer_name"], 24),
        "institution": text(values.get("institution"), 28),
        "department": text(values.get("department"), 18),
        **source.tier(values.get("tier")),
    }


def about(source: Source, values: pd.Series) -> dict[str, object]:
    """Whom a row of another module is about: `name` (as typed where unknown) and `institution`."""
    person = source.people.get(str(values.get("customer_key")), {})
    return {
        "name": text(person.get("name") or values.get("customer"), 24),
        "institution": text(person.get("institution"), 28),
    }
