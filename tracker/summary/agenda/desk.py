"""What all kinds of items are looked up in: who a customer is, which days count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from tracker.metrics.calls import attendance
from tracker.summary.agenda.item import Item
from tracker.summary.source import Source, day, number, text

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Desk:
    """The facts, and the last day that is looked at (None: all that lies ahead)."""

    source: Source
    until: dt.date | None = None

    @property
    def today(self) -> pd.Timestamp:
        """The as-of day."""
        return pd.Timestamp(self.source.as_of)

    @property
    def last(self) -> pd.Timestamp:
        """The last day that is looked at."""
        return pd.Timestamp(self.until) if self.until else pd.Timestamp.max.floor("D")

    @property
    def separator(self) -> str:
        """What stands between names."""
        return "、" if self.source.lang == "zh" else ", "

    def ahead(self, days: pd.Series) -> pd.Series:
        """Which days lie between today and the last one, both included."""
        return days.between(self.today, self.last)

    @cached_property
    def customers(self) -> dict[str, Row]:
        """Valid customers by id."""
        table = self.source.tables.get("customers")
        return {} if table is None else {str(r["customer_id"]): r for _, r in rows(table)}

    @cached_property
    def visits(self) -> pd.DataFrame:
        """Valid visits that have a day."""
        if not self.source.has("visits", "visit_date", "visit_status", "customer_key"):
            return pd.DataFrame()
        table = self.source.tables["visits"]
        return table[table["visit_date"].notna()]

    @cached_property
    def held(self) -> pd.DataFrame:
        """Completed visits up to today, a row a customer (`who`), the latest last."""
        if self.visits.empty:
            return pd.DataFrame({"who": [], "visit_date": []})
        done = self.visits["visit_status"].eq("completed") & self.visits["visit_date"].le(
            self.today
        )
        order = [c for c in ("visit_date", "start_time") if c in self.visits]
        return attendance(self.visits[done]).sort_values(order, kind="stable")

    @cached_property
    def latest(self) -> pd.DataFrame:
        """The last completed visit of each customer."""
        return self.held.drop_duplicates("who", keep="last")

    def item(
        self, kind: str, module: str, row: int, facts: Row, when: object, what: str, **more: Any
    ) -> Item:
        """An item of a row, with the names of its customers."""
        due = day(when)
        assert due is not None
        who = more.pop("who", None) or _ids(facts.get("customer_key"))
        known = [self.customers[w] for w in who if w in self.customers]
        first: Row = known[0] if known else {}
        names = [text(k.get("customer_name"), 24) for k in known]
        typed = facts.get("institution_key") or facts.get("institution")
        place = first.get("institution_key") or first.get("institution") or typed
        id_field = self.source.schema.modules[module].id_field
        return Item(
            kind, due, (self.source.as_of - due).days, module, row, str(facts[id_field]), tuple(who),
            self.separator.join(names) or text(facts.get("customer"), 24), text(place, 40), what,
            tier=self.source.word("customers", "tier", first.get("tier")),
            department=text(first.get("department"), 18), **more,
        )  # fmt: skip


def rows(table: pd.DataFrame) -> Iterator[tuple[int, Row]]:
    """Excel row and cells of each record."""
    names = [str(c) for c in table.columns]
    for values in table.itertuples(name=None):
        yield int(values[0]), dict(zip(names, values[1:], strict=True))


def minutes(value: object) -> float | None:
    """A time of day, None where there is none."""
    return number(value)


def _ids(key: object) -> tuple[str, ...]:
    if isinstance(key, tuple):
        return key
    return (key,) if isinstance(key, str) else ()
