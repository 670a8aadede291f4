"""A customer's attitude to each product, and what is sold where the customer works."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tracker.summary.customer.own import Own
from tracker.summary.products import Sales
from tracker.summary.source import Source, day, number, text


def ladder(source: Source, own: Own) -> list[dict[str, object]]:
    """By product: the stage on the adoption ladder and the last that was said.

    `product`, `stage` (0 to 5 or None) with its word, `before` (the stage known before it) and
    `day`; `acceptance`, `reaction` (words), `concern`, `message` with `last` (its day), `types`
    (words of the messages delivered), `count`.
    """
    if own.messages.empty:
        return []
    found = [_product(source, str(name), rows) for name, rows in own.messages.groupby("item")]
    return sorted(found, key=lambda p: (-int(str(p["count"])), str(p["product"])))


def _product(source: Source, name: str, rows: pd.DataFrame) -> dict[str, object]:
    stages = _filled(rows, "adoption_stage")
    ranks = [number(pd.to_numeric(v, errors="coerce")) for v in stages.get("adoption_stage", ())]
    earlier = [r for r in ranks if r != ranks[-1]] if ranks else []
    said = {f: _last(rows, f) for f in ("acceptance", "reaction", "concern", "key_message")}
    return {
        "product": text(name, 40),
        "stage": ranks[-1] if ranks else None,
        "stage_word": source.word("messaging", "adoption_stage", _last(rows, "adoption_stage")),
        "before": earlier[-1] if earlier else None,
        "day": day(stages["date"].iloc[-1]) if len(stages) else None,
        "acceptance": source.word("messaging", "acceptance", said["acceptance"]),
        "reaction": source.word("messaging", "reaction", said["reaction"]),
        "reaction_code": said["reaction"],
        "concern": text(said["concern"], 120),
        "message": text(said["key_message"], 120),
        "last": day(rows["date"].iloc[-1]),
        "types": _types(source, rows),
        "count": len(rows),
    }


def _filled(rows: pd.DataFrame, field: str) -> pd.DataFrame:
    return rows[rows[field].notna()] if field in rows else rows.iloc[:0]


def _last(rows: pd.DataFrame, field: str) -> Any:
    """The last value that is not blank, else None."""
    known = _filled(rows, field)
    return known[field].iloc[-1] if len(known) else None


def _types(source: Source, rows: pd.DataFrame) -> list[str]:
    codes = [c for cell in _filled(rows, "message_type").get("message_type", ()) for c in cell]
    words = source.words("messaging", "message_type")
    return [words.get(c, text(c, 20)) for c in dict.fromkeys(codes)]


def sales(source: Source, own: Own) -> dict[str, object] | None:
    """Targets of the running period for the customer, or for the institution where it works.

    `period`, `subject` (the institution's name, or None for the customer's own), `rows` with
    `product`, `unit`, `target`, `actual`, `attainment`, `pace`, `pace_code`, `trend`,
    `trend_code`. None without any.
    """
    known = Sales(source)
    if not known.known or known.period is None or not source.has("targets", "customer_key"):
        return None
    table = source.tables["targets"]
    table = table[table["period"].eq(known.period)]
    level = table["subject_level"] if "subject_level" in table else table["customer_key"]
    for key, subject in ((own.who, None), (own.institution, own.institution)):
        mine = table[table["customer_key"].eq(key) & ~level.eq("rep")] if key else table.iloc[:0]
        if len(mine):
            rows = [_sold(source, row) for _, row in mine.iterrows()]
            return {"period": known.period, "subject": subject, "rows": rows}
    return None


def _sold(source: Source, row: pd.Series) -> dict[str, object]:
    return {
        "product": text(row.get("product_key") or row.get("product"), 40),
        "unit": source.word("targets", "unit", row.get("unit")),
        **{name: number(row.get(name)) for name in ("target", "actual", "attainment")},
        "pace": source.word("targets", "pace_status", row.get("pace_status")),
        "pace_code": row.get("pace_status"),
        "trend": source.word("targets", "trend", row.get("trend")),
        "trend_code": row.get("trend"),
    }
