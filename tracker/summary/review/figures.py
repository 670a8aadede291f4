"""The figures of a review: each a function of the facts and some days; None where unknown."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from tracker.metrics import coverage as reach
from tracker.metrics import diary, ladder
from tracker.metrics.share import Share
from tracker.summary.calls import made
from tracker.summary.review.spans import Span
from tracker.summary.source import Source, number

Figure = Callable[[Source, Span], float | None]


def _in(days: pd.Series, span: Span) -> pd.Series:
    return days.between(pd.Timestamp(span.first), pd.Timestamp(span.last))


def _visits(source: Source, span: Span, *columns: str) -> pd.DataFrame | None:
    """Visits of the days, up to the as-of day; None without the columns."""
    if not source.has("visits", "visit_date", "visit_status", *columns):
        return None
    return diary.rows_in(source.tables["visits"], span, source.as_of)


def _plan(source: Source, span: Span) -> pd.Series | None:
    """Rates over all target customers; None without the columns."""
    found = reach.targeted(source.tables, span, source.as_of, source.settings.calls)
    return None if found is None or found.empty else reach.rates(found).iloc[0]


def calls_made(source: Source, span: Span) -> float | None:
    """Actual calls (M-15)."""
    if not source.has("visits"):
        return None
    return float(_in(source.once(made)["date"], span).sum())


def calls_planned(source: Source, span: Span) -> float | None:
    """Calls that the tiers ask for in the days (M-14)."""
    found = _plan(source, span)
    return None if found is None else number(found["planned"])


def plan_capped(source: Source, span: Span) -> float | None:
    """Call-plan attainment, no customer counted above its plan (M-18)."""
    found = _plan(source, span)
    return None if found is None else number(found["capped"])


def coverage(source: Source, span: Span) -> float | None:
    """Target customers with a call among all of them (M-16)."""
    found = _plan(source, span)
    return None if found is None else number(found["coverage"])


def execution(source: Source, span: Span) -> float | None:
    """Plans carried out (M-21)."""
    rows = _visits(source, span)
    return None if rows is None else diary.executed(rows, source.as_of).rate


def objectives(source: Source, span: Span) -> float | None:
    """Objectives met among those assessed (M-22)."""
    rows = _visits(source, span, "objective", "objective_result")
    return None if rows is None else diary.attained(rows).rate


def agreed(source: Source, span: Span) -> float | None:
    """Customers who agreed among those who responded (M-23)."""
    rows = _visits(source, span, "customer_response")
    return None if rows is None else diary.commitment_rate(rows).rate


def commitments_due(source: Source, span: Span) -> float | None:
    """Our commitments whose day lies in the days."""
    rows = _due(source, span)
    return None if rows is None else float(len(rows))


def commitments_kept(source: Source, span: Span) -> float | None:
    """Of those the share that was kept in time (M-24)."""
    rows = _due(source, span)
    if rows is None:
        return None
    return Share(float(rows["commitment_state"].eq("on_time").sum()), len(rows)).rate


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
    return ladder.moves(source.tables, source.as_of, span)
