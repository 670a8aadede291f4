"""What was promised, by us and by the customer, and has a day on which it is due (M-24)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tracker.summary.agenda.desk import Desk, rows
from tracker.summary.agenda.item import Item
from tracker.summary.source import text


def owed(desk: Desk) -> Iterator[Item]:
    """Our commitments that are not kept yet; those kept whose day lies ahead are called off."""
    if not _has(desk, "commitment", "commitment_due", "commitment_done_on"):
        return
    table = desk.visits[desk.visits["commitment"].notna()]
    due, open_ = table["commitment_due"], table["commitment_done_on"].isna()
    for row, facts in rows(table[due.le(desk.last) & (open_ | due.ge(desk.today))]):
        off = not pd.isna(facts["commitment_done_on"])
        what = text(facts["commitment"], 80)
        yield desk.item("owed", "visits", row, facts, facts["commitment_due"], what, off=off)


def promised(desk: Desk) -> Iterator[Item]:
    """The customer's commitments: until a visit on or after their day could ask for them."""
    if not _has(desk, "customer_commitment", "customer_commitment_due"):
        return
    table = desk.visits[desk.visits["customer_commitment"].notna()]
    seen = dict(zip(desk.latest["who"], desk.latest["visit_date"], strict=True))
    for row, facts in rows(table[table["customer_commitment_due"].le(desk.last)]):
        due = facts["customer_commitment_due"]
        asked = [w for w in facts["customer_key"] if w in seen and seen[w] >= due]
        if not asked:
            what = text(facts["customer_commitment"], 80)
            yield desk.item("promised", "visits", row, facts, due, what)


def _has(desk: Desk, *columns: str) -> bool:
    return not desk.visits.empty and all(c in desk.visits for c in columns)
