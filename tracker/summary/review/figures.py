"""The figures of a review: each a function of the facts and some days; None where unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from tracker.metrics import calls
from tracker.metrics.adoption import moves, records
from tracker.summary import practice
from tracker.summary.calls import made
from tracker.summary.review.spans import Span
from tracker.summary.source import Source
from tracker.summary.tiers import active

Figure = Callable[[Source, Span], float | None]


def _in(days: pd.Series, span: Span) -> pd.Series:
    return days.between(pd.Timestamp(span.first), pd.Timestamp(span.last))


def _visits(source: Source, span: Span) -> pd.DataFrame | None:
    """Visits of the days, up to the as-of day."""
    if not source.has("visits", "visit_date", "visit_status"):
        return None
    rows = source.tables["visits"]
    known = rows["visit_date"].le(pd.Timestamp(source.as_of))
    return rows[known & _in(rows["visit_date"], span)]


def _plan(source: Source, span: Span) -> pd.DataFrame | None:
    """`planned` (M-14) and `actual` (M-15) calls of the days for every customer of a target tier."""
    if not source.has("customers", "tier", "customer_id") or not source.has("visits"):
        return None
    table, settings = active(source), source.settings.calls
    table = table[table["tier"].isin(settings.target_tiers)]
    per_month = calls.frequency(table, table["tier"], settings)
    planned = calls.planned(per_month, table.get("first_contact_date"), span)
    actual = calls.count(source.once(made), table["customer_id"], span)
    return pd.DataFrame({"planned": planned.fillna(0.0), "actual": actual})


def calls_made(source: Source, span: Span) -> float | None:
    """Actual calls (M-15)."""
    if not source.has("visits"):
        return None
    return float(_in(source.once(made)["date"], span).sum())


def calls_planned(source: Source, span: Span) -> float | None:
    """Calls that the tiers ask for in the days (M-14)."""
    found = _plan(source, span)
    return None if found is None else float(found["planned"].sum())


def plan_capped(source: Source, span: Span) -> float | None:
    """Call-plan attainment, no customer counted above its plan (M-18)."""
    found = _plan(source, span)
    if found is None:
        return None
    return _share(found["actual"].clip(upper=found["planned"]).sum(), found["planned"].sum())


def coverage(source: Source, span: Span) -> float | None:
    """Target customers with a call among all of them (M-16)."""
    found = _plan(source, span)
    return None if found is None else _share(found["actual"].gt(0).sum(), len(found))


def execution(source: Source, span: Span) -> float | None:
    """Plans carried out (M-21)."""
    rows = _visits(source, span)
    return None if rows is None else _rate(practice.execution(source, rows))


def objectives(source: Source, span: Span) -> float | None:
    """Objectives met among those assessed (M-22)."""
    rows = _visits(source, span)
    return None if rows is None else _rate(practice.objectives(source, rows))


def agreed(source: Source, span: Span) -> float | None:
    """Customers who agreed among those who responded (M-23)."""
    rows = _visits(source, span)
    return None if rows is None else _rate(practice.responses(source, rows))


def commitments_due(source: Source, span: Span) -> float | None:
    """Our commitments whose day lies in the days."""
    rows = _due(source, span)
    return None if rows is None else float(len(rows))


def commitments_kept(source: Source, span: Span) -> float | None:
    """Of those the share that was kept in time (M-24)."""
    rows = _due(source, span)
    if rows is None:
        return None
    return _share(rows["commitment_state"].eq("on_time").sum(), len(rows))


def _due(source: Source, span: Span) -> pd.DataFrame | None:
    if not source.has("visits", "commitment_due", "commitment_state"):
        return None
    rows = source.tables["visits"]
    return rows[rows["commitment_state"].notna() & _in(rows["commitment_due"], span)]


def issues_new(source: Source, span: Span) -> float | None:
    """Issues raised."""
    return _issues(source, span, "raised_date")


def issues_closed(source: Source, span: Span) -> float | None:
    """Issues resolved or closed."""
    return _issues(source, span, "closed_date")


def _issues(source: Source, span: Span, field: str) -> float | None:
    if not source.has("issues", field):
        return None
    return float(_in(source.tables["issues"][field], span).sum())


def issues_open(source: Source, span: Span) -> float | None:
    """Issues that were open at the end of the last day."""
    if not source.has("issues", "raised_date", "closed_date", "issue_status"):
        return None
    rows, last = source.tables["issues"], pd.Timestamp(span.last)
    shut = rows["closed_date"].le(last)
    shut |= rows["closed_date"].isna() & rows["issue_status"].isin(("resolved", "closed"))
    return float((rows["raised_date"].le(last) & ~shut).sum())


def messages(source: Source, span: Span) -> float | None:
    """Messages delivered."""
    if not source.has("messaging", "date"):
        return None
    return float(_in(source.tables["messaging"]["date"], span).sum())


def climbed(source: Source, span: Span) -> float | None:
    """Customers and products that went up the adoption ladder (M-25)."""
    found = _moves(source, span)
    return None if found is None else float(found["delta"].gt(0).sum())


def fell(source: Source, span: Span) -> float | None:
    """Customers and products that went down the adoption ladder (M-25)."""
    found = _moves(source, span)
    return None if found is None else float(found["delta"].lt(0).sum())


def _moves(source: Source, span: Span) -> pd.DataFrame | None:
    if not source.has("messaging", "customer_key", "product_key", "date", "adoption_stage"):
        return None
    rows = source.tables["messaging"]
    sound = pd.Series(data=True, index=rows.index)
    return moves(records(rows, sound, source.as_of), span)


def _share(part: float, whole: float) -> float | None:
    return float(part) / float(whole) if whole else None


def _rate(found: Mapping[str, object] | None) -> float | None:
    rate = found["rate"] if found else None
    return rate if isinstance(rate, float) else None
