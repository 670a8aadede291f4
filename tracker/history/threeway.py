"""Three-way merge of rows: what two sides made of a common version, and where they are at odds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Value = str | float | bool | None
Row = Mapping[str, Value]
Rows = Mapping[str, Row]
"""Row id -> field -> value; a field that is not there is blank."""
Kind = Literal["value", "deleted_mine", "deleted_theirs"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One cell, or one row, that both sides changed and not alike.

    Attributes:
        row: id of the row.
        field: the cell's field; "" where a side deleted the row and the other edited it.
        kind: whether values differ, or which side deleted the row.
        base, mine, theirs: the three values; of a deleted row None.
    """

    row: str
    field: str
    kind: Kind
    base: Value = None
    mine: Value = None
    theirs: Value = None


@dataclass(frozen=True)
class Merged:
    """A merge: the rows, those of `mine` first and in its order, and what is left to decide.

    Where there is a conflict the rows hold what `mine` holds; a row that one side deleted and the
    other edited stays.
    """

    rows: dict[str, dict[str, Value]]
    conflicts: tuple[Conflict, ...]


def merge(base: Rows, mine: Rows, theirs: Rows) -> Merged:
    """Put two versions together that both go back to `base`.

    A change on one side is taken; the same change on both is taken once; differing changes to one
    cell are a conflict, so that no edit is lost in silence.
    """
    rows: dict[str, dict[str, Value]] = {}
    conflicts: list[Conflict] = []
    for key in (*mine, *(k for k in theirs if k not in mine)):
        before, ours, other = base.get(key), mine.get(key), theirs.get(key)
        if ours is None or other is None:
            kept = _one_sided(key, before, ours, other, conflicts)
        else:
            kept = _cells(key, before or {}, ours, other, conflicts)
        if kept is not None:
            rows[key] = kept
    return Merged(rows, tuple(conflicts))


def _one_sided(
    key: str, before: Row | None, mine: Row | None, theirs: Row | None, conflicts: list[Conflict]
) -> dict[str, Value] | None:
    """A row that only one side has: new there, or deleted on the other; None where it is gone."""
    left = theirs if mine is None else mine
    assert left is not None
    if before is None:
        return _filled(left)
    if _same(before, left):
        return None
    kind: Kind = "deleted_mine" if mine is None else "deleted_theirs"
    conflicts.append(Conflict(key, "", kind))
    return _filled(left)


def _cells(
    key: str, before: Row, mine: Row, theirs: Row, conflicts: list[Conflict]
) -> dict[str, Value]:
    merged: dict[str, Value] = {}
    for field in (*mine, *(f for f in theirs if f not in mine)):
        base, ours, other = before.get(field), mine.get(field), theirs.get(field)
        if ours == base:
            merged[field] = other
        else:
            merged[field] = ours
            if other not in (base, ours):
                conflicts.append(Conflict(key, field, "value", base, ours, other))
    return _filled(merged)


def _filled(row: Row) -> dict[str, Value]:
    return {f: v for f, v in row.items() if v is not None}


def _same(one: Row, other: Row) -> bool:
    return all(one.get(f) == other.get(f) for f in {*one, *other})
