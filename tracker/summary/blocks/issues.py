"""Issues: how old the open ones are, how many were settled in time (M-26), and their themes."""

from __future__ import annotations

import pandas as pd

from tracker.summary.blocks import Block
from tracker.summary.source import Source, number
from tracker.summary.worklists import open_issues

_EVER = float("inf")


def context(source: Source) -> Block | None:
    """Figures, `ages` (classes of days with a count of open issues), `themes` by area.

    A theme has `word`, `open`, `total`, and `median` age in days of its open issues.
    """
    if not source.has("issues", "issue_status", "age_days"):
        return None
    rows, still = source.tables["issues"], open_issues(source)
    states = rows["sla_state"].value_counts() if "sla_state" in rows else pd.Series(dtype="int64")
    settled = [int(states.get(s, 0)) for s in ("closed_on_time", "closed_late")]
    return {
        "total": len(rows), "open": len(still), "median": _median(still["age_days"]),
        "on_time": settled[0] / sum(settled) if sum(settled) else None,
        "settled": sum(settled),
        "overdue": int(states.get("overdue", 0)), "due_soon": int(states.get("due_soon", 0)),
        "untold": _untold(rows), "ages": _ages(source, still), "themes": _themes(source, rows, still),
        "excluded": source.excluded("issues"),
    }  # fmt: skip


def _untold(rows: pd.DataFrame) -> int | None:
    """Closed issues whose customers have not been told yet."""
    return int(rows["feedback_state"].eq("pending").sum()) if "feedback_state" in rows else None


def _median(days: pd.Series) -> float | None:
    return number(days.median()) if len(days) else None


def _ages(source: Source, still: pd.DataFrame) -> list[dict[str, object]]:
    limits = source.settings.small.age_buckets
    ends = [*limits, _EVER]
    classes = pd.cut(still["age_days"], [-_EVER, *ends], labels=False).value_counts()
    starts = [0, *(n + 1 for n in limits)]
    names = [f"{a}–{b}" for a, b in zip(starts, limits, strict=False)] + [f"> {limits[-1]}"]
    return [{"days": name, "open": int(classes.get(i, 0))} for i, name in enumerate(names)]


def _themes(source: Source, rows: pd.DataFrame, still: pd.DataFrame) -> list[dict[str, object]]:
    if "issue_category" not in rows:
        return []
    totals, ages = (
        rows["issue_category"].value_counts(),
        still.groupby("issue_category")["age_days"],
    )
    counts, medians = ages.size(), ages.median()
    found: list[dict[str, object]] = [
        {
            "word": word, "total": int(totals[code]), "open": int(counts.get(code, 0)),
            "median": number(medians.get(code)),
        }
        for code, word in source.words("issues", "issue_category").items()
        if code in totals
    ]  # fmt: skip
    return sorted(found, key=lambda t: (-int(str(t["open"])), -int(str(t["total"]))))
