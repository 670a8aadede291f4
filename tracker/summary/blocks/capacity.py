"""Whether the call plan of the running quarter can be carried out (M-37)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.metrics import coverage
from tracker.metrics.calls import recent, window
from tracker.metrics.capacity import is_weekday, utilisation, work_days
from tracker.summary.blocks import Block
from tracker.summary.calls import made
from tracker.summary.source import Source

if TYPE_CHECKING:
    from tracker.metrics.calls import Window


def context(source: Source) -> Block | None:
    """`rows`: the whole quarter and what is left of it; `per_day`, `measured` (not configured).

    A row has `span` (quarter, rest), `planned` calls, working `days`, `capacity` in calls,
    `utilisation` and its `tone`.
    """
    if not source.has("customers", "planned_calls", "actual_calls"):
        return None
    per_day = _per_day(source)
    table, whole = source.tables["customers"], window(source.as_of)
    planned, actual = table["planned_calls"].fillna(0), table["actual_calls"].fillna(0)
    if not per_day or not planned.sum():
        return None
    rest = source.as_of + timedelta(days=1), whole[1]
    left = float((planned - actual).clip(lower=0).sum())
    return {
        "rows": [
            _row(source, "quarter", float(planned.sum()), whole, per_day),
            _row(source, "rest", left, rest, per_day),
        ],
        "per_day": per_day,
        "measured": source.settings.small.calls_per_day is None,
        "pace_days": source.settings.longer_days,
        "excluded": source.excluded("customers"),
    }


def _per_day(source: Source) -> float | None:
    """Calls a day as configured, else the pace of the longer window (M-20)."""
    own = source.settings.small.calls_per_day
    if own is not None:
        return own
    days = recent(source.as_of, source.settings.longer_days)
    return coverage.per_field_day(source.once(made), days).rate


def _row(
    source: Source, span: str, planned: float, days: Window, per_day: float
) -> dict[str, object]:
    calendar = source.settings.workdays
    works = calendar.works if calendar else is_weekday
    share = utilisation(planned, days, per_day, works=works)
    over = planned > share.whole
    return {
        "span": span,
        "planned": planned,
        "days": work_days(days, works),
        "capacity": share.whole,
        "utilisation": share.rate,
        "fits": "over" if over else "fits",
        "tone": "behind" if over else None,
    }
