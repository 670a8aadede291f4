"""Negative feedback, and whether an issue that was raised over it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics.ageing import closed
from tracker.metrics.arith import has, look_up, words

if TYPE_CHECKING:
    from tracker.metrics.calls import Window


def negative_flag(messaging: pd.DataFrame, issues: pd.DataFrame | None) -> pd.Series:
    """Word of each row with a negative reaction: settled or open; None for any other (object).

    It is settled by its linked issue being closed; without a link by a closed issue that the same
    customer raised on that day or later, over the same product if both name one.

    Args:
        messaging: `reaction`; `issue_id_key`, `customer_key`, `date`, `product_key` if present.
        issues: sound rows of issues; None if the workbook has none.
    """
    negative = messaging["reaction"] == "negative"
    none = pd.Series(False, index=messaging.index)
    answered = none if issues is None else _settled(messaging[negative], issues)
    answered = answered.reindex(messaging.index, fill_value=False)
    return words(messaging.index, [(negative & answered, "settled"), (negative, "open")])


def _settled(rows: pd.DataFrame, issues: pd.DataFrame) -> pd.Series:
    found = pd.Series(False, index=rows.index)
    if not has(issues, "issue_id", "issue_status"):
        return found
    over = closed(issues)
    linked = found
    if "issue_id_key" in rows:
        linked = rows["issue_id_key"].notna()
        by_id = pd.Series(over.to_numpy(), index=pd.Index(issues["issue_id"], dtype=object))
        states = look_up(rows["issue_id_key"], by_id[~by_id.index.duplicated()])
        found = linked & states.eq(other=True)
    fields = ("customer_key", "date")
    if not (has(rows, *fields) and has(issues, "customer_key", "raised_date")):
        return found
    return found | (
        ~linked & _later_closed(rows[~linked], issues[over]).reindex(rows.index, fill_value=False)
    )


def _later_closed(rows: pd.DataFrame, issues: pd.DataFrame) -> pd.Series:
    """Whether a customer has a closed issue raised on a row's day or later, over its product."""
    known = ["customer_key", "raised_date", *(c for c in ("product_key",) if c in issues)]
    asked = ["customer_key", "date", *(c for c in ("product_key",) if c in rows)]
    left = rows[asked].rename_axis("row").reset_index()
    pairs = left.merge(issues[known], on="customer_key", suffixes=("", "_issue"))
    fits = pairs["raised_date"] >= pairs["date"]
    if has(pairs, "product_key", "product_key_issue"):
        mine, theirs = pairs["product_key"], pairs["product_key_issue"]
        fits &= mine.isna() | theirs.isna() | (mine == theirs)
    return pd.Series(rows.index.isin(pairs.loc[fits, "row"]), index=rows.index)


def latest_open(messaging: pd.DataFrame, flag: pd.Series, days: Window) -> pd.Series:
    """Day of each customer's latest negative feedback in a window that is not settled.

    Index: customer ids.
    """
    first, last = map(pd.Timestamp, days)
    rows = messaging[
        (flag.reindex(messaging.index) == "open") & messaging["date"].between(first, last)
    ]
    return rows.groupby("customer_key")["date"].max()
