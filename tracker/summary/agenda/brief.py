"""What to know of a customer before a visit: last contact, promises, what to bring, concerns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from tracker.summary.agenda.desk import Desk, Row, rows
from tracker.summary.source import day, text
from tracker.summary.worklists import open_issues

_PHONES = (("private_phone", "private_phone_consent"), ("office_phone", None))
_FRESH = 180  # days for which a concern that somebody voiced is worth a thought


@dataclass(frozen=True, slots=True)
class Told:
    """A text with the day that belongs to it, if any; `late` in days, below 0 where ahead."""

    text: str
    day: dt.date | None = None
    late: int | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """What to know of a customer.

    Attributes:
        last: day, method (word) and summary of the last visit; a blank text where never visited.
        objective: what the last visit set for the next one.
        owed, promised: our open commitments, the customer's.
        bring: materials named for the next visit, resources of the plan.
        issues: open issues.
        concern: what the customer last had doubts about.
        objections: what the plan of the visit expects.
        phones: the private one only with consent; None where not asked for.
    """

    last: Told
    method: str | None = None
    objective: str = ""
    owed: tuple[Told, ...] = ()
    promised: tuple[Told, ...] = ()
    bring: tuple[str, ...] = ()
    issues: tuple[Told, ...] = ()
    concern: Told | None = None
    objections: str = ""
    phones: tuple[str, ...] | None = None


class Briefs:
    """Briefs of some customers, found in one pass over each table."""

    def __init__(self, desk: Desk, ids: Collection[str], *, show: bool = False) -> None:
        self.desk, self.ids, self.show = desk, frozenset(ids), show
        self.last = {str(r["who"]): r for _, r in rows(desk.latest[desk.latest["who"].isin(ids)])}
        self.plans = self._by_customer(self._planned())
        self.promises = self._by_customer(self._visits_with("commitment", "customer_commitment"))
        self.issues = self._by_customer(open_issues(desk.source))
        self.concerns = self._by_customer(self._concerns())

    def of(self, who: str) -> Brief:
        """The brief of a customer."""
        last, plan = self.last.get(who, {}), next(iter(self.plans.get(who, ())), {})
        summary = text(last.get("summary"), 80)
        word = self.desk.source.word("visits", "visit_method", last.get("visit_method"))
        return Brief(
            Told(summary, day(last.get("visit_date"))), word,
            text(last.get("next_objective"), 80), self._owed(who), self._promised(who, last),
            _bring(last, plan), self._issues(who), self._concern(who),
            text(plan.get("plan_objections"), 80), self._phones(who) if self.show else None,
        )  # fmt: skip

    def _by_customer(self, table: pd.DataFrame) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for _, facts in rows(table) if "customer_key" in table else ():
            key = facts["customer_key"]
            for who in key if isinstance(key, tuple) else (key,):
                if who in self.ids:
                    found.setdefault(who, []).append(facts)
        return found

    def _planned(self) -> pd.DataFrame:
        """Visits in the diary, the next first."""
        table = self.desk.visits
        if table.empty:
            return table
        ahead = table["visit_status"].eq("planned") & table["visit_date"].ge(self.desk.today)
        return table[ahead].sort_values("visit_date", kind="stable")

    def _visits_with(self, *columns: str) -> pd.DataFrame:
        table = self.desk.visits
        filled = [table[c].notna() for c in columns if c in table]
        return table[pd.concat(filled, axis=1).any(axis=1)] if filled else table.iloc[:0]

    def _concerns(self) -> pd.DataFrame:
        """Messages with a concern of the last months, the latest last."""
        if not self.desk.source.has("messaging", "customer_key", "date", "concern"):
            return pd.DataFrame()
        table = self.desk.source.tables["messaging"]
        since = self.desk.today - pd.Timedelta(days=_FRESH)
        fresh = table["date"].between(since, self.desk.today) & table["concern"].notna()
        return table[fresh].sort_values("date", kind="stable")

    def _told(self, said: object, due: object) -> Told:
        when = day(due)
        late = None if when is None else (self.desk.source.as_of - when).days
        return Told(text(said, 80), when, late)

    def _owed(self, who: str) -> tuple[Told, ...]:
        mine = (p for p in self.promises.get(who, ()) if text(p.get("commitment")))
        open_ = (p for p in mine if "commitment_done_on" in p and pd.isna(p["commitment_done_on"]))
        return tuple(self._told(p["commitment"], p.get("commitment_due")) for p in open_)

    def _promised(self, who: str, last: Row) -> tuple[Told, ...]:
        """Of the customer's commitments those that no later visit could ask for."""
        mine = (p for p in self.promises.get(who, ()) if text(p.get("customer_commitment")))
        told = [
            self._told(p["customer_commitment"], p.get("customer_commitment_due")) for p in mine
        ]
        seen = day(last.get("visit_date"))
        return tuple(t for t in told if t.day is not None and (seen is None or seen < t.day))

    def _issues(self, who: str) -> tuple[Told, ...]:
        mine = self.issues.get(who, ())
        return tuple(self._told(i.get("issue"), i.get("due_date")) for i in mine)

    def _concern(self, who: str) -> Told | None:
        mine = self.concerns.get(who)
        return Told(text(mine[-1]["concern"], 80), day(mine[-1]["date"])) if mine else None

    def _phones(self, who: str) -> tuple[str, ...]:
        facts = self.desk.customers.get(who, {})
        return tuple(
            text(facts[field])
            for field, consent in _PHONES
            if text(facts.get(field)) and (consent is None or facts.get(consent) == "yes")
        )


def _bring(last: Row, plan: Row) -> tuple[str, ...]:
    named = last.get("next_materials")
    materials = [text(m, 40) for m in named] if isinstance(named, tuple) else []
    return tuple(dict.fromkeys(t for t in (*materials, text(plan.get("plan_resources"))) if t))
