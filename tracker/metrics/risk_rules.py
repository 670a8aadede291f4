"""The rules of early warning (M-31), one function each: (sheets, its settings) -> what it says.

A rule of one's own is a function here, an entry in RULES, one under `risk.rules` in
thresholds.yaml, and a phrase for `risk_reasons` in customers.yaml.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from tracker.metrics import ageing, feedback
from tracker.metrics.adoption import FIELDS, moves
from tracker.metrics.arith import TOLERANCE, days_from, look_up
from tracker.metrics.calls import frequency, recent
from tracker.metrics.due import interval
from tracker.metrics.section import Section
from tracker.metrics.sheets import Sheets


class Fired(NamedTuple):
    """What a rule says of each customer, on the customers' index.

    `fires` and `missing` (bool; missing: the rule lacks its input), `facts` the numbers as columns.
    """

    fires: pd.Series
    facts: pd.DataFrame
    missing: pd.Series


_VISITS = ("visits.customer_key", "visits.visit_date", "visits.visit_status")
Rule = Callable[[Sheets, Section], Fired]


def _said(fires: pd.Series, missing: pd.Series | None = None, **facts: pd.Series) -> Fired:
    lacking = pd.Series(False, index=fires.index) if missing is None else missing
    return Fired(
        fires.fillna(value=False).astype(bool), pd.DataFrame(facts, index=fires.index), lacking
    )


def _unknown(sheets: Sheets) -> Fired:
    """Nothing can be said: the workbook lacks the columns."""
    index = sheets.frames["customers"].index
    return _said(pd.Series(False, index=index), pd.Series(True, index=index))


def _who(sheets: Sheets) -> pd.Series:
    return sheets.frames["customers"]["customer_id"]


def trend_down(sheets: Sheets, _: Section) -> Fired:
    """The customer's sales fall (M-09)."""
    if not sheets.has("targets.period", "targets.actual", "customers.trend_now"):
        return _unknown(sheets)
    found = sheets.sales_trend
    label = found["label"]
    missing = label.isna() | (label == "insufficient")
    return _said(
        label == "down", missing, change=found["change"], n=found["n"], product=found["product"]
    )


def behind(sheets: Sheets, rule: Section) -> Fired:
    """Time-adjusted attainment of the running period is too low (M-04)."""
    if not sheets.has("customers.attainment_now"):
        return _unknown(sheets)
    adjusted = sheets.sales_running["adjusted"]
    low = adjusted < rule.number("below") - TOLERANCE
    return _said(low, adjusted.isna(), adjusted=adjusted)


def overdue_visit(sheets: Sheets, rule: Section) -> Fired:
    """The next visit is overdue by several intervals of the tier's frequency (M-13)."""
    if not sheets.has("customers.tier", "customers.overdue_days"):
        return _unknown(sheets)
    found, customers = sheets.found["customers"], sheets.frames["customers"]
    per_month = frequency(customers, found["tier"], sheets.settings.calls)
    late, each = found["overdue_days"], interval(per_month)
    fires = late >= rule.number("intervals") * each
    return _said(fires, found["tier"].isna(), days=late, interval=each)


def negative(sheets: Sheets, rule: Section) -> Fired:
    """Recent negative feedback without a closed issue."""
    fields = ("messaging.negative_flag", "messaging.customer_key", "messaging.date")
    if not sheets.has(*fields):
        return _unknown(sheets)
    days = recent(sheets.as_of, rule.whole("days") + 1)
    flag = sheets.found["messaging"]["negative_flag"]
    when = look_up(_who(sheets), feedback.latest_open(sheets.sound("messaging"), flag, days))
    return _said(when.notna(), date=_iso(when))


def overdue_issue(sheets: Sheets, rule: Section) -> Fired:
    """Open issues of a grave kind are overdue (M-26)."""
    fields = ("issue_status", "due_date", "severity", "customer_key")
    if not sheets.has(*(f"issues.{name}" for name in fields)):
        return _unknown(sheets)
    issues = sheets.sound("issues")
    issues = issues[issues["severity"].isin(rule.texts("severities"))]
    late = ageing.overdue_days(issues, sheets.as_of)
    each = late[late.notna()].groupby(issues["customer_key"])
    count, worst = (look_up(_who(sheets), part) for part in (each.size(), each.max()))
    return _said(count > 0, count=count, days=worst)


def adoption_fell(sheets: Sheets, rule: Section) -> Fired:
    """The stage of a product went down (M-25); the worst fall is named."""
    if not sheets.has(*FIELDS):
        return _unknown(sheets)
    known = sheets.stages
    moved = moves(known, recent(sheets.as_of, rule.whole("days")))
    worst = moved.sort_values(["delta", "product"], kind="stable").drop_duplicates("who")
    worst = worst.set_index("who")
    facts = {
        name: look_up(_who(sheets), worst[name]) for name in ("product", "start", "end", "delta")
    }
    return _said(facts["delta"] < 0, facts["delta"].isna(), **facts)


def stage_fell(sheets: Sheets, rule: Section) -> Fired:
    """The relationship went down a stage or more, as the refreshes of the last days saw it (M-30)."""
    name = "relationship_stage"
    if not sheets.has(*(f"customers.{name}{part}" for part in ("", "_was", "_since"))):
        return _unknown(sheets)
    customers = sheets.frames["customers"]
    place = {code: n + 1 for n, code in enumerate(sheets.settings.relation.stages)}
    now, was = (customers[column].map(place) for column in (name, f"{name}_was"))
    since = customers[f"{name}_since"]
    lately = days_from(since, sheets.as_of) <= rule.whole("days")
    return _said((now < was) & lately, now.isna(), start=was, end=now, date=_iso(since))


def competitor(sheets: Sheets, rule: Section) -> Fired:
    """A recent visit told of a competitor's activity."""
    if not sheets.has("visits.competitor_activity", *_VISITS):
        return _unknown(sheets)
    seen = sheets.attended[["who", "visit_date", "competitor_activity"]]
    near = days_from(seen["visit_date"], sheets.as_of) <= rule.whole("days")
    when = seen[near & seen["competitor_activity"].notna()].groupby("who")["visit_date"].max()
    latest = look_up(_who(sheets), when)
    return _said(latest.notna(), date=_iso(latest))


def refused(sheets: Sheets, rule: Section) -> Fired:
    """The customer refused in one of the last visits."""
    if not sheets.has("visits.customer_response", *_VISITS):
        return _unknown(sheets)
    last = sheets.attended.groupby("who").tail(rule.whole("visits"))
    when = last[last["customer_response"] == "refuse"].groupby("who")["visit_date"].max()
    latest = look_up(_who(sheets), when)
    return _said(latest.notna(), date=_iso(latest))


def _iso(days: pd.Series) -> pd.Series:
    return days.astype("datetime64[s]").dt.strftime("%Y-%m-%d")


RULES = MappingProxyType(
    {
        rule.__name__: rule
        for rule in (
            trend_down, behind, overdue_visit, negative, overdue_issue, adoption_fell, stage_fell,
            competitor, refused,
        )
    }
)  # fmt: skip
