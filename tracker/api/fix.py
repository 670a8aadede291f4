"""read -> check -> put right -> read again: what a fix would write, proven by reading it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as having
from datetime import date

from tracker.api.session import Analysis, Session
from tracker.book.fixes import FixedCell, fixed_cells, put_fixed
from tracker.book.read import Table
from tracker.checks.catalogue import Grading
from tracker.errors import ProofError
from tracker.xlsx import Workbook
from tracker.xlsx.refs import ref

_ROUNDS = 4
"""A cell put right may show that another can be; more than once hardly ever."""


@dataclass
class Fixes:
    """What a fix comes to.

    Attributes:
        before, after: the workbook as it stood and as it will stand, analysed for one day.
        data: the bytes of the workbook as it will stand, without any encryption.
        cells: the cells that are put right, in the order of the sheets' rows.
    """

    before: Analysis
    after: Analysis
    data: bytes
    cells: list[FixedCell] = having(default_factory=list)


def plan_fixes(
    session: Session, as_of: date, codes: Grading, *, break_signature: bool = False
) -> Fixes:
    """Put right what the findings of some codes propose, in memory.

    The workbook is read again afterwards: nothing but the cells put right may read as another
    value, and these only where they held an error.

    Raises ProofError where that does not hold, RefusedError where a signature would break.
    """
    analysis = session.analyse(as_of)
    fixes = Fixes(analysis, analysis, session.book.package.zip.data)
    for _ in range(_ROUNDS):
        planned = {n: list(_planned(session, fixes.after, n, codes)) for n in session.tables}
        if not any(planned.values()):
            break
        for name, cells in planned.items():
            for c in cells:
                put_fixed(session.tables[name], c)
        fixes.data = session.book.to_bytes(break_signature=break_signature)
        again = Session(Workbook(fixes.data, session.book.path), session.schema, session.config)
        for name, cells in planned.items():
            _prove(session.tables[name], again.tables[name], _may_differ(session, cells))
            fixes.cells += cells
        session, fixes.after = again, again.analyse(as_of)
    return fixes


def _planned(
    session: Session, analysis: Analysis, module: str, codes: Grading
) -> Iterator[FixedCell]:
    known = session.schema.codes
    wanted = (
        f
        for f in analysis.findings
        if f.module == module and known[f.code].fixable and codes.wants(f.code)
    )
    return fixed_cells(session.tables[module], wanted, session.row_ids(module))


def _may_differ(session: Session, cells: Iterable[FixedCell]) -> dict[str, set[int]]:
    """Rows by field of the cells that held an error: they read as something else now."""
    rows: dict[str, set[int]] = {}
    for c in cells:
        if session.schema.codes[c.code].severity == "error":
            rows.setdefault(c.field, set()).add(c.row)
    return rows


def _prove(before: Table, after: Table, but: dict[str, set[int]]) -> None:
    """ProofError where a table reads otherwise than it did, apart from some cells."""
    if before.rows != after.rows:
        raise ProofError(why=f"{before.place.sheet.name}: rows")
    for column in before.module.owned("input"):
        if column.name not in before.frame:
            continue
        old, new = before.frame[column.name], after.frame[column.name]
        same = (old == new) | (old.isna() & new.isna())
        for row in old.index[~same]:
            if row not in but.get(column.name, ()):
                at = ref(int(row), before.place.columns[column.name])
                raise ProofError(why=f"{before.place.sheet.name}!{at} reads as something else")
