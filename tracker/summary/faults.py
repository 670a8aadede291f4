"""Findings counted by module and severity, with the rows that stay out of the aggregates."""

from __future__ import annotations

from collections import Counter

from tracker.findings import RANK
from tracker.summary.source import Source


def table(source: Source) -> dict[str, object]:
    """`rows` by module in the schema's order (sheets of no module last), and the totals."""
    counts: Counter[tuple[str | None, str]]
    counts = Counter((f.module, f.severity) for f in source.findings)
    modules = [m for m in source.schema.modules if m in source.frames]
    rows: list[dict[str, object]] = [
        {
            "sheet": source.sheet(m),
            "link": source.sheet(m),
            "excluded": source.excluded(m),
            **_by_severity(counts, m),
        }
        for m in modules
    ]
    elsewhere: Counter[tuple[str | None, str]]
    elsewhere = Counter((None, f.severity) for f in source.findings if f.module not in modules)
    if elsewhere:
        rows.append({"sheet": None, "link": None, "excluded": 0, **_by_severity(elsewhere, None)})
    return {"rows": rows, **source.once(totals)}


def totals(source: Source) -> dict[str, int]:
    """Findings by severity, and `excluded`, the rows that stay out of the aggregates."""
    counts = Counter(f.severity for f in source.findings)
    excluded = sum(source.excluded(m) for m in source.schema.modules if m in source.frames)
    return {**{s: counts[s] for s in RANK}, "excluded": excluded}


def _by_severity(counts: Counter[tuple[str | None, str]], module: str | None) -> dict[str, object]:
    alarm = "alert" if counts[module, "error"] else None
    return {severity: counts[module, severity] for severity in RANK} | {"alarm": alarm}
