"""The hidden sheet that a workbook remembers by: its id, its revision, the last synced rows.

One JSON line a cell of column A: an object with `meta`, `fields`, `marks` and `memory` (names by
module), then [module, row id, marks, values] a row, [module, row id, [[value, since, was], ...]]
where something is remembered of it, ["@sheet", row, marks] a line of a generated sheet, and
["=", ...] what is remembered of the centrally kept rows.
A mark is four hex digits of a cell as it was written, enough to see that somebody typed over it.
A value is as the cell held it; longer texts are kept as digests, since it is only ever asked
whether they are still the same.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as having
from typing import Any, NamedTuple

from tracker.xlsx import Sheet
from tracker.xlsx.plain import plain_sheet, plain_texts

MARK = 4
WORKBOOK, OWNER = "workbook", "owner"
"""Keys of `meta`: the workbook's id, and whose it is."""
_NO_MARK = "-" * MARK
_UNMARKED = frozenset((_NO_MARK, ""))
_VALUES = frozenset((str, float, int, bool))
DIGEST = "#:"
"""How a longer text begins that is kept as its digest."""
_SHEET, _SYNCED = "@", "="
_KEPT = 16  # longer texts are kept as digests


class Past(NamedTuple):
    """A code that a cell held, the ISO day since when, the code before it ("" for none)."""

    value: str
    since: str
    was: str


@dataclass
class State:
    """What the last refresh left behind; empty for a workbook that never had one.

    Attributes:
        meta: workbook id, schema version, revision, as-of day, counters, ... as texts.
        rows: module -> row id -> field -> what the input cell held (`kept`); blanks left out.
        marks: module -> row id -> field -> mark of the computed cell.
        sheets: generated sheet -> row -> marks of its cells.
        memory: module -> row id -> field -> what it held on an earlier day.
        synced: lines of `tracker.bundles.memory`, kept as they are.
    """

    meta: dict[str, str] = having(default_factory=dict)
    rows: dict[str, dict[str, dict[str, object]]] = having(default_factory=dict)
    marks: dict[str, dict[str, dict[str, str]]] = having(default_factory=dict)
    sheets: dict[str, dict[int, str]] = having(default_factory=dict)
    memory: dict[str, dict[str, dict[str, Past]]] = having(default_factory=dict)
    synced: list[Sequence[object]] = having(default_factory=list)


def mark(value: object) -> str:
    """Four hex digits of a cell's value; of a number its first twelve digits count."""
    text = "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)
    return f"{zlib.crc32(text.encode()) & 0xFFFF:04x}"


def kept(value: object) -> object:
    """An input cell's value as the state keeps it: itself, or the digest of a longer text."""
    if not isinstance(value, str):
        return value if isinstance(value, float | int | bool) else str(value)
    if len(value) <= _KEPT and not value.startswith(DIGEST):
        return value
    return DIGEST + hashlib.blake2b(value.encode(), digest_size=8).hexdigest()


def read_state(sheet: Sheet | None) -> State:
    """The state that a workbook carries. Lines that cannot be understood are passed over."""
    state, fields, marked = State(), dict[str, list[str]](), dict[str, list[str]]()
    known: dict[str, list[str]] = {}
    places: dict[str, list[tuple[str, int, int]]] = {}
    for line in _lines(sheet) if sheet else ():
        match line:
            case {"meta": dict(meta)}:
                state.meta |= {k: v for k, v in meta.items() if _is_sound(k, v)}
                fields |= _names(line.get("fields"))
                marked |= _names(line.get("marks"))
                known |= _names(line.get("memory"))
            case ["=", *rest]:
                state.synced.append(rest)
            case [str(module), str(key), str(marks), list(values)] if module in fields:
                pairs = zip(fields[module], values, strict=False)
                state.rows.setdefault(module, {})[key] = {
                    f: v for f, v in pairs if v.__class__ in _VALUES
                }
                at = places.get(module) or places.setdefault(module, _slots(marked, module))
                state.marks.setdefault(module, {})[key] = {
                    f: marks[i:end] for f, i, end in at if marks[i:end] not in _UNMARKED
                }
            case [str(module), str(key), list(values)] if module in known:
                past = zip(known[module], map(_past, values), strict=False)
                mine = state.memory.setdefault(module, {})
                mine[key] = {f: p for f, p in past if p is not None}
            case [str(name), int(number), str(marks)] if name.startswith(_SHEET):
                state.sheets.setdefault(name.removeprefix(_SHEET), {})[number] = marks
    return state


def _slots(marked: dict[str, list[str]], module: str) -> list[tuple[str, int, int]]:
    """Where the mark of each field stands in a row's marks."""
    return [(f, i * MARK, (i + 1) * MARK) for i, f in enumerate(marked.get(module, ()))]


def _past(value: object) -> Past | None:
    match value:
        case [str(code), str(since), str(was)]:
            return Past(code, since, was)
    return None


def _is_sound(key: str, value: object) -> bool:
    """Whether an entry of `meta` is what was written: a text, of digits where it counts something."""
    counts = key == "revision" or key.startswith("counter.")
    return isinstance(value, str) and (not counts or (value.isascii() and value.isdigit()))


def _names(value: object) -> dict[str, list[str]]:
    known = value.items() if isinstance(value, dict) else ()
    return {m: n for m, n in known if isinstance(n, list) and all(isinstance(f, str) for f in n)}


def _lines(sheet: Sheet) -> Iterable[Any]:
    texts = plain_texts(sheet.scan)
    if texts is not None:
        with suppress(ValueError):  # all at once takes a third of the time of one by one
            lines = json.loads(f"[{','.join(texts)}]")
            if len(lines) == len(texts):
                return lines if isinstance(lines, list) else ()
    return _line_by_line(sheet)


def _line_by_line(sheet: Sheet) -> Iterator[Any]:
    for row in sheet.scan.rows.values():
        for cell in sheet.scan.cells(row)[:1]:
            try:
                yield json.loads(str(sheet.value(cell)))
            except ValueError:
                continue


def state_sheet(state: State) -> bytes:
    """The worksheet part that holds a state."""
    return plain_sheet([_json(line)] for line in _written(state))


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _written(state: State) -> Iterator[object]:
    fields = {m: sorted({f for r in rows.values() for f in r}) for m, rows in state.rows.items()}
    marked = {m: sorted({f for r in rows.values() for f in r}) for m, rows in state.marks.items()}
    known = {m: sorted({f for r in rows.values() for f in r}) for m, rows in state.memory.items()}
    head = {"meta": dict(sorted(state.meta.items())), "fields": fields, "marks": marked}
    yield head | ({"memory": known} if known else {})
    for module, rows in state.rows.items():
        marks, names = state.marks.get(module, {}), marked.get(module, [])
        for key, values in rows.items():
            mine = marks.get(key, {})
            line = "".join([mine.get(f, _NO_MARK) for f in names])
            yield [module, key, line, list(map(values.get, fields[module]))]
    for module, past in state.memory.items():
        for key, parts in past.items():
            yield [module, key, [parts.get(f) for f in known[module]]]
    for name, lines in state.sheets.items():
        for number, text in lines.items():
            yield [_SHEET + name, number, text]
    for rest in state.synced:
        yield [_SYNCED, *rest]
