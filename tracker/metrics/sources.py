"""What became of customers, by where they came from (M-32)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics import adoption
from tracker.metrics.arith import days_from, look_up
from tracker.metrics.period import facts
from tracker.metrics.share import holds, sound
from tracker.metrics.subjects import of_targets, themselves

if TYPE_CHECKING:
    from datetime import date

    from tracker.metrics.settings import Settings
    from tracker.metrics.share import Tables

_SOLD = ("targets.subject_level", "targets.customer_key", "targets.period", "targets.actual",
         "targets.unit")  # fmt: skip


def by_source(tables: Tables, as_of: date, settings: Settings) -> pd.DataFrame | None:
    """Customers by `source`, and how far they came.

    Returns:
        Index: source code. `customers` (int64), `cooperating` and `adopting` (shares of them that
        reached the stages of the settings, float64), `days` (median from the first contact to
        the first record of adoption), `actual` (sales of those that are a subject of targets
        themselves, in the commonest unit), `few` (bool: too few customers to judge). A column is
        NaN where its inputs are absent. None without `source`.
    """
    if not holds(tables, "customers.source", "customers.customer_id"):
        return None
    customers = tables["customers"]
    known = pd.DataFrame(
        {
            "source": customers["source"], "cooperating": _cooperating(customers, settings),
            "first": _adopted_on(tables, as_of, settings),
            "actual": _sales(tables, as_of),
        }
    )  # fmt: skip
    known["adopting"] = known["first"].notna().astype("float64")
    if not holds(tables, *adoption.FIELDS):
        known["adopting"] = float("nan")
    contact = customers.get("first_contact_date", pd.Series(pd.NaT, index=customers.index))
    known["days"] = days_from(contact, known["first"])
    groups = known.groupby("source")
    found = groups[["cooperating", "adopting"]].mean()
    return pd.DataFrame(
        {
            "customers": groups.size(), **found, "days": groups["days"].median(),
            "actual": groups["actual"].sum(min_count=1),
            "few": groups.size() < settings.small.few,
        }
    )  # fmt: skip


def _cooperating(customers: pd.DataFrame, settings: Settings) -> pd.Series:
    if "relationship_stage" not in customers:
        return pd.Series(float("nan"), index=customers.index)
    stages = settings.relation.stages
    reached = stages[stages.index(settings.relation.reached_from) :]
    return customers["relationship_stage"].isin(reached).astype("float64")


def _adopted_on(tables: Tables, as_of: date, settings: Settings) -> pd.Series:
    """Day of each customer's first record of adoption, NaT without one."""
    customers = tables["customers"]
    if not holds(tables, *adoption.FIELDS):
        return pd.Series(pd.NaT, index=customers.index, dtype="datetime64[s]")
    found = adoption.records(tables["messaging"], sound(tables["messaging"]), as_of)
    first = found[found["stage"] >= settings.small.adopted_from].groupby("who")["date"].min()
    return look_up(customers["customer_id"], first).astype("datetime64[s]")


def _sales(tables: Tables, as_of: date) -> pd.Series:
    customers = tables["customers"]
    nothing = pd.Series(float("nan"), index=customers.index)
    if not holds(tables, *_SOLD):
        return nothing
    rows = tables["targets"]
    rows = rows[facts(rows["period"], as_of)["state"].isin(["complete", "running"])]
    rows = rows.assign(grain=facts(rows["period"], as_of)["grain"])
    for name in ("unit", "grain"):
        rows = rows[rows[name] == rows[name].mode().get(0)]
    subject = of_targets(rows["subject_level"], rows["customer_key"], rows.get("department"))
    total = rows["actual"].groupby(subject).sum(min_count=1)
    return look_up(themselves(customers), total) if len(total) else nothing
