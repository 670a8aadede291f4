"""Open issues with a deadline, and days to remember."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.summary.agenda.desk import Desk, Row, rows
from tracker.summary.agenda.item import Item
from tracker.summary.source import text
from tracker.summary.worklists import open_issues

_NOTICE = 7  # days, where the reminder says none


def issues(desk: Desk) -> Iterator[Item]:
    """Open issues that are due or overdue."""
    if not desk.source.has("issues", "issue", "issue_status", "due_date", "customer_key"):
        return
    table = open_issues(desk.source)
    for row, facts in rows(table[table["due_date"].le(desk.last)]):
        yield desk.item("issue", "issues", row, facts, facts["due_date"], text(facts["issue"], 80))


def dates(desk: Desk) -> Iterator[Item]:
    """Days to remember (M-34) that lie ahead, or whose reminder is due."""
    if not desk.source.has("preferences", "customer_key", "date_type", "next_date"):
        return
    table = desk.source.tables["preferences"]
    away = (table["next_date"] - desk.today).dt.days
    notice = table["remind_days"] if "remind_days" in table else away.where(away.isna())
    wanted = desk.ahead(table["next_date"]) | away.between(0, notice.fillna(_NOTICE))
    for row, facts in rows(table[wanted & table["date_type"].notna()]):
        if facts.get("consent") != "no":
            kind = desk.source.word("preferences", "date_type", facts["date_type"]) or ""
            yield desk.item(
                "date", "preferences", row, facts, facts["next_date"], text(kind, 24),
                yearly=_rule(facts),
            )  # fmt: skip


def _rule(facts: Row) -> str:
    """Whether it comes again on the same day of the calendar that phones know."""
    if facts.get("calendar") == "lunar" or facts.get("recurrence") == "once":
        return ""
    return "leap" if text(facts.get("important_date")).endswith("02-29") else "day"
