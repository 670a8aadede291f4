"""Which row is which: new ids, copies, lost ids, vanished rows (contract, section 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having

from tracker.book.ids import Drawer, is_ours
from tracker.schema.names import plain

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
        alike: row -> first row, where ids differ in nothing but spelling, as C001 and c001 (GEN004).
        renewed: row -> (old id, new id), for copies that were edited (GEN017).
        restored: row -> id, for rows that lost theirs (GEN018).
        vanished: ids that stood in the workbook at the last refresh and are gone.
        counter: where the drawing of ids goes on next time.
    """

    ids: dict[int, str] = having(default_factory=dict)
    copies: dict[int, int] = having(default_factory=dict)
    alike: dict[int, int] = having(default_factory=dict)
    renewed: dict[int, tuple[str, str]] = having(default_factory=dict)
    restored: dict[int, str] = having(default_factory=dict)
    vanished: list[str] = having(default_factory=list)
    counter: int = 0


def identify(
    rows: Sequence[Row], base: Mapping[str, Inputs], natural_key: Sequence[str], drawer: Drawer
) -> Verdict:
    """Decide every row's id from the rows as they stand and as they were last known by id.

    `base` holds the inputs of the rows at the last refresh; `natural_key` names the fields whose
    values bring a lost id back, the first of them being filled.
    """
    verdict = Verdict()
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        if row.id is not None:
            by_id.setdefault(row.id, []).append(row)
    used = {*by_id, *base}
    verdict.alike = _alike(by_id)
    for key, twins in by_id.items():
        if len(twins) == 1:
            verdict.ids[twins[0].number] = key
        else:
            _settle(key, twins, base.get(key), drawer, used, verdict)
    missing = {k: v for k, v in base.items() if k not in by_id}
    blank = [row for row in rows if row.id is None]
    _restore(blank, missing, natural_key, verdict)
    for row in blank:
        if row.number not in verdict.ids:
            verdict.ids[row.number] = _draw(drawer, used)
    verdict.vanished = list(missing)
    verdict.counter = drawer.counter
    return verdict


def _settle(
    key: str, twins: list[Row], known: Inputs | None, drawer: Drawer, used: set[str],
    verdict: Verdict,
) -> None:  # fmt: skip
    """Who of several rows with one id keeps it: the one most like the last known version.

    A code that a person typed is nobody's to replace, so rows that share one are all copies.
    """
    keeper = min(twins, key=lambda r: (_unlikeness(r.inputs, known), r.number))
    ours = is_ours(key, drawer.letter)
    same = [r for r in twins if not ours or r.inputs == keeper.inputs]
    first = min(row.number for row in same)
    for row in twins:
        if row not in same:
            verdict.ids[row.number] = new = _draw(drawer, used)
            verdict.renewed[row.number] = (key, new)
            continue
        verdict.ids[row.number] = key
        if row.number != first:
            verdict.copies[row.number] = first


def _alike(by_id: Mapping[str, Sequence[Row]]) -> dict[int, int]:
    """First rows of ids that an earlier one is equal to in compared form, with its first row."""
    spelt = {key: plain(key) for key in by_id}
    if len(set(spelt.values())) == len(spelt):
        return {}
    first: dict[str, int] = {}
    firsts = {
        rows[0].number: first.setdefault(spelt[k], rows[0].number) for k, rows in by_id.items()
    }
    return {row: other for row, other in firsts.items() if row != other}


def _unlikeness(inputs: Inputs, known: Inputs | None) -> int:
    """In how many fields a row differs from its last known version."""
    if known is None:
        return 0
    return sum(inputs.get(f) != known.get(f) for f in {*inputs, *known})


def _draw(drawer: Drawer, used: set[str]) -> str:
    new = drawer.draw(used)
    used.add(new)
    return new


def _restore(
    blank: Sequence[Row], missing: dict[str, Inputs], fields: Sequence[str], verdict: Verdict
) -> None:
    """Give rows without an id the one of a vanished row with the same natural key."""
    lost: dict[tuple[object, ...], list[str]] = {}
    for key, inputs in missing.items():
        natural = _natural(inputs, fields)
        if natural is not None:
            lost.setdefault(natural, []).append(key)
    for row in blank if lost else ():
        keys = lost.get(_natural(row.inputs, fields) or (), [])
        if keys:
            found = min(keys, key=lambda k: _unlikeness(row.inputs, missing[k]))
            keys.remove(found)
            del missing[found]
            verdict.ids[row.number] = verdict.restored[row.number] = found


def _natural(inputs: Inputs, fields: Sequence[str]) -> tuple[object, ...] | None:
    """The values of the natural key, or None where its first one is blank."""
    values = tuple(inputs.get(f) for f in fields)
    return values if values and values[0] is not None else None
