"""Tiers that changed, and assessments to be renewed (M-12)."""

from __future__ import annotations

from functools import partial

import pandas as pd

from tracker.metrics import movers
from tracker.metrics.calls import recent, served
from tracker.summary.blocks import Block
from tracker.summary.listing import customer, listed
from tracker.summary.source import Source, day


def context(source: Source) -> Block | None:
    """`moved`: rows whose tier changed in the longer window; `stale`: served, assessed long ago."""
    if not source.has("customers", "customer_name", "tier"):
        return None
    table, settings = source.tables["customers"], source.settings
    return {
        "moved": _moved(source, table),
        "stale": _stale(source, table),
        "days": settings.longer_days,
        "assessed_days": settings.small.assessed_days,
    }


def _moved(source: Source, table: pd.DataFrame) -> Block:
    if "tier_was" not in table:  # nothing is remembered before the second day
        return {"rows": [], "total": 0, "excluded": source.excluded("customers")}
    found = movers.movers(table, recent(source.as_of, source.settings.longer_days))
    rows = table.loc[found.index].join(found)
    return listed(source, "customers", rows, "movers", partial(_move, source))


def _move(source: Source, values: pd.Series) -> dict[str, object]:
    up = bool(values["up"])
    return customer(source, values) | {
        "was": source.word("customers", "tier", values["was"]),
        "since": day(values["since"]),
        "way": "up" if up else "down",
        "way_tone": None if up else "behind",
    }


def _stale(source: Source, table: pd.DataFrame) -> Block | None:
    if "assessed_on" not in table:
        return None
    mine = table[served(table, source.settings.calls)]
    old = movers.stale(mine, source.as_of, source.settings.small.assessed_days)
    return listed(source, "customers", old, "movers", partial(_old, source))


def _old(source: Source, values: pd.Series) -> dict[str, object]:
    return customer(source, values) | {"assessed_on": day(values["assessed_on"])}
