"""The context of a review: figures of the running period beside those of the one before."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from tracker.book.period import holding
from tracker.metrics import attainment
from tracker.summary.agenda.desk import rows
from tracker.summary.products import Sales
from tracker.summary.review import figures
from tracker.summary.review.figures import Figure
from tracker.summary.review.spans import Kind, Span, spans
from tracker.summary.source import Source, day, number, text

_LISTED = 10


class _Line(NamedTuple):
    """One line: its key, its format, whether more is better (1), worse (-1) or neither (0)."""

    key: str
    figure: Figure
    fmt: str = "#,##0"
    better: int = 0


LINES = (
    _Line("calls_made", figures.calls_made, better=1),
    _Line("calls_planned", figures.calls_planned),
    _Line("plan_capped", figures.plan_capped, "0.0%", 1),
    _Line("coverage", figures.coverage, "0.0%", 1),
    _Line("execution", figures.execution, "0.0%", 1),
    _Line("objectives", figures.objectives, "0.0%", 1),
    _Line("agreed", figures.agreed, "0.0%", 1),
    _Line("commitments_due", figures.commitments_due),
    _Line("commitments_kept", figures.commitments_kept, "0.0%", 1),
    _Line("messages", figures.messages, better=1),
    _Line("climbed", figures.climbed, better=1),
    _Line("fell", figures.fell, better=-1),
    _Line("issues_new", figures.issues_new),
    _Line("issues_closed", figures.issues_closed, better=1),
    _Line("issues_open", figures.issues_open, better=-1),
)


def review(source: Source, kind: Kind) -> dict[str, object]:
    """What `report/review.html.j2` may name.

    `kind`; `first`, `last` (of the period), `until` (the as-of day), `over` (whether it is over);
    `before` and `same` (`first` and `last` of the period before and of the same stretch of it);
    `lines` with `key`, `fmt`, `now`, `same`, `before`, `change` and `tone` ("good", "bad" or
    ""); `sales` with `period`, `unit`, `target`, `actual`, `attainment`, `before`; `raised` and
    `closed`: issues with `day`, `name`, `issue`, cut at ten. What has no columns is left out.
    """
    found = spans(kind, source.as_of)
    made = (_line(source, line, found.now, found.same, found.before) for line in LINES)
    return {
        "kind": kind,
        "first": found.whole.first,
        "last": found.whole.last,
        "until": source.as_of,
        "over": source.as_of == found.whole.last,
        "before": found.before._asdict(),
        "same": found.same._asdict(),
        "lines": [line for line in made if any(line[w] is not None for w in ("now", "before"))],
        "sales": _sales(source, kind, found.before),
        "raised": _issues(source, found.now, "raised_date"),
        "closed": _issues(source, found.now, "closed_date"),
    }


def _line(source: Source, line: _Line, *days: Span) -> dict[str, object]:
    now, same, before = (line.figure(source, span) for span in days)
    change = None if now is None or same is None else now - same
    tone = "" if not change else ("good" if change * line.better > 0 else "bad")
    return {
        "key": line.key, "fmt": line.fmt, "now": now, "same": same, "before": before,
        "change": change, "tone": tone if line.better else "",
    }  # fmt: skip


def _sales(source: Source, kind: Kind, before: Span) -> list[dict[str, object]]:
    """Attainment of the period and of the one before by unit; none for weeks, or without targets."""
    sales = Sales(source)
    if kind == "week" or not sales.known:
        return []
    names = [holding(source.as_of, kind), holding(before.last, kind)]
    table = sales.rows[sales.rows["period"].isin(names)]
    valid, days = source.validity("targets"), source.settings.workdays
    sums = attainment.aggregate(table, valid, source.as_of, ["period"], days)
    sums = sums[sums["rows"] > 0]
    units = sorted({str(u) for u in sums.index.get_level_values("unit")},
                   key=lambda u: source.rank("targets", "unit").get(u, 99))  # fmt: skip
    return [
        {"unit": source.word("targets", "unit", u), "now": _sold(sums, names[0], u),
         "before": _sold(sums, names[1], u), "period": names[0], "last": names[1]}
        for u in units
    ]  # fmt: skip


def _sold(sums: pd.DataFrame, name: str, unit: str) -> dict[str, object] | None:
    if (name, unit) not in sums.index:
        return None
    names = ["target", "actual", "attainment", "time_progress", "excluded"]
    return {k: number(sums.at[(name, unit), k]) for k in names}  # noqa: PD008 - one cell


def _issues(source: Source, span: Span, field: str) -> dict[str, object] | None:
    """Issues whose day lies in the days: `rows`, the latest first, and `total`."""
    if not source.has("issues", "issue", field):
        return None
    table = source.tables["issues"]
    mine = table[table[field].between(pd.Timestamp(span.first), pd.Timestamp(span.last))]
    mine = mine.sort_values(field, ascending=False, kind="stable")
    listed = [
        {
            "day": day(issue[field]),
            "name": source.people.get(str(issue.get("customer_key")), {}).get("name")
            or text(issue.get("customer"), 24),
            "issue": text(issue["issue"], 80),
        }
        for _, issue in rows(mine.head(_LISTED))
    ]
    return {"rows": listed, "total": len(mine)}
