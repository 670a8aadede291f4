"""Used cells overwritten: they hold what was planned, and every other cell is as it was."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

from tests.corpus import parts
from tests.corpus.plans import same
from tracker.opc.parts import parse_xml
from tracker.xlsx import Workbook
from tracker.xlsx.refs import ref

COUNT = 20
_VALUES = (1.5, "new <&> 数", True, dt.date(2026, 6, 30), None, dt.time(6, 30), "", -3)
Plan = dict[str, tuple[str, Any]]
"""Key of a cell as in `parts.cells` -> reference, value."""


def check_overwritten(data: bytes) -> None:
    """Raises AssertionError, or what the engine raises for a file it does not take."""
    book = Workbook(data)
    if not book.worksheet_names:
        return
    name = book.worksheet_names[0]
    part = book.sheet(name).part
    old = parts.cells(parse_xml(book.package.read(part)))
    plan = _planned(book, name, [k for k in old if k.startswith("R")])
    new = book.to_bytes(break_signature=True)
    after = Workbook(new)
    now = parts.cells(parse_xml(after.package.read(part)))
    changed = {k for k in {*old, *now} - {*plan} if old.get(k) != now.get(k)}
    other = {k for k in changed if b' t="shared"' not in old.get(k, b"")}
    assert not other, f"cells changed: {sorted(other)[:3]}"
    around = (parts.around(parse_xml(b.package.read(part))) for b in (book, after))
    assert len(set(around)) == 1, "something around the rows differs"
    for where, value in plan.values():
        found = after.sheet(name).get(where)
        empty = value in (None, "") and found in (None, "")
        assert empty or same(found, value, date1904=book.date1904), f"{where} is {found!r}"
        after.sheet(name).set(where, value)
    assert after.to_bytes(break_signature=True) == new, "the same plan again changes something"


def _planned(book: Workbook, name: str, keys: list[str]) -> Plan:
    plan: Plan = {}
    for i, key in enumerate(keys[:: max(1, len(keys) // COUNT)][:COUNT]):
        row, column = map(int, key[1:].split("C"))
        with contextlib.suppress(ValueError):  # inside an array or a merged area
            value = _VALUES[i % len(_VALUES)]
            book.sheet(name).set(ref(row, column), value)
            plan[key] = ref(row, column), value
    return plan
