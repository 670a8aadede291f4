"""Issues: how old the open ones are, how many were settled in time (M-26), and their themes."""

from __future__ import annotations

import pandas as pd

from tracker.metrics import queue
from tracker.metrics.calls import recent
from tracker.metrics.share import Share
from tracker.summary.blocks import Block
from tracker.summary.source import Source, number
from tracker.summary.worklists import open_issues


def context(source: Source) -> Block | None:
    """Figures, `ages` (classes of days with a count of open issues), `themes` by area.

    A theme has `word`, `open`, `total`, and `median` age in days of its open issues.
    `satisfaction` is the mean score of the last 90 days, `scores` how many there are (M-36).
    """
    if not source.has("issues", "issue_status", "age_days"):
        return None
    rows, still = source.tables["issues"], open_issues(source)
    states = rows["sla_state"].value_counts() if "sla_state" in rows else pd.Series(dtype="int64")
    settled = queue.on_time(rows) if "sla_state" in rows else Share(0, 0)
    untold = len(queue.to_feed_back(rows)) if "feedback_state" in rows else None
    days = recent(source.as_of, source.settings.longer_days)
    scored = source.has("issues", "satisfaction", "raised_date")
    mean, scores = queue.satisfaction(rows, days) if scored else (None, 0)
    return {
        "total": len(rows), "open": len(still), "median": queue.median_age(rows),
        "on_time": settled.rate, "settled": settled.whole,
        "overdue": int(states.get("overdue", 0)), "due_soon": int(states.get("due_soon", 0)),
        "untold": untold, "satisfaction": mean, "scores": scores,
        "ages": _ages(source, rows), "themes": _themes(source, rows, still),
        "excluded": source.excluded("issues"),
    }  # fmt: skip


def _ages(source: Source, rows: pd.DataFrame) -> list[dict[str, object]]:
    classes = queue.buckets(rows, source.settings.small.age_buckets)
    return [
        {
            "days": f"> {first - 1:.0f}" if pd.isna(last) else f"{first:.0f}–{last:.0f}",
            "open": int(n),
        }
        for first, last, n in classes[["first", "last", "issues"]].itertuples(index=False)
    ]


def _themes(source: Source, rows: pd.DataFrame, still: pd.DataFrame) -> list[dict[str, object]]:
    if "issue_category" not in rows:
        return []
    totals, ages = (
        rows["issue_category"].value_counts(),
        still.groupby("issue_category")["age_days"],
    )
    counts, medians = ages.size(), ages.median()
    order = sorted(totals.index, key=lambda code: (-counts.get(code, 0), -totals[code], str(code)))
    return [
        {
            "word": source.word("issues", "issue_category", code),
            "total": int(totals[code]),
            "open": int(counts.get(code, 0)),
            "median": number(medians.get(code)),
        }
        for code in order
    ]
