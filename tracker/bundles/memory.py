"""What a workbook remembers of bundles, as the lines that its state carries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tracker.bundles.codec import cells_of, value_of
from tracker.bundles.model import Dispute, Known, Synced
from tracker.history.threeway import Kind

Line = Sequence[object]
_KINDS: tuple[Kind, ...] = ("value", "deleted_mine", "deleted_theirs")


def to_lines(synced: Synced) -> list[Line]:
    """The lines of a memory; none where there is nothing to remember."""
    if not (synced.taken or synced.rows or synced.disputes):
        return []
    return list(_lines(synced))


def _lines(synced: Synced) -> Iterator[Line]:
    yield ["taken", synced.workbook, {str(n): c for n, c in sorted(synced.taken.items())}]
    for (table, key), known in sorted(synced.rows.items()):
        kind = "gone" if known.withdrawn else "row"
        yield [kind, table, key, known.id, dict(known.at), dict(known.values)]
    for _, d in sorted(synced.disputes.items()):
        where = [d.table, d.key, d.field, d.kind]
        yield ["open", *where, d.base, d.theirs, d.bundle, d.sender, d.day]


def of_lines(lines: Iterable[Line], workbook: str) -> Synced:
    """The memory that lines hold; nothing where it is that of another workbook.

    Lines that cannot be understood are passed over.
    """
    found = Synced(workbook)
    for line in lines:
        try:
            _read(line, found)
        except (ValueError, TypeError):
            continue
    return found if found.workbook == workbook else Synced(workbook)


class Glance(NamedTuple):
    """Whether lines are of a workbook, the number taken in last, whether anything is open."""

    ours: bool
    last: int
    is_open: bool


def glance(lines: Iterable[Line], workbook: str) -> Glance:
    """A first look at lines, cheap, for a workbook that has thousands of lines and nothing to do."""
    ours, last, is_open = False, 0, False
    for line in lines:
        kind = line[0] if line else ""
        is_open = is_open or kind == "open"
        if kind == "taken" and len(line) == 3 and isinstance(line[2], dict):
            ours = line[1] == workbook
            last = max((int(n) for n in line[2] if str(n).isdecimal()), default=0)
    return Glance(ours, last if ours else 0, is_open and ours)


def _read(line: Line, found: Synced) -> None:
    match line:
        case ["taken", str(workbook), dict(taken)]:
            found.workbook = workbook
            found.taken = {int(n): str(c) for n, c in taken.items()}
        case ["row" | "gone", str(table), str(key), str(row_id), at, values]:
            known = Known(cells_of(at), cells_of(values), row_id, line[0] == "gone")
            found.rows[table, key] = known
        case ["open", str(table), str(key), str(field), str(kind), base, theirs, int(n), str(by),
              str(day)] if kind in _KINDS:  # fmt: skip
            dispute = Dispute(
                table, key, field, kind, value_of(base), value_of(theirs), n, by, day
            )  # fmt: skip
            found.disputes[table, key, field] = dispute
