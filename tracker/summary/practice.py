"""What comes of visits: plans carried out, objectives met, responses, commitments (M-21 to M-24)."""

from __future__ import annotations

import pandas as pd

from tracker.metrics.calls import window
from tracker.summary.source import Source

_RESULTS = ("met", "partial", "not_met")


def in_quarter(source: Source) -> pd.DataFrame:
    """Valid rows of visits of the running quarter up to the day."""
    rows = source.tables["visits"]
    first = pd.Timestamp(window(source.as_of)[0])
    return rows[rows["visit_date"].between(first, pd.Timestamp(source.as_of))]


def execution(source: Source, rows: pd.DataFrame) -> dict[str, object]:
    """`done`, `missed`, `cancelled` and their `rate` (M-21); rescheduled rows are left out."""
    states = rows["visit_status"].where(~_missed(source, rows), "missed").value_counts()
    done, missed, gone = (int(states.get(s, 0)) for s in ("completed", "missed", "cancelled"))
    return {
        "done": done, "missed": missed, "cancelled": gone, "rate": _share(done, done + missed + gone),
    }  # fmt: skip


def _missed(source: Source, rows: pd.DataFrame) -> pd.Series:
    return rows["visit_status"].eq("planned") & rows["visit_date"].lt(pd.Timestamp(source.as_of))


def objectives(source: Source, rows: pd.DataFrame) -> dict[str, object] | None:
    """`results` a word and count each, `assessed`, `rate`, and `weighted` with parts (M-22)."""
    if not {"objective", "objective_result"} <= set(rows):
        return None
    mine = rows[rows["visit_status"].eq("completed") & rows["objective"].notna()]
    counts = mine["objective_result"].value_counts()
    met, partial, _ = found = [int(counts.get(code, 0)) for code in _RESULTS]
    part = source.settings.small.weighted_partial
    return {
        "results": _worded(source, "objective_result", counts),
        "assessed": sum(found),
        "rate": _share(met, sum(found)),
        "weighted": _share(met + part * partial, sum(found)),
    }


def responses(source: Source, rows: pd.DataFrame) -> dict[str, object] | None:
    """`results` a word and count each, `total`, and `rate` of those who agreed (M-23)."""
    if "customer_response" not in rows:
        return None
    counts = rows.loc[rows["visit_status"].eq("completed"), "customer_response"].value_counts()
    total = int(counts.sum())
    return {
        "results": _worded(source, "customer_response", counts),
        "total": total,
        "rate": _share(int(counts.get("agree", 0)), total),
    }


def commitments(source: Source) -> dict[str, object] | None:
    """Ours, of all visits: `results` a word and count each, `due`, and `rate` kept in time (M-24)."""
    if not source.has("visits", "commitment_state"):
        return None
    rows = source.tables["visits"]
    counts = rows["commitment_state"].value_counts()
    due = rows["commitment_due"].le(pd.Timestamp(source.as_of)) & rows["commitment_state"].notna()
    kept = int((due & rows["commitment_state"].eq("on_time")).sum())
    return {
        "results": _worded(source, "commitment_state", counts),
        "due": int(due.sum()),
        "rate": _share(kept, int(due.sum())),
    }


def _worded(source: Source, column: str, counts: pd.Series) -> list[dict[str, object]]:
    words = source.words("visits", column)
    return [{"word": word, "count": int(counts.get(code, 0))} for code, word in words.items()]


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
