"""Dates that come up (M-34). Greetings only: the note stands in the template and cannot be missed."""

from __future__ import annotations

from functools import partial

import pandas as pd

from tracker.summary.blocks import Block
from tracker.summary.listing import about, listed
from tracker.summary.source import Source, day, number


def context(source: Source) -> Block | None:
    """`rows` those within their days of notice, the nearest first; `total`, `excluded`."""
    if not source.has("preferences", "customer_key", "next_date", "days_to", "reminder"):
        return None
    rows = source.tables["preferences"]
    near = rows[rows["reminder"].notna()].sort_values("days_to", kind="stable")
    return listed(source, "preferences", near, "dates", partial(_date, source))


def _date(source: Source, values: pd.Series) -> dict[str, object]:
    return about(source, values) | {
        "kind": source.word("preferences", "date_type", values.get("date_type")),
        "date": day(values["next_date"]),
        "days": number(values["days_to"]),
    }
