"""Early warning (M-31) and priority (M-38) of customers, as the computed columns tell them."""

from __future__ import annotations

from functools import partial

import pandas as pd

from tracker.metrics import priority
from tracker.summary.listing import customer, listed
from tracker.summary.source import Source, day, number
from tracker.summary.tiers import active


def warned(source: Source) -> dict[str, object] | None:
    """Active customers at a level above normal, the gravest first, with every reason."""
    if not source.has("customers", "customer_name", "risk_level", "risk_reasons"):
        return None
    rows = active(source)
    words = source.words("customers", "risk_level")
    rank = rows["risk_level"].map(source.rank("customers", "risk_level"))
    rows = rows.assign(rank=rank)[rank < len(words) - 1]
    rows = rows.sort_values("rank", kind="stable")
    found = listed(source, "customers", rows, "risks", partial(_warning, source))
    counts = rows["risk_level"].value_counts()
    levels = [{"word": word, "count": int(counts.get(code, 0))} for code, word in words.items()]
    return found | {"levels": levels[:-1]}


def _warning(source: Source, values: pd.Series) -> dict[str, object]:
    return customer(source, values) | level(source, values)


def level(source: Source, values: pd.Series) -> dict[str, object]:
    """`risk` (word), `risk_tone` and `reasons` of a row of customers."""
    code = values.get("risk_level")
    return {
        "risk": source.word("customers", "risk_level", code),
        "risk_tone": None if pd.isna(code) else str(code),
        "reasons": source.remarks("customers", "risk_reasons", values.get("risk_reasons")),
    }


def first(source: Source) -> dict[str, object]:
    """Active customers in the order of urgency (M-38), with their reasons."""
    rows = priority.order(source.tables, source.as_of, source.settings)
    return listed(source, "customers", rows, "priority", partial(_urgent, source))


def _urgent(source: Source, values: pd.Series) -> dict[str, object]:
    return _warning(source, values) | {
        "next_due": day(values.get("next_due")),
        "days": number(values.get("overdue_days")),
        "behind": number(values["pace_gap"]),
    }
