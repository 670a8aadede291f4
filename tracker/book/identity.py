"""Which row is which: new ids, copies, lost ids, vanished rows (contract, section 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having

from tracker.book.ids import Drawer, is_ours

Inputs = Mapping[str, object]
"""What the input cells of a row hold, by field."""


@dataclass(frozen=True)
class Row:
    """A row as far as its identity goes: its Excel row, its id (None where blank), its inputs."""

    number: int
    id: str | None
    inputs: Inputs


@dataclass
class Verdict:
    """What became of the ids of a table.

    Attributes:
        ids: id by Excel row, for every row; a row with a repeated id keeps it.
        copies: row -> first row, where an id stands twice and cannot be given anew (GEN004).
        renewed: row -> (old id, new id), for copies that were edited (GEN017).
        restored: row -> id, for rows that lost theirs (GEN018).
        vanished: ids that stood in the workbook at the last refresh and are gone.
        counter: where the drawing of ids goes on next time.
    """

    ids: dict[int, str] = having(default_factory=dict)
    copies: dict[int, int] = having(default_factory=dict)
    renewed: dict[int, tuple[str, str]] = having(default_factory=dict)
    restored: dict[int, str] = having(default_factory=dict)
    vanished: list[str] = having(default_factory=list)
    counter: int = 0


def identify(
    rows: Sequence[Row], base: Mapping[str, Inputs], natural_key: Sequence[str], drawer: Drawer
) -> Verdict:
    """Decide every row's id from the rows as they stand and as they were last known by id."""
    verdict = Verdict()
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        if row.id is not None:
            by_id.setdefault(row.id, []).append(row)
    used = {*by_id, *base}
    for key, twins in by_id.items():
        _settle(key, twins, base.get(key), drawer, used, verdict)
    missing = {k: v for k, v in base.items() if k not in by_id}
    lost = _by_key(missing, natural_key)
    for row in rows:
        if row.id is None:
            natural = _natural(row.inputs, natural_key)
            found = lost.pop(natural, None) if natural else None
            if found is not None:
                verdict.restored[row.number] = found
                del missing[found]
            verdict.ids[row.number] = found or _draw(drawer, used)
    verdict.vanished = list(missing)
    verdict.counter = drawer.counter
    return verdict


def _settle(
    key: str,
    twins: list[Row],
    known: Inputs | None,
    drawer: Drawer,
    used: set[str],
    verdict: Verdict,
) -> None:
    """Who of several rows with one id keeps it: the one most like the last known version."""
    keeper = max(twins, key=lambda r: (_likeness(r.inputs, known), -r.number))
    verdict.ids[keeper.number] = key
    for row in twins:
        if row is keeper:
            continue
        if row.inputs == keeper.inputs or not is_ours(key, drawer.letter):
            verdict.ids[row.number] = key
            first, later = sorted((row.number, keeper.number))
            verdict.copies[later] = min(first, verdict.copies.get(first, first))
        else:
            verdict.ids[row.number] = new = _draw(drawer, used)
            verdict.renewed[row.number] = (key, new)


def _likeness(inputs: Inputs, known: Inputs | None) -> int:
    return 0 if known is None else sum(known.get(k) == v for k, v in inputs.items())


def _draw(drawer: Drawer, used: set[str]) -> str:
    new = drawer.draw(used)
    used.add(new)
    return new


def _natural(inputs: Inputs, fields: Sequence[str]) -> tuple[object, ...] | None:
    """The values of the natural key, or None where one of them is blank."""
    values = tuple(inputs.get(f) for f in fields)
    return None if not values or None in values else values


def _by_key(base: Mapping[str, Inputs], fields: Sequence[str]) -> dict[tuple[object, ...], str]:
    found: dict[tuple[object, ...], str] = {}
    for key, inputs in base.items():
        natural = _natural(inputs, fields)
        if natural is not None:
            found.setdefault(natural, key)
    return found
