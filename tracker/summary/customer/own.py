"""The rows of all tables that belong to one customer."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from tracker.summary.agenda.desk import Row, rows
from tracker.summary.source import Source, text
from tracker.summary.worklists import open_issues


class Own:
    """One customer's rows, computed columns included."""

    def __init__(self, source: Source, who: str) -> None:
        self.source, self.who = source, who

    @cached_property
    def person(self) -> Row:
        """The customer's own row, with errors or without."""
        frame, computed = (self.source.frames["customers"], self.source.computed.get("customers"))
        if computed is not None:
            frame = frame.join(computed[[c for c in computed if c not in frame]])
        found = frame[frame["customer_id"].eq(self.who)]
        return next(facts for _, facts in rows(found))

    @property
    def institution(self) -> str:
        """The canonical name of the customer's institution."""
        return text(self.person.get("institution_key") or self.person.get("institution"))

    def of(self, module: str) -> pd.DataFrame:
        """Valid rows of a module that name the customer; an empty frame without the module."""
        table = self.source.tables.get(module)
        if table is None or "customer_key" not in table:
            return pd.DataFrame()
        mine = [self.who in key if isinstance(key, tuple) else key == self.who
                for key in table["customer_key"]]  # fmt: skip
        return table[mine]

    @cached_property
    def visits(self) -> pd.DataFrame:
        """Completed visits up to the day, the newest last."""
        table = self.of("visits")
        if not {"visit_date", "visit_status"} <= set(table):
            return table.iloc[:0]
        done = table["visit_status"].eq("completed")
        done &= table["visit_date"].le(pd.Timestamp(self.source.as_of))
        return table[done].sort_values("visit_date", kind="stable")

    @cached_property
    def open_issues(self) -> pd.DataFrame:
        """Open issues, the oldest first."""
        found = open_issues(self.source)
        mine = self.of("issues")
        found = found[found.index.isin(mine.index)] if len(mine) else mine
        return found.sort_values("raised_date", kind="stable") if "raised_date" in found else found

    @cached_property
    def messages(self) -> pd.DataFrame:
        """Messages up to the day, the newest last, with the product's name in `item`."""
        table = self.of("messaging")
        if not {"date", "product"} <= set(table):
            return table.iloc[:0]
        known = table[table["date"].le(pd.Timestamp(self.source.as_of))]
        item = known.get("product_key", known["product"]).fillna(known["product"])
        return known.assign(item=item).sort_values("date", kind="stable")

    @cached_property
    def preferences(self) -> pd.DataFrame:
        """Rows of preferences."""
        return self.of("preferences")

    @property
    def faulty(self) -> int:
        """How many rows with errors name the customer; they are left out."""
        count = 0
        for module, frame in self.source.frames.items():
            bad = frame[~self.source.validity(module)]
            for key in bad.get("customer_key", ()):
                count += self.who in key if isinstance(key, tuple) else key == self.who
        return count
