"""How far calls reach: coverage (M-16), frequency (M-17), call plan (M-18), on-target share (M-19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics import calls
from tracker.metrics.arith import inside, ratio
from tracker.metrics.share import Share, holds, sound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tracker.metrics.calls import Window
    from tracker.metrics.settings import CallSettings
    from tracker.metrics.share import Tables

_NEEDS = ("customers.customer_id", "customers.tier", "visits.customer_key", "visits.visit_date",
          "visits.visit_status")  # fmt: skip


def targeted(
    tables: Tables, days: Window, as_of: date, settings: CallSettings
) -> pd.DataFrame | None:
    """The target customers active in a window: those of a target tier who are served by its end.

    Returns:
        The columns of customers and `planned`, `actual` (calls in the window, float64); None
        where the workbook lacks the columns.
    """
    if not holds(tables, *_NEEDS):
        return None
    customers = tables["customers"]
    start = customers.get("first_contact_date")
    active = calls.served(customers, settings) & customers["tier"].isin(settings.target_tiers)
    if start is not None:
        active &= ~(start > pd.Timestamp(days[1]))
    made = done(tables, as_of, settings)
    per_month = calls.frequency(customers, customers["tier"], settings)
    found = customers.assign(
        planned=calls.planned(per_month, start, days),
        actual=calls.count(made, customers["customer_id"], days),
    )
    return found[active]


def done(tables: Tables, as_of: date, settings: CallSettings) -> pd.DataFrame:
    """Actual calls up to D (M-15), see `calls.done`."""
    return calls.done(tables["visits"], sound(tables["visits"]), as_of, settings)


def rates(found: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Coverage and the like of what `targeted` gives, for groups of it or over all.

    Returns:
        One row a group (index: `by`; a single row without), as `rated` gives them.
    """
    return rated(counts(found, by))


def counts(found: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """What the rates are made of, for groups of `targeted` or over all; groups add up.

    Returns:
        One row a group, float64: `customers`, `covered`, `planned`, `actual` (calls),
        `capped_calls` (no customer above its plan), `due` (customers with a plan), `reached`
        (those that got it).
    """
    planned, actual = (np.nan_to_num(found[name].to_numpy()) for name in ("planned", "actual"))
    due = planned > 0
    parts = pd.DataFrame(
        {
            "customers": 1.0, "covered": (actual > 0).astype(np.float64), "planned": planned,
            "actual": actual, "capped_calls": np.minimum(actual, planned),
            "due": due.astype(np.float64), "reached": (due & (actual >= planned)).astype(np.float64),
        },
        index=found.index,
    )  # fmt: skip
    groups = [found[name] for name in by] or pd.Series(0, index=found.index)
    return parts.groupby(groups, sort=True).sum()


def rated(sums: pd.DataFrame) -> pd.DataFrame:
    """The rates of what `counts` gives, NaN where there is nothing to divide by.

    Returns:
        The counts without `due` and `reached`, and `coverage` (covered / customers), `qualified`
        (customers that reach their plan / customers with one), `frequency` (calls a covered
        customer), `capped` and `uncapped` attainment of the plan (M-18).
    """
    return sums.assign(
        coverage=ratio(sums["covered"], sums["customers"]),
        qualified=ratio(sums["reached"], sums["due"]),
        frequency=ratio(sums["actual"], sums["covered"]),
        capped=ratio(sums["capped_calls"], sums["planned"]),
        uncapped=ratio(sums["actual"], sums["planned"]),
    ).drop(columns=["due", "reached"])


def reach_by_product(
    tables: Tables, days: Window, as_of: date, settings: CallSettings
) -> pd.DataFrame | None:
    """Target customers who heard of each product in a window: `covered`, `customers`, `coverage`.

    Index: product. None where the workbook lacks the columns.
    """
    found = targeted(tables, days, as_of, settings)
    covered = None if found is None else heard(tables, days, found)
    if found is None or covered is None:
        return None
    whole = pd.Series(float(len(found)), index=covered.index)
    return pd.DataFrame({"covered": covered, "customers": whole, "coverage": ratio(covered, whole)})


def heard(tables: Tables, days: Window, found: pd.DataFrame) -> pd.Series | None:
    """How many of what `targeted` gives heard of each product (index) in a window (float64)."""
    if not holds(tables, "messaging.customer_key", "messaging.product_key", "messaging.date"):
        return None
    rows = tables["messaging"]
    told = rows[inside(rows["date"], days)]
    told = told[told["customer_key"].isin(found["customer_id"])]
    return told.groupby("product_key")["customer_key"].nunique().astype("float64")


def on_target(tables: Tables, days: Window, as_of: date, settings: CallSettings) -> Share | None:
    """Actual calls on customers of the target tiers among all actual calls (M-19)."""
    if not holds(tables, *_NEEDS):
        return None
    return hits(done(tables, as_of, settings), tables["customers"], days, settings)


def hits(
    made: pd.DataFrame, customers: pd.DataFrame, days: Window, settings: CallSettings
) -> Share:
    """Those of the calls of a window that are on customers of the target tiers (M-19)."""
    tier = customers.drop_duplicates("customer_id").set_index("customer_id")["tier"]
    mine = within(made, days)
    hit = mine["who"].map(tier).isin(settings.target_tiers)
    return Share(float(hit.sum()), float(len(mine)))


def within(made: pd.DataFrame, days: Window) -> pd.DataFrame:
    """Calls of a window, both ends inside."""
    return made[inside(made["date"], days)]


def per_field_day(made: pd.DataFrame, days: Window) -> Share:
    """Actual calls against the days on which there were any (M-20)."""
    mine = within(made, days)
    return Share(float(len(mine)), float(mine["date"].nunique()))
