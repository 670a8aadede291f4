"""The year of a date that was typed without one, as far as the as-of day tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from tracker.book.coerce import MONTH_DAY
from tracker.book.days import near
from tracker.checks.firing import World
from tracker.findings import Finding
from tracker.schema.rules import AS_OF


def settle_years(findings: Iterable[Finding], world: World) -> list[Finding]:
    """The findings with a date proposed where only its year is missing.

    Reading proposes the year of the rows about it; without any the day nearest to the as-of day is
    taken. A day that a rule wants on or before the as-of day is never proposed after it.
    """
    return [_settled(f, world) if MONTH_DAY in f.facts else f for f in findings]


def _settled(finding: Finding, world: World) -> Finding:
    month, day = map(int, str(finding.facts[MONTH_DAY]).split("-"))
    about = finding.fix if isinstance(finding.fix, date) else world.as_of
    found = near(month, day, about)
    if found is not None and found > world.as_of and _is_past(finding, world):
        years = (world.as_of.year, world.as_of.year - 1)
        days = (near(month, day, date(y, month, 1)) for y in years)
        found = next((d for d in days if d and d <= world.as_of), None)
    if found is None:
        return finding
    return replace(finding, fix=found)


def _is_past(finding: Finding, world: World) -> bool:
    """Whether a rule wants the cell's day on or before the as-of day."""
    cells = world.cells(finding.module or "")
    if cells is None or finding.row not in cells.table.rows:
        return False
    place = cells.table.rows.index(finding.row)
    return any(
        rule.check == "order" and rule.field == finding.field and "of" not in rule.args
        and rule.args["other"] == AS_OF and rule.args["op"] in ("<=", "<")
        and bool(cells.where(rule.when)[place])
        for rule in cells.table.module.rules
    )  # fmt: skip
