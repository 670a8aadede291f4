"""Computed columns of customers, which join what all modules say about each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics import ageing, calls, due, subjects, tier
from tracker.metrics.arith import has, look_up
from tracker.metrics.completeness import reachable_channels, share_filled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tracker.metrics.series import Ledger
    from tracker.metrics.settings import Settings

    Columns = dict[str, pd.Series]


def columns(
    frames: Mapping[str, pd.DataFrame],
    valid: Mapping[str, pd.Series],
    ledger: Ledger | None,
    as_of: date,
    settings: Settings,
) -> Columns:
    """The computed columns of customers whose inputs the workbook has.

    Args:
        frames: `customers`, and those of `visits` and `issues` that the workbook has.
        valid: rows without errors, for each of these frames and for targets.
        ledger: rows of targets sorted into series, None if the workbook has none.
        as_of: the day D.
        settings: thresholds.
    """
    customers = frames["customers"]
    found = tier.columns(customers, valid["customers"], settings.tier)
    found |= _own(customers, settings)
    if "tier" in found:
        plan = calls.frequency(customers, found["tier"], settings.calls)
        days = calls.window(as_of)
        found["planned_calls"] = calls.planned(plan, customers.get("first_contact_date"), days)
    if "visits" in frames:
        found |= _called(customers, frames["visits"], valid["visits"], as_of, settings, found)
    if ledger is not None:
        found |= _sold(customers, ledger, valid["targets"], settings)
    if "issues" in frames:
        found |= _raised(customers, frames["issues"], valid["issues"], as_of)
    return found


def _own(customers: pd.DataFrame, settings: Settings) -> Columns:
    found = {}
    if "customers" in settings.expected:
        found["data_completeness"] = share_filled(customers, settings.expected["customers"])
    reachable = reachable_channels(customers)
    return found if reachable is None else found | {"reachable_channels": reachable}


def _called(
    customers: pd.DataFrame,
    visits: pd.DataFrame,
    valid: pd.Series,
    as_of: date,
    settings: Settings,
    so_far: Columns,
) -> Columns:
    if not has(visits, "customer_key", "visit_date", "visit_status"):
        return {}
    who, made = customers["customer_id"], calls.done(visits, valid, as_of, settings.calls)
    actual = calls.count(made, who, calls.window(as_of))
    found = {
        "last_visit": due.last_visit(made, who),
        "visits_30d": calls.count(made, who, calls.recent(as_of, settings.recent_days)),
        "visits_90d": calls.count(made, who, calls.recent(as_of, settings.longer_days)),
        "actual_calls": actual.where(calls.served(customers, settings.calls)),
    }
    if "tier" not in so_far:
        return found
    per_month = calls.frequency(customers, so_far["tier"], settings.calls)
    contact = customers.get("first_contact_date")
    when = due.next_due(found["last_visit"], contact, due.interval(per_month), as_of)
    if "next_visit_date" in visits:
        typed = due.promised(visits, valid, who, as_of)
        when = typed.where(typed.notna() & calls.served(customers, settings.calls), when)
    return found | {
        "next_due": when,
        "overdue_days": due.overdue_days(when, as_of),
        "call_attainment": calls.attainment(found["actual_calls"], so_far["planned_calls"]),
    }


def _sold(customers: pd.DataFrame, ledger: Ledger, valid: pd.Series, settings: Settings) -> Columns:
    if not has(ledger.rows, "subject_level", "customer_key"):
        return {}
    found = {"trend_now": subjects.trend_now(customers, ledger, valid, settings.trend)}
    if has(ledger.rows, "target", "unit"):
        found["attainment_now"] = subjects.attainment_now(customers, ledger, valid)
    return found


def _raised(
    customers: pd.DataFrame, issues: pd.DataFrame, valid: pd.Series, as_of: date
) -> Columns:
    if not has(issues, "customer_key", "issue_status"):
        return {}
    still_open = issues[valid & ~ageing.closed(issues)]
    found = {"open_issues": _count(still_open, customers["customer_id"])}
    if "due_date" in issues:
        late = still_open[ageing.overdue_days(still_open, as_of).notna()]
        found["overdue_issues"] = _count(late, customers["customer_id"])
    return found


def _count(issues: pd.DataFrame, who: pd.Series) -> pd.Series:
    return look_up(who, issues["customer_key"].value_counts()).astype("float64").fillna(0.0)
