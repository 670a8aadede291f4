"""What is late: overdue visits and overdue issues, the most pressing first, with their rows."""

from __future__ import annotations

from functools import partial

import pandas as pd

from tracker.summary.listing import about, customer, listed
from tracker.summary.source import Source, day, number, text

_CLOSED = ("resolved", "closed")


def overdue_visits(source: Source) -> dict[str, object] | None:
    """Customers past their next due date, by tier, then by days."""
    if not source.has("customers", "customer_name", "overdue_days"):
        return None
    late = _late(source, "customers")
    rank = source.rank("customers", "tier")
    if "tier" in late:
        late = late.assign(place=late["tier"].map(rank).fillna(len(rank)))
        late = late.sort_values(["place", "overdue_days"], ascending=[True, False], kind="stable")
    found = listed(source, "customers", late, "overdue_visits", partial(_visit, source))
    return found | {"worst": _worst(late)}


def overdue_issues(source: Source) -> dict[str, object] | None:
    """Open issues past their due date, by severity, then by days."""
    if not source.has("issues", "issue", "overdue_days"):
        return None
    late = open_issues(source)
    late = late[late["overdue_days"].gt(0)]
    rank = source.rank("issues", "severity")
    if "severity" in late:
        late = late.assign(place=late["severity"].map(rank).fillna(-1))
        late = late.sort_values(["place", "overdue_days"], ascending=False, kind="stable")
    found = listed(source, "issues", late, "overdue_issues", partial(_issue, source))
    return found | {"worst": _worst(late)}


def late(source: Source) -> dict[str, int]:
    """How many customers and open issues are past their dates, by module; missing ones left out."""
    found = {}
    if source.has("customers", "overdue_days"):
        found["customers"] = len(_late(source, "customers"))
    if source.has("issues", "overdue_days"):
        found["issues"] = int(open_issues(source)["overdue_days"].gt(0).sum())
    return found


def open_issues(source: Source) -> pd.DataFrame:
    """Issues that are neither resolved nor closed; an empty frame without the module."""
    table = source.tables.get("issues", pd.DataFrame())
    return table[~table["issue_status"].isin(_CLOSED)] if "issue_status" in table else table


def _late(source: Source, module: str) -> pd.DataFrame:
    table = source.tables[module]
    late = table[table["overdue_days"].gt(0)]
    return late.sort_values("overdue_days", ascending=False, kind="stable")


def _worst(late: pd.DataFrame) -> float:
    return float(late["overdue_days"].max()) if len(late) else 1.0


def _visit(source: Source, values: pd.Series) -> dict[str, object]:
    return customer(source, values) | {
        "strategy": source.word("customers", "strategy", values.get("strategy")),
        "last_visit": day(values.get("last_visit")),
        "next_due": day(values.get("next_due")),
        "days": number(values["overdue_days"]),
    }


def _issue(source: Source, values: pd.Series) -> dict[str, object]:
    return about(source, values) | {
        "issue": text(values["issue"], 80),
        "severity": source.word("issues", "severity", values.get("severity")),
        "status": source.word("issues", "issue_status", values.get("issue_status")),
        "owner": text(values.get("owner"), 12),
        "due": day(values.get("due_date")),
        "days": number(values["overdue_days"]),
    }
