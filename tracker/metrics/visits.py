"""Computed columns of visits: their place in the row of visits, plan and commitment (M-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics.arith import NEVER, days_from, has, seconds, words
from tracker.metrics.calls import attendance
from tracker.metrics.completeness import PLAN_ELEMENTS, plan_elements

if TYPE_CHECKING:
    from datetime import date

_JOINED = "、"
_DAY = 86_400  # seconds


def plan_state(visits: pd.DataFrame, as_of: date) -> pd.Series:
    """not_due, today or missed for a plan, executed for a completed visit, else None."""
    planned, day = visits["visit_status"] == "planned", pd.Timestamp(as_of)
    when = visits["visit_date"]
    return words(
        visits.index,
        [
            (visits["visit_status"] == "completed", "executed"),
            (planned & (when > day), "not_due"),
            (planned & (when == day), "today"),
            (planned & (when < day), "missed"),
        ],
    )


def commitment_state(visits: pd.DataFrame, as_of: date) -> pd.Series:
    """on_time, late, overdue or not_due; None without a commitment or without its due date."""
    due, kept = visits["commitment_due"], visits["commitment_done_on"]
    dated = visits["commitment"].notna() & due.notna()
    return words(
        visits.index,
        [
            (dated & (kept <= due), "on_time"),
            (dated & (kept > due), "late"),
            (dated & (due < pd.Timestamp(as_of)), "overdue"),
            (dated, "not_due"),
        ],
    )


def resolved_ids(visits: pd.DataFrame) -> pd.Series:
    """Ids of the attending customers as one text, None where none is known."""
    texts = [_JOINED.join(ids) or None for ids in visits["customer_key"]]
    return pd.Series(texts, index=visits.index, dtype=object)


def numbered(visits: pd.DataFrame, valid: pd.Series, as_of: date) -> dict[str, pd.Series]:
    """`visit_no` and `days_since_prev` of each visit, float64.

    Completed visits up to D without errors are numbered per customer in order of date, start time
    and row; every visit has the days since the completed one before it. A group visit shows the
    numbers of the customer named first.
    """
    held = valid & (visits["visit_status"] == "completed")
    held &= visits["visit_date"] <= pd.Timestamp(as_of)
    order = [name for name in ("visit_date", "start_time") if name in visits]
    place = pd.Series(range(len(visits)), index=visits.index)
    mine = visits[["customer_key", *order]].assign(held=held, place=place)
    long = attendance(mine).reset_index(drop=True)
    long["first"] = ~long.duplicated("place")
    long = long[long["visit_date"].notna()].sort_values([*order, "place"], kind="stable")
    number = long.groupby("who")["held"].cumsum().where(long["held"])
    known = long["visit_date"].where(long["held"])
    before = known.groupby(long["who"]).ffill().groupby(long["who"]).shift()
    gap = days_from(before, long["visit_date"])
    shown = long["first"]
    rows = visits.index[long.loc[shown, "place"]]
    return {
        name: pd.Series(
            values[shown].to_numpy(dtype="float64", na_value=float("nan")), index=rows
        ).reindex(visits.index)
        for name, values in (("visit_no", number), ("days_since_prev", gap))
    }


def previous_plan(visits: pd.DataFrame, valid: pd.Series, link_days: int) -> pd.Series:
    """Id of the customer's latest earlier visit that named a next date near this one, else None.

    Args:
        visits: rows of visits.
        valid: rows without errors; only these can be the earlier visit.
        link_days: how many days the typed next date may be off.
    """
    wanted = visits[["customer_key", "visit_date", "next_visit_date", "visit_id"]]
    long = attendance(wanted.assign(place=range(len(visits)), sound=valid))
    when, typed = (seconds(long[name]) for name in ("visit_date", "next_visit_date"))
    places = long["place"].tolist()
    plans: dict[tuple[str, int], list[tuple[int, int, str]]] = {}
    rows = zip(long["who"], typed, when, places, long["visit_id"], long["sound"], strict=True)
    for who, day, made, place, key, is_sound in rows:
        if is_sound and day != NEVER != made:
            plans.setdefault((who, day), []).append((made, place, key))
    latest: dict[int, tuple[int, int, str]] = {}
    for who, day, place in zip(long["who"], when, places, strict=True):
        for off in range(-link_days, link_days + 1):
            for plan in plans.get((who, day + off * _DAY), ()):
                if plan[0] < day and (place not in latest or plan > latest[place]):
                    latest[place] = plan
    found = [latest[n][2] if n in latest else None for n in range(len(visits))]
    return pd.Series(found, index=visits.index, dtype=object)


def columns(
    visits: pd.DataFrame, valid: pd.Series, as_of: date, link_days: int
) -> dict[str, pd.Series]:
    """The computed columns of visits whose inputs the workbook has."""
    found: dict[str, pd.Series] = {}
    if has(visits, "visit_status", "visit_date"):
        found["plan_state"] = plan_state(visits, as_of)
    if has(visits, "commitment", "commitment_due", "commitment_done_on"):
        found["commitment_state"] = commitment_state(visits, as_of)
    if has(visits, *PLAN_ELEMENTS):
        found["precall_completeness"] = plan_elements(visits)
    if not has(visits, "customer_key"):
        return found
    found["customer_id_resolved"] = resolved_ids(visits)
    if has(visits, "visit_status", "visit_date"):
        found |= numbered(visits, valid, as_of)
    if has(visits, "visit_id", "visit_date", "next_visit_date"):
        found["link_prev_plan"] = previous_plan(visits, valid, link_days)
    return found
