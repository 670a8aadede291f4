"""Plans carried out, objectives met and responses of the quarter; our commitments (M-21 to M-24)."""

from __future__ import annotations

from tracker.summary import practice
from tracker.summary.blocks import Block
from tracker.summary.source import Source


def context(source: Source) -> Block | None:
    """`execution`, `objectives`, `responses`, `commitments`; those without columns are None."""
    if not source.has("visits", "visit_status", "visit_date"):
        return None
    rows = practice.in_quarter(source)
    return {
        "execution": practice.execution(source, rows),
        "objectives": practice.objectives(source, rows),
        "responses": practice.responses(source, rows),
        "commitments": practice.commitments(source),
        "excluded": source.excluded("visits"),
    }
