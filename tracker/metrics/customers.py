"""Computed columns of customers, which join what all modules say about each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics import adoption, ageing, calls, due, tier
from tracker.metrics.arith import look_up
from tracker.metrics.completeness import reachable_channels, share_filled

if TYPE_CHECKING:
    from tracker.metrics.sheets import Columns, Sheets


def tiers(sheets: Sheets) -> Columns:
    """`tier`, `strategy`, `tier_source` (M-12)."""
    return tier.columns(sheets.frames["customers"], sheets.valid["customers"], sheets.settings.tier)


def filled(sheets: Sheets) -> Columns:
    """`data_completeness` and `reachable_channels`."""
    customers, found = sheets.frames["customers"], {}
    expected = sheets.settings.expected.get("customers")
    if expected is not None:
        found["data_completeness"] = share_filled(customers, expected)
    reachable = reachable_channels(customers)
    return found if reachable is None else found | {"reachable_channels": reachable}


def _per_month(sheets: Sheets) -> pd.Series:
    customers = sheets.frames["customers"]
    return calls.frequency(customers, sheets.found["customers"]["tier"], sheets.settings.calls)


def planned(sheets: Sheets) -> Columns:
    """`planned_calls` of the running quarter (M-14)."""
    start = sheets.frames["customers"].get("first_contact_date")
    days = calls.window(sheets.as_of)
    return {"planned_calls": calls.planned(_per_month(sheets), start, days)}


def called(sheets: Sheets) -> Columns:
    """`last_visit`, `visits_30d`, `visits_90d` and `actual_calls` of the running quarter (M-15)."""
    customers, settings, day = sheets.frames["customers"], sheets.settings, sheets.as_of
    who = customers["customer_id"]
    made = calls.done(sheets.frames["visits"], sheets.valid["visits"], day, settings.calls)
    actual = calls.count(made, who, calls.window(day))
    return {
        "last_visit": due.last_visit(made, who),
        "visits_30d": calls.count(made, who, calls.recent(day, settings.recent_days)),
        "visits_90d": calls.count(made, who, calls.recent(day, settings.longer_days)),
        "actual_calls": actual.where(calls.served(customers, settings.calls)),
    }


def next_due(sheets: Sheets) -> Columns:
    """`next_due` and `overdue_days` (M-13), `call_attainment` (M-18)."""
    customers, visits, day = sheets.frames["customers"], sheets.frames["visits"], sheets.as_of
    found, contact = sheets.found["customers"], customers.get("first_contact_date")
    when = due.next_due(found["last_visit"], contact, due.interval(_per_month(sheets)), day)
    if "next_visit_date" in visits:
        typed = due.promised(visits, sheets.valid["visits"], customers["customer_id"], day)
        when = typed.where(typed.notna() & calls.served(customers, sheets.settings.calls), when)
    return {
        "next_due": when,
        "overdue_days": due.overdue_days(when, day),
        "call_attainment": calls.attainment(found["actual_calls"], found["planned_calls"]),
    }


def trend_now(sheets: Sheets) -> Columns:
    """`trend_now` (M-09)."""
    return {"trend_now": sheets.sales_trend["label"]}


def attainment_now(sheets: Sheets) -> Columns:
    """`attainment_now` (M-02)."""
    return {"attainment_now": sheets.sales_running["attainment"]}


def open_issues(sheets: Sheets) -> Columns:
    """`open_issues`, and `overdue_issues` where there are due dates (M-26)."""
    issues, who = sheets.sound("issues"), sheets.frames["customers"]["customer_id"]
    still_open = issues[~ageing.closed(issues)]
    found = {"open_issues": _count(still_open, who)}
    if "due_date" in issues:
        late = still_open[ageing.overdue_days(still_open, sheets.as_of).notna()]
        found["overdue_issues"] = _count(late, who)
    return found


def _count(issues: pd.DataFrame, who: pd.Series) -> pd.Series:
    return look_up(who, issues["customer_key"].value_counts()).astype("float64").fillna(0.0)


def adoption_now(sheets: Sheets) -> Columns:
    """`adoption_now` of the primary product (M-25)."""
    messaging, valid = sheets.frames["messaging"], sheets.valid["messaging"]
    primary = adoption.primary_product(messaging, valid, sheets.as_of)
    who = sheets.frames["customers"]["customer_id"]
    return {"adoption_now": adoption.stage_now(sheets.stages, primary, who)}
