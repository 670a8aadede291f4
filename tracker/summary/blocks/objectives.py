"""Plans carried out, objectives met and responses of the quarter; our commitments (M-21 to M-24)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd

from tracker.metrics import commitments, diary
from tracker.metrics.calls import served, window
from tracker.metrics.share import Share
from tracker.summary.blocks import Block
from tracker.summary.listing import customer, listed
from tracker.summary.source import Source, day


def context(source: Source) -> Block | None:
    """`execution`, `objectives`, `responses`, `probe`, `commitments`; None without columns."""
    if not source.has("visits", "visit_status", "visit_date"):
        return None
    visits = source.tables["visits"]
    rows = diary.rows_in(visits, window(source.as_of), source.as_of)
    found: dict[str, object] = {
        "execution": {
            "rate": diary.executed(rows, source.as_of).rate,
            **diary.execution(rows, source.as_of),
        },
        "objectives": None, "responses": None, "probe": None, "commitments": None,
        "excluded": source.excluded("visits"),
    }  # fmt: skip
    if source.has("visits", "objective", "objective_result"):
        weight = source.settings.small.weighted_partial
        made = _rated(source, "objective_result", diary.objectives(rows), diary.attained(rows))
        found["objectives"] = made | {"weighted": diary.attained(rows, weight).rate}
    if source.has("visits", "customer_response"):
        counts, share = diary.responses(rows), diary.commitment_rate(rows)
        found["responses"] = _rated(source, "customer_response", counts, share)
        found["probe"] = _probe(source, visits)
    if source.has("visits", "commitment_state", "commitment_due"):
        counts, share = commitments.counts(visits), commitments.kept(visits, source.as_of)
        found["commitments"] = _rated(source, "commitment_state", counts, share)
    return found


def _rated(
    source: Source, column: str, counts: Mapping[str, int], share: Share
) -> dict[str, object]:
    """`results` (a `word` and `count` each), `rate`, and `n`, of how many."""
    words = source.words("visits", column)
    results = [{"word": words.get(code, code), "count": n} for code, n in counts.items()]
    return {"results": results, "rate": share.rate, "n": share.whole}


def _probe(source: Source, visits: pd.DataFrame) -> Block | None:
    """Customers served whose last two answers were unclear (M-23), the latest answer first."""
    if not (source.has("customers", "customer_id", "customer_name") and "customer_key" in visits):
        return None
    table, days = source.tables["customers"], diary.to_probe(visits, source.as_of)
    rows = table[served(table, source.settings.calls) & table["customer_id"].isin(days.index)]
    rows = rows.assign(answered=rows["customer_id"].map(days))
    rows = rows.sort_values("answered", ascending=False, kind="stable")
    return listed(source, "customers", rows, "objectives", partial(_unclear, source))


def _unclear(source: Source, values: pd.Series) -> dict[str, object]:
    return customer(source, values) | {"answered": day(values["answered"])}
