"""The tint of faulty cells as a part of a refresh's plan."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.api.session import Session
from tracker.book.locate import Place
from tracker.book.tint import MARK, fault_key, tint
from tracker.findings import Finding
from tracker.xlsx.refs import Range

_MOST = 20_000  # cells; as many as the sheet of findings lists
_SHOWN = frozenset({"error", "warning"})


def plan_tint(session: Session, findings: Iterable[Finding], check: str) -> list[str]:
    """Plan every table's rule, or that there is none; returns the keys of the cells to tint.

    Args:
        session: its configuration says whether cells are tinted.
        findings: with their severities.
        check: the field that is blank in rows without a finding.
    """
    wanted = session.config.tint
    for place in session.places.values():
        if wanted and place.module.id_field in place.columns:
            _plan(place, check, max(session.tables[place.module.name].rows, default=0))
        else:
            place.sheet.drop_rule(MARK)
    keys = dict.fromkeys(
        fault_key(row_id, f.header)
        for f in findings
        if f.severity in _SHOWN and f.module and f.row and f.header
        if (row_id := session.row_ids(f.module).get(f.row))
    )
    return list(keys)[:_MOST] if wanted else []


def _plan(place: Place, check: str, last: int) -> None:
    columns = Range(place.header_row + 1, min(place.headers), last, max(place.headers))
    row_id = place.columns[place.module.id_field]
    rule = tint(place.header_row, columns, row_id, place.columns.get(check))
    place.sheet.put_rule(MARK, rule)
