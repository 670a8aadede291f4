"""Visits to make: in the diary, named at the last visit, due by frequency, and those that are late."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tracker.summary.agenda.desk import Desk, Row, rows
from tracker.summary.agenda.item import Item
from tracker.summary.source import number, text

_OFF = ("cancelled", "rescheduled")


def diary(desk: Desk) -> Iterator[Item]:
    """Visits in the diary: those ahead, those missed, and those ahead that were called off."""
    table = desk.visits
    if table.empty:
        return
    planned, when = table["visit_status"].eq("planned"), table["visit_date"]
    for row, facts in rows(table[planned & desk.ahead(when)]):
        yield _entry(desk, "visit", row, facts)
    for row, facts in rows(table[planned & when.lt(desk.today)]):
        yield _entry(desk, "missed", row, facts)
    for row, facts in rows(table[table["visit_status"].isin(_OFF) & desk.ahead(when)]):
        yield _entry(desk, "visit", row, facts, off=True)


def _entry(desk: Desk, kind: str, row: int, facts: Row, *, off: bool = False) -> Item:
    what = text(facts.get("objective"), 80) or text(facts.get("topic"), 80)
    return desk.item(
        kind, "visits", row, facts, facts["visit_date"], what, off=off,
        start=number(facts.get("start_time")), end=_end(facts),
        method=desk.source.word("visits", "visit_method", facts.get("visit_method")),
    )  # fmt: skip


def _end(facts: Row) -> float | None:
    """When it ends: as typed, else by its length."""
    start, end = number(facts.get("start_time")), number(facts.get("end_time"))
    length = number(facts.get("duration_min"))
    if end is None and start is not None and length is not None:
        end = min(start + length, 24 * 60 - 1)
    return end


def named(desk: Desk) -> Iterator[Item]:
    """Next visits that the last one named; those that the diary has by now are called off."""
    if desk.latest.empty or "next_visit_date" not in desk.latest:
        return
    planned = _diary_days(desk)
    ahead = desk.latest[desk.ahead(desk.latest["next_visit_date"])]
    near = pd.Timedelta(days=desk.source.settings.calls.link_days)
    for _, group in ahead.groupby("visit_id", sort=False):
        row, facts = next(rows(group))
        day = facts["next_visit_date"]
        who = tuple(group["who"])
        taken = any(abs(d - day) <= near for w in who for d in planned.get(w, ()))
        what = text(facts.get("next_objective"), 80)
        yield desk.item("next", "visits", row, facts, day, what, who=who, off=taken)


def _diary_days(desk: Desk) -> dict[str, list[pd.Timestamp]]:
    """Days on which each customer stands in the diary, today included."""
    found: dict[str, list[pd.Timestamp]] = {}
    ahead = desk.visits["visit_status"].eq("planned") & desk.visits["visit_date"].ge(desk.today)
    for _, facts in rows(desk.visits[ahead]):
        for who in facts["customer_key"]:
            found.setdefault(who, []).append(facts["visit_date"])
    return found


def by_frequency(desk: Desk) -> Iterator[Item]:
    """Customers whose next visit is due or overdue (M-13)."""
    if not desk.source.has("customers", "customer_name", "next_due", "overdue_days"):
        return
    table = desk.source.tables["customers"]
    late, due = table["overdue_days"].gt(0), table["next_due"]
    for kind, wanted in (("overdue", late), ("due", desk.ahead(due) & ~late)):
        for row, facts in rows(table[wanted & due.notna()]):
            who = (str(facts["customer_id"]),)
            yield desk.item(kind, "customers", row, facts, facts["next_due"], "", who=who)
