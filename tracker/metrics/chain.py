"""The decision chain of each institution (M-29): which roles are known, and which were visited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics import calls
from tracker.metrics.share import holds, sound

if TYPE_CHECKING:
    from datetime import date

    from tracker.metrics.settings import Settings
    from tracker.metrics.share import Tables

_NEEDS = ("customers.institution_key", "customers.decision_role", "customers.customer_id")
_CALLED = ("visits.customer_key", "visits.visit_date", "visits.visit_status")
_TOLD = ("messaging.customer_key", "messaging.product_key", "messaging.date")


def coverage(
    tables: Tables, as_of: date, settings: Settings, product: str | None = None
) -> pd.DataFrame | None:
    """Which of the required roles each institution has somebody in.

    Args:
        tables: customers, and visits (or messaging, where a product is named).
        as_of: the day D.
        settings: the roles, and the days up to D in which a contact counts.
        product: only contacts over this product cover a role.

    Returns:
        Index: institution, by name. `customers` (those served, int64), `identified` and `covered`
        (tuples of role codes in the order of the settings), `identification` and `coverage`
        (float64, NaN where no role is required), `single_thread` (bool: exactly one customer).
        None where the workbook lacks the columns.
    """
    if not holds(tables, *_NEEDS, *(_CALLED if product is None else _TOLD)):
        return None
    customers = tables["customers"]
    people = customers[
        calls.served(customers, settings.calls) & customers["institution_key"].notna()
    ]
    if "subject_type" in people:
        people = people[people["subject_type"] != "institution"]
    met = _met(tables, as_of, settings, product)
    roles = [mine if isinstance(mine, tuple) else () for mine in people["decision_role"]]
    rows = pd.DataFrame(
        {
            "institution": people["institution_key"], "role": roles,
            "met": people["customer_id"].isin(met),
        },
        index=people.index,
    )  # fmt: skip
    return _by_institution(rows, settings.chain.roles)


def _met(tables: Tables, as_of: date, settings: Settings, product: str | None) -> pd.Series:
    """Ids of customers with a contact in the days that count."""
    first, last = map(pd.Timestamp, calls.recent(as_of, settings.chain.covered_days))
    if product is None:
        made = calls.done(tables["visits"], sound(tables["visits"]), as_of, settings.calls)
        return made.loc[made["date"].between(first, last), "who"]
    told = tables["messaging"]
    told = told[(told["product_key"] == product) & told["date"].between(first, last)]
    return told["customer_key"]


def _by_institution(rows: pd.DataFrame, required: tuple[str, ...]) -> pd.DataFrame:
    sizes = rows.groupby("institution", sort=True).size()
    found = pd.DataFrame({"customers": sizes})
    long = rows.explode("role")
    long = long[long["role"].isin(required)]
    for name, part in (("identified", long), ("covered", long[long["met"]])):
        mine = part.groupby("institution")["role"].agg(set).reindex(sizes.index)
        found[name] = [_ordered(roles, required) for roles in mine]
    count = len(required) or np.nan
    found["identification"] = found["identified"].map(len) / count
    found["coverage"] = found["covered"].map(len) / count
    found["single_thread"] = found["customers"] == 1
    return found


def _ordered(roles: object, required: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(r for r in required if isinstance(roles, set) and r in roles)
