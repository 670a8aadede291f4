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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as having
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from tracker.xlsx import Sheet
from tracker.xlsx.plain import plain_sheet, plain_texts

MARK = 4
WORKBOOK, OWNER, AS_OF = "workbook", "owner", "as_of"
"""Keys of `meta`: the workbook's id, whose it is, and the day of its last refresh."""
_NO_MARK = "-" * MARK
_UNMARKED = frozenset((_NO_MARK, ""))
_VALUES = frozenset((str, float, int, bool))
DIGEST = "#:"
"""How a longer text begins that is kept as its digest."""
_SHEET, _SYNCED = "@", "="
_KEPT = 16  # longer texts are kept as digests
_TOGETHER = 1000  # lines


class Past(NamedTuple):
    """A code that a cell held, the ISO day since when, the code before it ("" for none)."""

    value: str
    since: str
    was: str


@dataclass
class Marks:
    """Marks of a module's computed cells: the marked fields, and by row id their marks in a line."""

    fields: Sequence[str] = ()
    lines: dict[str, str] = having(default_factory=dict)

    @cached_property
    def _slots(self) -> dict[str, slice]:
        return {f: slice(i * MARK, (i + 1) * MARK) for i, f in enumerate(self.fields)}

    def of(self, key: str, name: str) -> str | None:
        """The mark of a cell; None where none is known."""
        if name not in self._slots or key not in self.lines:
            return None
        found = self.lines[key][self._slots[name]]
        return None if found in _UNMARKED else found


@dataclass
class State:
    """What the last refresh left behind; empty for a workbook that never had one.

    Attributes:
        meta: workbook id, schema version, revision, as-of day, counters, ... as texts.
        rows: module -> row id -> field -> what the input cell held (`kept`); blanks left out.
        marks: module -> marks of the computed cells.
        sheets: generated sheet -> row -> marks of its cells.
        memory: module -> row id -> field -> what it held on an earlier day.
        synced: lines of `tracker.bundles.memory`, kept as they are.
    """

    meta: dict[str, str] = having(default_factory=dict)
    rows: dict[str, dict[str, dict[str, object]]] = having(default_factory=dict)
    marks: dict[str, Marks] = having(default_factory=dict)
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
                mine = state.marks.get(module)
                if mine is None:
                    mine = state.marks[module] = Marks(marked.get(module, ()))
                mine.lines[key] = marks
            case [str(module), str(key), list(values)] if module in known:
                past = zip(known[module], map(_past, values), strict=False)
                remembered = state.memory.setdefault(module, {})
                remembered[key] = {f: p for f, p in past if p is not None}
            case [str(name), int(number), str(marks)] if name.startswith(_SHEET):
                state.sheets.setdefault(name.removeprefix(_SHEET), {})[number] = marks
    return state


def _past(value: object) -> Past | None:
    match value:
        case [str(code), str(since), str(was)]:
            return Past(code, since, was)
    return None


def _is_sound(key: str, value: object) -> bool:
    """Whether an entry of `meta` is what was written: a text, of digits where it counts, or a day."""
    if not isinstance(value, str):
        return False
    if key == AS_OF:
        return _is_day(value)
    counts = key == "revision" or key.startswith("counter.")
    return not counts or (value.isascii() and value.isdigit())


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _names(value: object) -> dict[str, list[str]]:
    known = value.items() if isinstance(value, dict) else ()
    return {m: n for m, n in known if isinstance(n, list) and all(isinstance(f, str) for f in n)}


def _lines(sheet: Sheet) -> Iterator[Any]:
    texts = plain_texts(sheet.scan)
    if texts is None:
        texts = [
            str(sheet.value(c)) for r in sheet.scan.rows.values() for c in sheet.scan.cells(r)[:1]
        ]
    for start in range(0, len(texts), _TOGETHER):
        yield from _understood(texts[start : start + _TOGETHER])


def _understood(texts: list[str]) -> Iterable[Any]:
    """Lines at once, which takes a third of the time of one by one; one by one where one is odd."""
    with suppress(ValueError, RecursionError):
        lines = json.loads(f"[{','.join(texts)}]")
        if len(lines) == len(texts):
            return lines if isinstance(lines, list) else ()
    return _one_by_one(texts)


def _one_by_one(texts: Iterable[str]) -> Iterator[Any]:
    for text in texts:
        with suppress(ValueError, RecursionError):
            yield json.loads(text)


def state_sheet(state: State) -> bytes:
    """The worksheet part that holds a state."""
    return plain_sheet([line] for line in _written(state))


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class _Said(dict[str, str]):
    """Texts as JSON; equal ones are turned into it once."""

    def __missing__(self, text: str) -> str:
        self[text] = said = _json(text)
        return said

    def of(self, value: object) -> str:
        """Any value as JSON."""
        if value is None:
            return "null"
        if value.__class__ is float:
            return float.__repr__(value)
        return self[value] if isinstance(value, str) else _json(value)


def _written(state: State) -> Iterator[str]:
    fields = {m: sorted({f for r in rows.values() for f in r}) for m, rows in state.rows.items()}
    marked = {m: list(marks.fields) for m, marks in state.marks.items()}
    known = {m: sorted({f for r in rows.values() for f in r}) for m, rows in state.memory.items()}
    head = {"meta": dict(sorted(state.meta.items())), "fields": fields, "marks": marked}
    yield _json(head | ({"memory": known} if known else {}))
    for module, rows in state.rows.items():
        yield from _row_lines(module, rows, fields[module], state.marks.get(module, Marks()))
    for module, past in state.memory.items():
        for key, parts in past.items():
            yield _json([module, key, [parts.get(f) for f in known[module]]])
    for name, lines in state.sheets.items():
        for number, text in lines.items():
            yield _json([_SHEET + name, number, text])
    for rest in state.synced:
        yield _json([_SYNCED, *rest])


def _row_lines(
    module: str, rows: Mapping[str, Mapping[str, object]], fields: list[str], marks: Marks
) -> Iterator[str]:
    """[module, row id, marks, values] of each row, put together from the JSON of its parts."""
    said, name, unmarked = _Said(), _json(module), _NO_MARK * len(marks.fields)
    for key, values in rows.items():
        told = ",".join(map(said.of, map(values.get, fields)))
        yield f'[{name},{_json(key)},"{marks.lines.get(key, unmarked)}",[{told}]]'
