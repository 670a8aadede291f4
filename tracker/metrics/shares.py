"""Where the time goes and where the sales come from, by tier of customer (M-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics import calls
from tracker.metrics.arith import as_words, inside, ratio
from tracker.metrics.coverage import done
from tracker.metrics.period import facts
from tracker.metrics.share import holds
from tracker.metrics.subjects import of_targets, themselves

if TYPE_CHECKING:
    from datetime import date

    from tracker.metrics.calls import Window
    from tracker.metrics.settings import CallSettings
    from tracker.metrics.share import Tables

_NEEDS = ("customers.customer_id", "customers.tier", "visits.customer_key", "visits.visit_date",
          "visits.visit_status")  # fmt: skip
_SOLD = ("targets.subject_level", "targets.customer_key", "targets.period", "targets.actual",
         "targets.unit")  # fmt: skip


def by_tier(
    tables: Tables, days: Window, as_of: date, settings: CallSettings
) -> pd.DataFrame | None:
    """Shares of calls, visiting time, sales and potential that each tier has.

    Args:
        tables: customers and visits; targets and potential where there are some.
        days: calls and sales of this window count, sales of the periods that lie inside it.
        as_of: the day D.
        settings: what counts as a call.

    Returns:
        Index: tier. `calls`, `minutes`, `value`, `potential` (float64 sums; a value or potential
        in several units is that of the commonest), the share of each (`calls_share`, ...; NaN
        where the whole is nothing) and `index` (share of calls / share of value). None without
        the columns.
    """
    if not holds(tables, *_NEEDS):
        return None
    customers = tables["customers"]
    tier = customers.drop_duplicates("customer_id").set_index("customer_id")["tier"]
    made = done(tables, as_of, settings)
    made = made[inside(made["date"], days)]
    sums = {"calls": made["who"].map(tier).value_counts()}
    sums["minutes"] = _minutes(tables["visits"], tier, days, as_of)
    sums["value"] = _value(tables, days, as_of)
    sums["potential"] = _potential(customers)
    found = pd.DataFrame(sums, index=sorted(tier.dropna().unique())).astype("float64").fillna(0.0)
    return shares(found)


def shares(sums: pd.DataFrame) -> pd.DataFrame:
    """The share of each sum in its column (`<name>_share`), and `index` of calls against value."""
    found = sums.copy()
    for name in sums:
        whole = pd.Series(float(sums[name].sum()), index=sums.index)
        found[f"{name}_share"] = ratio(sums[name], whole)
    return found.assign(index=ratio(found["calls_share"], found["value_share"]))


def _minutes(visits: pd.DataFrame, tier: pd.Series, days: Window, as_of: date) -> pd.Series:
    """Minutes of completed visits, from start and end or as typed; of a group visit to each."""
    blank = pd.Series(float("nan"), index=visits.index)
    start, end = (visits.get(name, blank) for name in ("start_time", "end_time"))
    length = visits.get("duration_min", blank).fillna(end - start)
    first, last = map(pd.Timestamp, days)
    held = (visits["visit_status"] == "completed") & visits["visit_date"].between(
        first, min(last, pd.Timestamp(as_of))
    )
    mine = visits[["customer_key"]].assign(minutes=length)
    long = calls.attendance(mine[held & (length > 0)])
    return long["minutes"].groupby(long["who"].map(tier)).sum()


def _value(tables: Tables, days: Window, as_of: date) -> pd.Series:
    """Sales by the tier of the person, or the best tier among the customers of the institution."""
    if not holds(tables, *_SOLD):
        return pd.Series(dtype="float64")
    rows = tables["targets"]
    known = facts(rows["period"], as_of)
    first, last = map(pd.Timestamp, days)
    inside = (known["start"] >= first) & (known["end"] <= last) & rows["actual"].notna()
    rows = rows[inside & (rows["subject_level"] != "rep")].assign(grain=known["grain"])
    if rows.empty:
        return pd.Series(dtype="float64")
    for name in ("grain", "unit"):
        rows = rows[rows[name] == rows[name].value_counts().index[0]]
    tiers = as_words(tiers_of(tables["customers"], rows))
    return rows["actual"].groupby(tiers).sum()


def tiers_of(customers: pd.DataFrame, targets: pd.DataFrame) -> pd.Series:
    """Tier of each row of targets: its own customer's, else the best of the institution's."""
    rated = customers[customers["tier"].notna()].sort_values("tier", kind="stable")
    own = rated.assign(subject=themselves(rated)).drop_duplicates("subject").set_index("subject")
    subject = of_targets(
        targets["subject_level"], targets["customer_key"], targets.get("department")
    )
    found = subject.map(own["tier"])
    if "institution_key" in rated:
        best = rated.dropna(subset=["institution_key"]).drop_duplicates("institution_key")
        place = targets["customer_key"].map(best.set_index("institution_key")["tier"])
        found = found.where(found.notna() | (targets["subject_level"] == "person"), place)
    return found


def _potential(customers: pd.DataFrame) -> pd.Series:
    if "potential_volume" not in customers:
        return pd.Series(dtype="float64")
    known = customers[customers["potential_volume"] > 0]
    if "potential_unit" in known and known["potential_unit"].notna().any():
        known = known[known["potential_unit"] == known["potential_unit"].value_counts().index[0]]
    return known.groupby("tier")["potential_volume"].sum()
