"""The context of the customer's page, as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tracker.schema.model import Column
from tracker.summary.agenda.brief import Brief, Briefs, Told
from tracker.summary.agenda.desk import Desk, rows
from tracker.summary.agenda.listed import entry
from tracker.summary.agenda.route import find
from tracker.summary.customer import products
from tracker.summary.customer.own import Own
from tracker.summary.record import facts, value
from tracker.summary.source import Source, day, text

_NEXT = 60  # days
_LONG = 600  # characters of what was said
_HEAD = frozenset({"customer_name", "institution", "department", "title", "row_check"})
_PREFERENCES = frozenset({"customer", "consent", "date_type", "important_date", "calendar",
                          "recurrence", "remind_days", "next_date", "days_to", "reminder", "row_check"})  # fmt: skip


def build(source: Source, who: str, *, rep: str | None, show: bool = False) -> dict[str, object]:
    """What `customer.html.j2` may name.

    `who` is the id of a row of customers, `show` lets personal fields in. Rows with errors are
    shown, too, but for what is computed over several rows. See docs/template.md for the keys.
    """
    own = Own(source, who)
    person = own.person
    desk = Desk(source, source.as_of + dt.timedelta(days=_NEXT))
    items = _next(desk, who, show=show)

    def told(owner: str) -> list[dict[str, object]]:
        return facts(source, "customers", person, lambda c: _shown(c, owner, show=show))

    return {
        "lang": source.lang,
        "title": text(person.get("customer_name")),
        "rep": rep,
        "as_of": source.as_of,
        "place": [t for t in (text(person.get(f)) for f in ("institution", "department")) if t],
        "job": source.word("customers", "title", person.get("title")),
        "tier": source.word("customers", "tier", person.get("tier")),
        "strategy": source.word("customers", "strategy", person.get("strategy")),
        "figures": told("computed"),
        "profile": told("input"),
        "next": items,
        "brief": _brief(Briefs(desk, [who], show=show).of(who)),
        "visits": _visits(source, own),
        "visits_total": len(own.visits),
        "issues": _issues(source, own),
        "products": products.ladder(source, own),
        "sales": products.sales(source, own),
        "preferences": _preferences(source, own, show=show),
        "dates": _dates(source, own) if show else None,
        "hidden": not show,
        "excluded": own.faulty,
    }


def _next(desk: Desk, who: str, *, show: bool) -> list[dict[str, object]]:
    """What is due for the customer; the frequency's day only where no visit is agreed."""
    found = find(desk.source, desk.until)
    mine = [i for i in found if who in i.who and not i.off and (show or i.kind != "date")]
    if any(i.kind in ("visit", "next") for i in mine):
        mine = [i for i in mine if i.kind != "due"]
    return [entry(i) for i in sorted(mine, key=lambda i: i.day)]


def _shown(column: Column, owner: str, *, show: bool) -> bool:
    public = show or column.data_class == "public"
    return column.owner == owner and column.name not in _HEAD and public


def _brief(brief: Brief) -> dict[str, object]:
    def said(told: Told) -> dict[str, object]:
        return {"text": told.text, "day": told.day, "late": told.late}

    return {
        "objective": brief.objective,
        "owed": [said(t) for t in brief.owed],
        "promised": [said(t) for t in brief.promised],
        "bring": list(brief.bring),
        "concern": said(brief.concern) if brief.concern else None,
        "objections": brief.objections,
    }


def _visits(source: Source, own: Own) -> list[dict[str, object]]:
    """The last visits, the newest first."""
    wanted = ("topic", "objective", "objective_result", "customer_response", "outcome_note",
              "customer_commitment", "customer_commitment_due", "commitment", "commitment_due",
              "commitment_state", "next_visit_date", "next_objective", "next_materials")  # fmt: skip
    last = own.visits.iloc[::-1].head(source.limit("visits", "agenda"))
    return [
        {
            "day": day(visit["visit_date"]),
            "method": source.word("visits", "visit_method", visit.get("visit_method")),
            "summary": text(visit.get("summary"), _LONG),
            "facts": facts(source, "visits", visit, lambda c: c.name in wanted),
        }
        for _, visit in rows(last)
    ]


def _issues(source: Source, own: Own) -> list[dict[str, object]]:
    """Open issues, the oldest first."""
    wanted = ("raised_date", "severity", "issue_status", "due_date", "owner", "product",
              "progress", "action_plan", "sla_state")  # fmt: skip
    return [
        {
            "issue": text(issue.get("issue"), _LONG),
            "late": _late(source, issue),
            "facts": facts(source, "issues", issue, lambda c: c.name in wanted),
        }
        for _, issue in rows(own.open_issues)
    ]


def _late(source: Source, issue: Mapping[str, object]) -> int:
    due = day(issue.get("due_date"))
    return max((source.as_of - due).days, 0) if due else 0


def _preferences(source: Source, own: Own, *, show: bool) -> list[dict[str, object]]:
    """The texts of all rows of preferences, joined by column."""
    joined: dict[str, dict[str, object]] = {}
    for _, row in rows(own.preferences):
        told = facts(
            source, "preferences", row,
            lambda c: c.owner == "input" and c.name not in _PREFERENCES
            and (show or c.data_class == "public"),
        )  # fmt: skip
        for fact in told:
            known = joined.setdefault(str(fact["field"]), {**fact, "value": []})
            values = known["value"]
            assert isinstance(values, list)
            if fact["value"] not in values:
                values.append(fact["value"])
    return list(joined.values())


def _dates(source: Source, own: Own) -> list[dict[str, object]]:
    """Days to remember: `kind`, `typed`, `next`."""
    columns = source.schema.modules["preferences"].by_name
    return [
        {
            "kind": source.word("preferences", "date_type", row.get("date_type")),
            "typed": value(source, "preferences", columns["important_date"], row["important_date"]),
            "next": day(row.get("next_date")),
        }
        for _, row in rows(own.preferences)
        if text(row.get("important_date"))
    ]
