"""The sample story as it stood on an earlier day: what lies after that day has not happened yet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tracker.sample import story

Row = dict[str, Any]
_NOTED_LATER = {
    "customers": ("assessed_on", "consent_date", "first_contact_date"),
    "visits": ("commitment_done_on", "logged_on"),
}
_PLANNED = "计划"


def story_until(day: date, rep: str, rep_name: str, size: float) -> dict[str, list[Row]]:
    """Rows of the sample story by module and support sheet, as a person had typed them by `day`."""
    tables = story("zh", rep, rep_name, size)
    rows: dict[str, list[Row]] = {n: [dict(row) for row in t] for n, t in tables.items()}
    rows["visits"] = [r for r in rows["visits"] if _had_happened(r, day)]
    rows["messaging"] = [r for r in rows["messaging"] if r["date"] <= day]
    rows["issues"] = [r for r in rows["issues"] if _last_day(r) <= day]
    rows["targets"] = [_so_far(r, day) for r in rows["targets"]]
    for name, fields in _NOTED_LATER.items():
        rows[name] = [_without_later(r, fields, day) for r in rows[name]]
    return rows


def _had_happened(visit: Row, day: date) -> bool:
    return bool(visit["visit_date"] <= day or visit["visit_status"] == _PLANNED)


def _last_day(issue: Row) -> date:
    """The last day on which something was noted about an issue."""
    known = (issue.get(f) for f in ("raised_date", "closed_date", "fed_back_on"))
    last: date = max(d for d in known if d is not None)
    return last


def _so_far(target: Row, day: date) -> Row:
    """Sales up to the day: of a quarter that runs on, the share of its days that are over."""
    until = target.get("actual_as_of")
    if until is None or until <= day:
        return target
    start = date(until.year, until.month - 2, 1)
    share = (day - start + timedelta(1)) / (until - start + timedelta(1))
    return {**target, "actual": round(target["actual"] * share), "actual_as_of": day}


def _without_later(row: Row, fields: tuple[str, ...], day: date) -> Row:
    return {k: v for k, v in row.items() if k not in fields or v <= day}
