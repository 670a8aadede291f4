"""Data quality: findings and rows left out by sheet, how complete and how timely the rows are."""

from __future__ import annotations

from tracker.metrics import diary
from tracker.metrics.calls import recent
from tracker.metrics.share import Share
from tracker.summary import faults
from tracker.summary.blocks import Block
from tracker.summary.source import Source


def context(source: Source) -> Block:
    """`rows` by sheet, sums of each severity, `completeness` and `timely` with `visits` (M-35)."""
    share = _timely(source)
    complete = source.has("customers", "data_completeness")
    filled = source.tables["customers"]["data_completeness"] if complete else None
    return {
        **faults.table(source),
        "completeness": None if filled is None else diary.completeness(filled),
        "timely": share.rate,
        "visits": share.whole,
    }


def _timely(source: Source) -> Share:
    """Visits of the last 90 days that were written up in time."""
    if not source.has("visits", "visit_date", "visit_status", "logged_on"):
        return Share(0, 0)
    days = recent(source.as_of, source.settings.longer_days)
    rows = diary.rows_in(source.tables["visits"], days, source.as_of)
    return diary.timely(rows, source.settings.small.timely_days)
