"""An agenda as plain values for a template: by day, each day cut at a length."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.summary.agenda.item import Item, clock
from tracker.summary.agenda.route import Agenda


def listed(agenda: Agenda, words: Mapping[str, str], longest: int) -> dict[str, object]:
    """`days` that have items, and `dates`: how many days to remember are left out as personal.

    A day has `day`, `weekday` (word), `entries` and `more` (how many were cut).
    """
    names = words["weekdays"].split()
    days = []
    for day in agenda.days:
        items = [entry(i) for stop in day.stops for i in stop.items]
        if items:
            more = max(0, len(items) - longest)
            weekday = names[day.day.weekday()]
            days.append(
                {"day": day.day, "weekday": weekday, "entries": items[:longest], "more": more}
            )
    return {"days": days, "dates": agenda.left_out.get("date", 0)}


def entry(item: Item) -> dict[str, object]:
    """One item: `kind`, `day`, `late` (days), `time`, `name`, `institution`, `tier`, `what`, ..."""
    start, end = clock(item.start), clock(item.end)
    return {
        "kind": item.kind, "day": item.day, "late": item.late, "name": item.name,
        "time": (f"{start}-{end}" if end else start) if item.kind == "visit" else "",
        "institution": item.institution, "department": item.department, "tier": item.tier,
        "method": item.method, "what": item.what,
    }  # fmt: skip
